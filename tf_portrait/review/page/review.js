// One photo after another: each decision goes to the server, and the next photo is shown once it is on the disk.

import { Stage } from "./stage.js";

const AHEAD = 6; // photos that are loaded before they are shown
const AGAIN = 1000, HEARTBEAT = 15000; // milliseconds
const KEYS = {
  a: "accept", arrowright: "accept", r: "reject", arrowleft: "reject", z: "undo", " ": "overlay", b: "brush",
  x: "erase", "[": "smaller", "]": "larger", f: "finish",
};
const SILENT = "The server does not answer; start it again with the same command.";

const tab = crypto.randomUUID();
const $ = (id) => document.getElementById(id);
const stage = new Stage($("stage"));
const queue = []; // entries: { photo, bitmaps: a promise once they are loading, strokes }
const decided = new Map(); // id: version after this tab's last decision
let current = null, since = 0, busy = false, out = "";

class Refusal extends Error {} // the server's own sentence, which trying again does not change

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function say(text) {
  $("note").textContent = text;
  $("note").hidden = !text;
}

async function get(path, read) {
  const response = await fetch(path);
  if (!response.ok) throw new Refusal((await response.json()).error);
  return read(response);
}

/** Sends until the server has taken it, or refused it for good: { status, ... }. */
async function post(path, body) {
  for (;;) {
    let problem = SILENT;
    try {
      const response = await fetch(path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.status !== 507) {
        say("");
        return { status: response.status, ...answer };
      }
      problem = `${answer.error}.`;
    } catch { /* said below */ }
    say(`${problem} Nothing is lost: what you pressed is kept here and sent again until it is on the disk.`);
    await sleep(AGAIN);
  }
}

function load(photo) {
  const bitmap = (what) => get(`api/${what}?id=${photo.id}`, async (response) => createImageBitmap(await response.blob()));
  const both = Promise.all([bitmap("photo"), bitmap("outside")]);
  both.catch(() => {}); // whoever shows it says so
  return both;
}

function report(progress) {
  const done = progress.total - progress.left;
  Object.assign($("bar"), { max: progress.total, value: done });
  $("counts").textContent =
    `${done} of ${progress.total}: ${progress.accepted} accepted, ${progress.rejected} rejected, ${progress.left} to go`;
  const minutes = progress.minutes_left, left = minutes < 90 ? `${Math.ceil(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
  $("pace").textContent = progress.per_minute ? `${progress.per_minute.toFixed(0)} a minute, ${left} left` : "";
}

/** Asks for more photos, and tells the server that this tab is alive. */
async function fill() {
  const answer = await get(`api/next?tab=${tab}&count=${2 * AHEAD}`, (response) => response.json());
  report(answer.progress);
  out = answer.out;
  for (const photo of answer.photos) {
    const known = [current, ...queue].some((entry) => entry?.photo.id === photo.id);
    if (!known && photo.version >= (decided.get(photo.id) ?? 0)) queue.push({ photo, strokes: photo.strokes });
  }
  loadAhead();
}

let loading = false;
/** One photo at a time, so that a decision never waits behind pictures. */
async function loadAhead() {
  if (loading) return;
  loading = true;
  for (let entry; (entry = queue.slice(0, AHEAD).find((one) => !one.bitmaps)); ) {
    entry.bitmaps = load(entry.photo);
    await entry.bitmaps.catch(() => {});
  }
  loading = false;
}

async function advance() {
  current = queue.shift() ?? null;
  while (!current) {
    try {
      await fill();
      current = queue.shift() ?? null;
      if (!current) break;
      say("");
    } catch {
      say(SILENT);
      await sleep(AGAIN);
    }
  }
  $("end").hidden = Boolean(current);
  if (!current) $("end").textContent = "Every photo is decided. F writes the set, Z goes back.";
  await show();
  if (queue.length <= AHEAD) fill().catch(() => {}); // it is asked again when photos run out
}

async function show() {
  $("name").textContent = current ? `${current.photo.name} · doubt ${current.photo.doubt.toFixed(3)}` : "";
  $("stage").setAttribute("aria-label", current ? current.photo.name : "no photo");
  if (!current) {
    stage.show();
    document.body.dataset.photo = "";
    return;
  }
  for (;;) {
    current.bitmaps ??= load(current.photo);
    try {
      stage.show(await current.bitmaps, current.strokes);
      break;
    } catch (error) {
      current.bitmaps = null;
      if (error instanceof Refusal) {
        current.faulty = true;
        stage.show();
        say(`${error.message}. R rejects it.`);
        break;
      }
      say(SILENT);
      await sleep(AGAIN);
      say("");
    }
  }
  document.body.dataset.photo = current.photo.id; // what is on the screen, for tests
  since = performance.now();
}

async function decide(decision) {
  if (!current || (decision === "accept" && current.faulty)) return;
  const { id, version } = current.photo, seconds = Math.round(performance.now() - since) / 1000;
  const answer = await post("api/decide", { tab, id, version, decision, strokes: stage.strokes, seconds });
  if (answer.status === 422) return say(`${answer.error}.`); // this decision cannot be, another may
  decided.set(id, version + 1);
  if (answer.progress) report(answer.progress);
  (await current.bitmaps?.catch(() => null))?.forEach((bitmap) => bitmap.close());
  await advance();
  if (answer.status !== 200) say(`${answer.error}; this is the next one.`);
}

async function undo() {
  if (stage.strokes.length) return stage.undoStroke();
  const { photo } = await get(`api/last?tab=${tab}`, (response) => response.json());
  if (!photo) return;
  const answer = await post("api/decide", { tab, id: photo.id, version: photo.version, decision: "undo" });
  if (answer.status !== 200) return say(`${answer.error}.`);
  report(answer.progress);
  decided.set(photo.id, answer.photo.version);
  if (current) queue.unshift(current);
  current = { photo: answer.photo, strokes: answer.photo.strokes };
  $("end").hidden = true;
  await show();
}

async function finish() {
  say("Writing the set.");
  const answer = await post("api/finish", {});
  if (answer.status !== 200) return say(`${answer.error}.`);
  const lacking = answer.left_out.length ? `\nLeft out: ${answer.left_out.join("\n")}` : "";
  $("end").textContent = `${answer.written} photos with masks are in ${out}.\nTrain on them: train.py --data ${out}${lacking}`;
  $("end").hidden = false;
}

const press = (button, pressed) => document.querySelector(`[data-do=${button}]`).setAttribute("aria-pressed", pressed);
const ACTIONS = {
  accept: () => decide("accept"),
  reject: () => decide("reject"),
  undo,
  finish,
  overlay() { press("overlay", (stage.overlay = !stage.overlay)); },
  brush() { press("brush", (stage.brush = !stage.brush)); $("brush").hidden = !stage.brush; },
  erase() { press("erase", !(stage.person = !stage.person)); },
  smaller() { stage.resize(1 / 1.25); },
  larger() { stage.resize(1.25); },
};

/** One action at a time: a key that comes before the next photo is seen does nothing. */
async function act(name) {
  if (busy) return;
  busy = true;
  try {
    await ACTIONS[name]();
    stage.draw();
  } catch (error) {
    say(error instanceof Refusal ? `${error.message}.` : SILENT);
  } finally {
    busy = false;
  }
}

addEventListener("keydown", (event) => {
  const name = KEYS[event.key.toLowerCase()];
  if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault(); // space does not press the button that has the focus
  if (!event.repeat) act(name);
});
document.querySelector("footer").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) act(button.dataset.do);
});
addEventListener("pagehide", () => {
  navigator.sendBeacon("api/leave", new Blob([JSON.stringify({ tab })], { type: "application/json" }));
});
setInterval(() => fill().catch(() => {}), HEARTBEAT);
busy = true;
advance().finally(() => { busy = false; });

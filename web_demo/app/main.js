// Wires the controls to the demo; computes nothing.
import { EFFECTS } from "../core/effect.js";
import { BACKENDS } from "../core/engines.js";
import { PortraitError } from "../core/error.js";
import { Demo } from "./demo.js";
import { findExports, ownExport } from "./models.js";
import { save } from "./saving.js";
import { backends } from "./runtime.js";
import { Screen } from "./screen.js";
import { Frames, cameras, readPicture } from "./sources.js";
import { words } from "./words.js";

const LARGEST_BACKGROUND = 1920;

const at = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search); // ?model=FOLDER&file=NAME&backend=wasm&compose=CPU, for tests and links
const frames = new Frames(at("video"));
const screen = new Screen(at("gpu"), at("cpu"), query.get("compose"));

/** The page's state, for its tests. */
export const demo = new Demo(screen, frames, { overlay: (text) => (at("overlay").textContent = text) });

let available = { places: [], missing: {} };
let exports = [];
let source = "";
let camera = { facing: "user" };
const standing = { models: "", engine: "", camera: "" }; // sentences that stay until they are mended

/** What is wrong, and a note on what has just been asked for. */
function tell(note = "") {
  at("message").textContent = [...Object.values(standing), note].filter(Boolean).join("\n");
}

/** Runs an action; what goes wrong becomes the sentence called `where`, or a note. */
async function attempt(action, where = null) {
  try {
    if (where) standing[where] = "";
    await action();
    if (where) tell();
  } catch (error) {
    if (!(error instanceof PortraitError)) console.error(error);
    const sentence = error instanceof PortraitError ? error.message : `Something failed (${error.message}). Load the page again.`;
    if (where) standing[where] = sentence;
    tell(where ? "" : sentence);
  }
}

function describePicture() {
  at("picture").setAttribute("aria-label", words.shown(source, words.effects[demo.effect.kind]));
}

function startCamera() {
  return attempt(async () => {
    demo.stop();
    const started = await frames.startCamera(camera, (sentence) => {
      standing.camera = sentence ?? "";
      tell();
    });
    if (!started) return;
    source = "Camera";
    describePicture();
    runLive();
    at("flip").disabled = (await cameras()).length < 2;
  }, "camera");
}

function runLive(untrusted) {
  demo.live(untrusted).catch((error) => attempt(() => Promise.reject(error), "camera"));
}

async function flip() {
  const all = await cameras(), present = frames.stream?.getVideoTracks()[0]?.getSettings().deviceId;
  const next = all[(all.findIndex((one) => one.deviceId === present) + 1) % all.length];
  if (next?.deviceId) camera = { device: next.deviceId, facing: "environment" };
  await startCamera();
}

function openModel() {
  const [index, file] = at("model").value.split("/");
  const found = exports[index];
  if (!found) return;
  return attempt(async () => {
    tell(words.proving(file || found.folder));
    await demo.openModel(found, file || null, at("backend").value || null, available.places);
    describePicture();
  }, "engine");
}

function showPhoto([file]) {
  return attempt(async () => {
    const photo = await readPicture(file);
    standing.camera = "";
    source = "Photo";
    await demo.showPhoto(photo);
    describePicture();
    tell();
  });
}

function showVideo([file]) {
  return attempt(async () => {
    demo.stop();
    await frames.startVideo(file);
    standing.camera = "";
    source = "Video";
    describePicture();
    tell();
    runLive(0);
  });
}

function wireEffects() {
  const show = () => {
    const kind = at("effect").value, hex = at("color").value;
    at("strength").disabled = kind !== "blur";
    at("color").disabled = kind !== "color";
    const color = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
    attempt(async () => {
      await demo.setEffect({ kind, strength: Number(at("strength").value), color });
      describePicture();
      tell(kind === "picture" && !demo.effect.background ? words.pickBackground : "");
    });
  };
  for (const kind of EFFECTS) at("effect").add(new Option(words.effects[kind], kind, kind === "blur", kind === "blur"));
  for (const id of ["effect", "strength", "color"]) at(id).addEventListener("input", show);
  at("smoothing").addEventListener("change", () => (demo.smoothing = at("smoothing").checked));
  show();
}

/** A model from the user's disk joins the list, in place of an older one of that folder, and is opened. */
async function openOwn(files) {
  const found = await ownExport(files);
  exports = [...exports.filter(({ folder }) => folder !== found.folder), found];
  listModels(exports.length - 1);
  await openModel();
}

/** A button that opens a file dialog. */
function wireFile(button, input, action) {
  at(button).addEventListener("click", () => at(input).click());
  at(input).addEventListener("change", async () => {
    const files = [...at(input).files];
    at(input).value = ""; // the same file may be chosen again
    if (files.length) await action(files);
  });
}

function wireButtons() {
  at("live").addEventListener("click", startCamera);
  at("flip").addEventListener("click", flip);
  wireFile("photo", "photo-file", showPhoto);
  wireFile("video-file", "video-input", showVideo);
  wireFile("background", "background-file", ([file]) => attempt(async () => {
    const background = await readPicture(file, LARGEST_BACKGROUND);
    at("effect").value = "picture";
    await demo.setEffect({ kind: "picture", background });
    describePicture();
    tell();
  }));
  at("test").addEventListener("click", () => attempt(async () => tell(await demo.test())));
  for (const [button, name] of [["save", "portrait.png"], ["cutout", "cutout.png"]]) {
    at(button).addEventListener("click", () => attempt(async () => {
      const made = await demo.result(button === "cutout");
      await save(made, name);
      tell(words.saved(name, made.width, made.height));
    }));
  }
}

async function wireModels() {
  available = await backends();
  at("backend").add(new Option(words.automatic, ""));
  for (const place of BACKENDS) {
    const reason = available.missing[place], option = new Option(reason ? `${place} (${reason})` : place, place);
    option.disabled = Boolean(reason);
    at("backend").add(option);
  }
  at("backend").value = query.get("backend") ?? "";
  await attempt(async () => {
    const found = await findExports();
    exports = found.exports;
    const wanted = exports.findIndex(({ folder }) => folder.endsWith(`/${query.get("model")}`));
    listModels(Math.max(0, wanted), query.get("file") ?? "");
    if (found.problems.length) throw new PortraitError(found.problems.join("\n"));
  }, "models");
  for (const id of ["model", "backend"]) at(id).addEventListener("change", openModel);
  wireFile("own", "own-files", (files) => attempt(() => openOwn(files)));
  at("own").hidden = !("webkitdirectory" in at("own-files")); // some phones let no folder be chosen
  await openModel();
}

function listModels(chosen, file = "") {
  const groups = exports.map(({ folder, contract }, index) => {
    const place = folder.split("/"), group = document.createElement("optgroup");
    const name = place.length > 1 ? place.pop() : words.own(folder);
    group.label = contract.prior ? words.forVideos(name) : name;
    group.append(new Option(`${name}: ${words.automatic}`, `${index}/`));
    for (const file of contract.files) group.append(new Option(file.name, `${index}/${file.name}`));
    return group;
  });
  at("model").replaceChildren(...groups);
  at("model").value = `${chosen}/${file}`;
}

wireEffects();
wireButtons();
tell(words.starting);
await Promise.all([startCamera(), wireModels()]);

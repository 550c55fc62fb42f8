// The review page in Chromium: a person at the keyboard, a server that is killed, a disk that fills up, two tabs.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { launch, open } from "./browser.mjs";

const PYTHON = process.env.PYTHON ?? "python3";
const ROOT = new URL("../../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "review-"));
let browser;

before(async () => { browser = await launch(); });
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** A set of drawn portraits and, beside it, where its review goes. */
function material(name, count, size = 96) {
  const set = join(folder, name);
  execFileSync(PYTHON, [`${ROOT}web_demo/tests/review_material.py`, set, String(count), String(size)]);
  return { set, out: `${set}_reviewed`, log: `${set}_reviewed/review.jsonl` };
}

/** review.py as a user starts it: { address, port, pid, stop(signal) }. kilobytes: most that it may write to a file. */
function serve(set, port = 0, kilobytes = null) {
  const limit = kilobytes ? `ulimit -S -f ${kilobytes}; ` : "";
  const command = `${limit}exec "$0" "$@"`;
  const server = spawn("bash", ["-c", command, PYTHON, `${ROOT}pipelines/review.py`, set, "--port", String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((done) => server.on("exit", done));
  return new Promise((resolve, reject) => {
    ended.then((code) => reject(new Error(`review.py ended with ${code}`)));
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/http:\/\/127\.0\.0\.1:(\d+)/);
      if (found) resolve({
        address: found[0], port: Number(found[1]), pid: server.pid,
        stop: (signal = "SIGINT") => { server.kill(signal); return ended; },
      });
    });
  });
}

const records = (log) => readFileSync(log, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line));
const shown = (page) => page.evaluate(() => document.body.dataset.photo);
const note = (page) => page.evaluate(() => document.getElementById("note").textContent);
const another = (page, before) => page.waitForFunction((before) => document.body.dataset.photo !== before, before);

async function ended(page) {
  assert.equal(await shown(page), "");
  assert.match(await page.locator("#end").innerText(), /^Every photo is decided/); // innerText: what can be seen
}

async function visit(server) {
  const opened = await open(browser, server.address, { viewport: { width: 1000, height: 800 } });
  await opened.page.goto(server.address);
  await opened.page.waitForFunction(() => document.body.dataset.photo);
  return opened;
}

/** Presses a key that decides and waits for the next photo. Returns the photo that it was about. */
async function decide(page, key) {
  const before = await shown(page);
  await page.keyboard.press(key);
  await another(page, before);
  return before;
}

/** Milliseconds from a key to its line in the file. */
async function written(page, key, log) {
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0, began = performance.now();
  const pressed = page.keyboard.press(key);
  while (statSync(log).size === before) await new Promise((done) => setTimeout(done, 1));
  const after = performance.now() - began;
  await pressed;
  return after;
}

test("200 decisions at the keyboard; the server is killed in between, and it goes on", async () => {
  const { set, log } = material("many", 220);
  let server = await serve(set);
  const { page, outside, errors } = await visit(server);
  const keys = ["a", "ArrowRight", "r", "A", "ArrowLeft"], expected = [], times = [];
  for (let count = 0; count < 200; count++) {
    const key = keys[count % keys.length], before = await shown(page);
    expected.push(/^a/i.test(key) && key !== "ArrowLeft" ? "accept" : "reject");
    if (count === 70 || count === 140) {
      await server.stop("SIGKILL");
      await page.keyboard.press(key);
      await page.waitForFunction(() => /does not answer.*Nothing is lost/.test(document.getElementById("note").textContent));
      assert.equal(await shown(page), before);
      server = await serve(set, server.port);
    } else {
      times.push(await written(page, key, log));
    }
    await another(page, before);
  }
  assert.deepEqual(records(log).map((record) => record.decision), expected);
  assert.equal(new Set(records(log).map((record) => record.photo)).size, 200);
  assert.match(await page.textContent("#counts"), /^200 of 220: 120 accepted, 80 rejected, 20 to go$/);
  assert.match(await page.textContent("#pace"), /^\d+ a minute, \d+ min left$/);
  assert.equal(await note(page), "");
  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.floor(part * (times.length - 1))].toFixed(1);
  console.log(`from the key to the disk: median ${at(0.5)} ms, 95 of 100 ${at(0.95)} ms, most ${at(1)} ms`);
  assert.ok(Number(at(0.5)) < 50);
  await page.close();
  await server.stop();
});

test("undo goes back, the brush mends, and the set has what was decided", async () => {
  const { set, out, log } = material("mend", 4);
  const server = await serve(set), { page } = await visit(server);
  const first = await decide(page, "r");
  await page.keyboard.press("z");
  await page.waitForFunction((first) => document.body.dataset.photo === first, first);
  await decide(page, "a");
  await page.keyboard.press("b");
  const box = await page.locator("#stage").boundingBox(), x = box.x + box.width / 2, y = box.y + box.height * 0.1;
  for (const [down, up] of [[y, y + 20], [y, y + 30]]) {
    await page.mouse.move(x, down);
    await page.mouse.down();
    await page.mouse.move(x, up, { steps: 4 });
    await page.mouse.up();
  }
  await page.keyboard.press("z"); // the second stroke
  const mended = await decide(page, "a");
  await page.keyboard.press("z"); // back to the mended photo, with its stroke
  await page.waitForFunction((mended) => document.body.dataset.photo === mended, mended);
  await decide(page, "ArrowRight");
  await decide(page, "r");
  await decide(page, "a");
  await ended(page);
  await page.keyboard.press("f");
  await page.waitForFunction(() => /^3 photos with masks are in /.test(document.getElementById("end").textContent));
  const strokes = records(log).filter((record) => record.strokes).map((record) => record.strokes);
  assert.equal(strokes.length, 2);
  assert.deepEqual(strokes[0], strokes[1]);
  assert.equal(strokes[0].length, 1);
  for (const name of ["images/0003.jpg", "masks/0003.png", "images/0002.jpg", "masks/0000.png"]) statSync(join(out, name));
  assert.throws(() => statSync(join(out, "images/0001.jpg")));
  assert.ok(readFileSync(join(out, "masks/0003.png")).equals(readFileSync(join(set, "masks/0003.png"))));
  assert.ok(!readFileSync(join(out, "masks/0002.png")).equals(readFileSync(join(set, "masks/0002.png"))));
  await page.close();
  await server.stop();
});

test("space shows the photo alone", async () => {
  const server = await serve(material("overlay", 2).set), { page } = await visit(server);
  const corner = () => page.evaluate(() => [...document.getElementById("stage").getContext("2d").getImageData(2, 2, 1, 1).data]);
  const covered = await corner();
  await page.keyboard.press(" ");
  const plain = await corner();
  [0, 90, 255].forEach((veil, c) => assert.ok(Math.abs(covered[c] - (0.4 * plain[c] + 0.6 * veil)) <= 3, `${covered} ${plain}`));
  await page.close();
  await server.stop();
});

test("a full disk is said, holds the photo, and is over when there is space again", async () => {
  const { set, log } = material("full", 20);
  const server = await serve(set, 0, 1), { page } = await visit(server);
  let count = 0;
  for (;; count++) {
    const before = await shown(page);
    await page.keyboard.press("a");
    await page.waitForFunction(
      (before) => document.body.dataset.photo !== before || document.getElementById("note").textContent, before,
    );
    if (await note(page)) break;
  }
  assert.match(await note(page), /review\.jsonl: cannot be written .* free space on that disk.*Nothing is lost/);
  const held = await shown(page);
  assert.equal(records(log).length, count);
  await page.keyboard.press("r"); // changes nothing: the decision that is waiting is kept
  execFileSync("prlimit", ["--pid", String(server.pid), "--fsize=unlimited"]);
  await another(page, held);
  assert.equal(records(log).length, count + 1);
  assert.equal(records(log).at(-1).decision, "accept");
  assert.equal(await note(page), "");
  await page.close();
  await server.stop();
});

test("two tabs have different photos, and share the work", async () => {
  const { set, log } = material("tabs", 30);
  const server = await serve(set), one = (await visit(server)).page, two = (await visit(server)).page;
  assert.notEqual(await shown(one), await shown(two));
  for (let count = 0; count < 5; count++) await Promise.all([decide(one, "a"), decide(two, "r")]);
  assert.equal(new Set(records(log).map((record) => record.photo)).size, 10);
  await one.close(); // its photos go to the other
  for (let count = 0; count < 19; count++) await decide(two, "a");
  await decide(two, "a");
  await ended(two);
  assert.equal(records(log).length, 30);
  await two.close();
  await server.stop();
});

test("a photo that cannot be read is said, and can only be rejected", async () => {
  const { set, log } = material("broken", 3);
  writeFileSync(join(set, "images/0002.jpg"), "broken");
  const server = await serve(set), { page } = await visit(server);
  assert.match(await note(page), /0002\.jpg: cannot be read as an image.*R rejects it/);
  await page.keyboard.press("a");
  await decide(page, "r");
  assert.deepEqual(records(log).map((record) => record.decision), ["reject"]);
  assert.equal(await note(page), "");
  await page.close();
  await server.stop();
});

test("every control is a button that says its key, on a phone's screen too", async () => {
  const server = await serve(material("small", 2).set);
  const { page } = await open(browser, server.address, { viewport: { width: 360, height: 640 } });
  await page.goto(server.address);
  await page.waitForFunction(() => document.body.dataset.photo);
  for (const button of await page.locator("nav button").all()) {
    assert.ok(await button.getAttribute("aria-keyshortcuts"));
    if (!(await button.isVisible())) continue;
    const box = await button.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, await button.textContent());
  }
  const before = await shown(page);
  await page.getByRole("button", { name: /accept/ }).click();
  await another(page, before);
  await page.close();
  await server.stop();
});

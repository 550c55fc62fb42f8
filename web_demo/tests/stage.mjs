// The page served by pipelines/demo.py, and how the tests look into it.
import { spawn, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after } from "node:test";
import { launch, open } from "./browser.mjs";

export const BUILD = new URL("../build/", import.meta.url).pathname;
export const CAMERA = `${BUILD}camera.y4m`;
const PYTHON = process.env.PYTHON ?? "python3";
const ROOT = new URL("../../", import.meta.url).pathname;

/** The page, served, and a Chromium with the drawn camera, until a file's tests are done: { address, browser }. */
export async function stage() {
  const server = await serve();
  after(server.stop);
  const browser = await launch({ camera: CAMERA });
  after(() => browser.close());
  return { address: server.address, browser };
}

/** Serves a folder as a user does; returns { address, stop() }. */
export function serve(page = `${BUILD}page`) {
  const server = spawn(PYTHON, [`${ROOT}pipelines/demo.py`, page, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    server.on("exit", (code) => reject(new Error(`demo.py ended with ${code}`)));
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const address = said.match(/http:\/\/\S+/)?.[0];
      if (address) resolve({ address, stop: () => server.kill() });
    });
  });
}

/** A page that shows its first picture or a sentence; options: query, camera, flags, viewport, route(page). */
export async function visit(browser, address, { query = "", viewport, route, waits = true } = {}) {
  const opened = await open(browser, address, { viewport, acceptDownloads: true });
  await opened.page.addInitScript(() => {
    window.base64 = async (arrays) => {
      const reader = new FileReader();
      reader.readAsDataURL(new Blob(arrays));
      await new Promise((ready) => (reader.onload = ready));
      return reader.result.split(",")[1];
    };
  });
  await route?.(opened.page);
  await opened.page.goto(address + query);
  if (waits) await counted(opened.page, 3);
  return opened;
}

export { launch };

/** Waits until `more` further pictures are shown. */
export async function counted(page, more = 1) {
  await page.evaluate(async (more) => {
    const { demo } = await import("./app/main.js");
    const start = demo.count, end = performance.now() + 60_000;
    while (demo.count < start + more) {
      if (performance.now() > end) throw new Error(`no picture: ${document.getElementById("message").textContent}`);
      await new Promise((ready) => setTimeout(ready, 20));
    }
  }, more);
}

export const text = (page, id) => page.locator(`#${id}`).textContent();

/** Waits until the message says something. */
export async function says(page, pattern) {
  await page.waitForFunction(
    ([source, flags]) => new RegExp(source, flags).test(document.getElementById("message").textContent),
    [pattern.source, pattern.flags], { timeout: 30_000 },
  ).catch(async () => {
    throw new Error(`expected ${pattern}, the page says: ${await text(page, "message")}`);
  });
}

/**
 * One frame, with what the page made of it: { width, height, frame, shown, mask } as Buffers. Live, a new frame is taken;
 * a still photo is painted again.
 */
export async function snapshot(page) {
  const got = await page.evaluate(async () => {
    const { demo } = await import("./app/main.js");
    return demo.exclusive(async () => {
      if (demo.still) demo.paintStill();
      else await demo.showFrame();
      const { gpu, cpu, context } = demo.screen, { width, height } = demo.still ? demo.shown : demo.photo;
      const shown = gpu ? gpu.read() : context.getImageData(0, 0, width, height);
      const frame = demo.still ? demo.shown.data : demo.photo.data;
      return {
        width, height, onGpu: Boolean(gpu),
        frame: await base64([frame]), shown: await base64([shown.data]), mask: await base64([demo.segmenter.mask]),
      };
    });
  });
  for (const name of ["frame", "shown", "mask"]) got[name] = Buffer.from(got[name], "base64");
  return got;
}

/**
 * The next frames, with what the page made of them: { width, height, seconds, frames, masks }, the latter Buffers. seeks:
 * { index: seconds }, where a video goes once so many frames are recorded; the first begins a scene.
 */
export async function record(page, count, seeks = {}) {
  const got = await page.evaluate(async ({ count, seeks }) => {
    const { demo } = await import("./app/main.js");
    const { stream, frames: { video } } = demo, next = stream.next.bind(stream);
    const photos = [], masks = [], seconds = [];
    const seek = () => { if (seeks[photos.length] !== undefined) video.currentTime = seeks[photos.length]; };
    await demo.exclusive(seek);
    await new Promise((done) => {
      stream.forget();
      stream.next = async (photo, time, smooth) => {
        const mask = await next(photo, time, smooth);
        photos.push(photo);
        masks.push(mask.slice());
        seconds.push(time);
        if (photos.length === count) done(delete stream.next);
        else seek();
        return mask;
      };
    });
    const { width, height } = photos[0];
    return { width, height, seconds, frames: await base64(photos.map(({ data }) => data)), masks: await base64(masks) };
  }, { count, seeks });
  for (const name of ["frames", "masks"]) got[name] = Buffer.from(got[name], "base64");
  return got;
}

/** How far the masks of a record are from Python's stream of the same frames: { labels, alone, unlike }, see material.py. */
export function againstStream(model, { width, height, seconds, frames, masks }, ratio) {
  writeFileSync(`${BUILD}frames.rgba`, frames);
  writeFileSync(`${BUILD}masks.f32`, masks);
  writeFileSync(`${BUILD}seconds.json`, JSON.stringify(seconds));
  return python("stream", BUILD, `${BUILD}page/models/${model}`, width, height, ratio);
}

/** How far a snapshot, blurred, is from what Python makes of the same frame. */
export function against(model, { width, height, frame, shown, mask }, radius) {
  writeFileSync(`${BUILD}frame.rgba`, frame);
  writeFileSync(`${BUILD}shown.rgba`, shown);
  writeFileSync(`${BUILD}mask.f32`, mask);
  return python("compare", BUILD, `${BUILD}page/models/${model}`, width, height, radius);
}

/** What a command of material.py prints. */
function python(...args) {
  const script = new URL("material.py", import.meta.url).pathname;
  return JSON.parse(execFileSync(PYTHON, [script, ...args].map(String), { encoding: "utf8" }));
}

/** The part of two pictures' color values that differ by more than `seen` levels. */
export function differing(one, other, seen = 2) {
  let count = 0;
  for (let i = 0; i < one.length; i++) if (i % 4 !== 3 && Math.abs(one[i] - other[i]) > seen) count++;
  return count / ((3 * one.length) / 4);
}

export const json = (path) => JSON.parse(readFileSync(path));

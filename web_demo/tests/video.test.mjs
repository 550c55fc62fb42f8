// Frames one after another, through the page: the masks are those of Python's stream, and nothing of an old one is left.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import { VIDEOS, check, framesOf, load } from "./core/vectors.js";
import { BUILD, CAMERA, against, againstStream, counted, json, launch, record, says, snapshot, stage, text, visit } from "./stage.mjs";

const { address, browser } = await stage();
const MODELS = `${BUILD}page/models`;
const contractOf = (name) => json(`${MODELS}/${name}/model_contract.json`);
const names = readdirSync(MODELS, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith("tiny"));
const shipped = names.map(({ name }) => name), withPrior = shipped.filter((name) => contractOf(name).prior);
const RATIO = 0.8, SCENE = 40; // gray levels between frames: in a scene of the drawn video at most 27, at its cut 67
const BACK = 10, ON = 15; // after so many frames the video goes back, and on by more than half a second

/** The mean difference of two frames of a record, in gray levels. */
function apart({ frames, seconds }, one, other) {
  const each = frames.length / seconds.length;
  let sum = 0;
  for (let i = 0; i < each; i++) sum += Math.abs(frames[one * each + i] - frames[other * each + i]);
  return sum / (0.75 * each);
}

/** Each frame's part of the labels that are Python's, held to what single frames are held to. */
function holds(facts, name) {
  const labels = Math.min(...facts.map((fact) => fact.labels)), difference = Math.max(...facts.map((fact) => fact.difference));
  console.log(`${name}, ${facts.length} frames: labels ${(100 * labels).toFixed(3)} % at least, mean difference ${difference.toFixed(5)} at most`);
  assert.ok(facts.every(({ person }) => person > 0.02 && person < 0.98), "the drawn person is seen");
  assert.ok(labels >= 0.999 && difference <= 0.004, JSON.stringify(facts));
}

test("a model that takes the previous mask comes with the page", () => assert.ok(withPrior.length, shipped.join()));

for (const name of [...withPrior, "portraitnet_fast"]) {
  test(`${name}: a video with a seek, a cut and an end, frame by frame as Python does`, async () => {
    const { page, errors } = await visit(browser, address, { query: `?model=${name}&compose=CPU` });
    await page.locator("#video-input").setInputFiles(`${BUILD}scenes.webm`);
    await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Video"));
    await counted(page, 2);
    await page.evaluate(() => (document.getElementById("video").playbackRate = 0.5)); // no frame is left out
    const taken = await record(page, 50, { 0: 0, [BACK]: 0.1, [ON]: 0.9 }), { seconds } = taken;
    const facts = againstStream(`${name}/${name}.tflite`, taken, RATIO);
    holds(facts, name);
    const passed = seconds.map((now, i) => (i ? now - seconds[i - 1] : 0)), jumps = passed.map((time) => time < 0 || time > 0.5);
    const cuts = seconds.map((_, i) => i > 0 && apart(taken, i - 1, i) > SCENE), told = passed.map((time) => time.toFixed(2)).join();
    assert.ok(passed[BACK] < 0 && !cuts[BACK] && passed[ON] > 0.5 && !cuts[ON], `two seeks in one scene: ${told}`);
    assert.ok(cuts.some((cut, i) => cut && !jumps[i]) && passed.some((time, i) => i > ON && time < 0), `a cut and an end: ${told}`);
    for (const [i, { alone }] of facts.entries()) {
      if (!i || cuts[i] || jumps[i]) assert.ok(alone < 0.001, `frame ${i} has ${alone} of the one before`);
    }
    const led = facts.filter((_, i) => i && !cuts[i] && !jumps[i] && !jumps[i - 1]);
    assert.ok(led.filter(({ alone }) => alone > 0.001).length > led.length / 2, "frames of one scene lean on each other");
    assert.deepEqual(errors, []);
    await page.close();
  });
}

for (const name of withPrior) {
  test(`${name}: live without smoothing, a photo in between, and the self-test`, async () => {
    const { page, errors } = await visit(browser, address, { query: `?model=${name}&compose=CPU` });
    await page.locator("#smoothing").uncheck();
    const file = `${name}/${name}.tflite`, facts = againstStream(file, await record(page, 10), 0);
    holds(facts, `${name}, live`);
    assert.ok(facts.slice(1).some(({ alone }) => alone > 0.001), "the mask before is seen");
    await page.locator("#photo-file").setInputFiles(`${BUILD}photo.png`);
    await page.waitForFunction(() => document.getElementById("picture").ariaLabel.startsWith("Photo"));
    const still = against(file, await snapshot(page), 12.8);
    assert.ok(still.labels >= 0.999 && still.difference <= 0.004 && still.seen <= 0.001, JSON.stringify(still));
    await page.locator("#test").click();
    await says(page, /passed: labels agree to (99\.9|100\.)\d* %, mean difference 0\.00\d+/);
    await page.locator("#live").click();
    await counted(page, 2);
    assert.deepEqual(errors, []);
    await page.close();
  });
}

test("WebGPU, drawn by a program here, hands the mask on", async () => {
  const flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];
  const other = await launch({ camera: CAMERA, flags });
  const { page } = await visit(other, address, { query: "?model=tiny_video&file=tiny_float32.tflite&backend=WebGPU&compose=CPU" });
  assert.match(await text(page, "overlay"), /tiny_float32\.tflite on WebGPU/);
  const facts = againstStream("tiny_video/tiny_float32.tflite", await record(page, 10), RATIO);
  assert.ok(facts.every(({ labels, difference }) => labels >= 0.99 && difference <= 0.02), JSON.stringify(facts));
  assert.ok(facts.slice(1).some(({ alone }) => alone > 0.02), "the mask before is seen");
  await other.close();
});

test("the golden video of vectors/, by both of its files", async () => {
  const { page } = await visit(browser, address, { query: "?model=tiny_video&backend=wasm" });
  for (const video of VIDEOS) {
    const { model, seconds } = video.parameters, frames = framesOf(load(video.inputs.frames));
    const asked = { name: model.split("/").pop(), seconds, frames: frames.map((one) => ({ ...one, data: Array.from(one.data) })) };
    check(video, await page.evaluate(async ({ name, seconds, frames }) => {
      const { demo } = await import("./app/main.js");
      const { openEngine } = await import("./app/runtime.js");
      const { Segmenter } = await import("./core/segmenter.js");
      const { Stream } = await import("./core/stream.js");
      const { contract } = demo.found, file = contract.files.find((one) => one.name === name), masks = [];
      const engine = await openEngine(await demo.found.model(file), file, "wasm", contract, name);
      const stream = new Stream(new Segmenter(engine, contract));
      for (const [index, frame] of frames.entries()) masks.push(...(await stream.next(frame, seconds[index], false)));
      return masks;
    }, asked));
  }
  await page.close();
});

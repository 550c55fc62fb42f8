// Milliseconds, memory, and what the page starts with.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { BUILD, stage, visit } from "./stage.mjs";

const MEDIAPIPE = new URL("../../../shared/models/selfie_segmentation.tflite", import.meta.url).pathname;
const ROUNDS = Number(process.env.ROUNDS ?? 60);
const FRAMES = Number(process.env.FRAMES ?? 300);
const { address, browser } = await stage();

/** The processor time of the page's thread since it was last asked, in milliseconds: what other programs do is not in it. */
async function clockOf(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  let before = 0;
  return async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    const now = 1000 * metrics.find(({ name }) => name === "ThreadTime").value, passed = now - before;
    before = now;
    return passed;
  };
}

/** Opens files in one wasm thread, for runs() below. */
function openAll(page, files) {
  return page.evaluate(async (files) => {
    const { openEngine, useRuntime } = await import("./app/runtime.js");
    await useRuntime(false);
    window.engines = [];
    for (const { name, size, prior, quantized, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const engine = await openEngine(bytes, { name, scale: quantized ? 1 / 256 : 1, zeroPoint: 0 }, "wasm", { size, prior }, name);
      const pixels = new Uint8Array(4 * size * size).map((_, i) => (i * 37) % 256);
      engines.push({ engine, pixels, mask: new Float32Array(size * size) });
    }
  }, files);
}

/** Runs one of the opened files, copies in and out included. */
function runs(page, index, count) {
  return page.evaluate(async ({ index, count }) => {
    const { engine, pixels, mask } = engines[index];
    for (let i = 0; i < count; i++) await engine.run(pixels, mask);
  }, { index, count });
}

/** The .tflite files of a folder of exports, without vectors/' tiny ones. */
function filesOf(folder) {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith("tiny"));
  return names.flatMap(({ name }) => {
    const contract = JSON.parse(readFileSync(`${folder}/${name}/model_contract.json`));
    return Object.entries(contract.files).filter(([file]) => file.endsWith(".tflite")).map(([file, facts]) => ({
      name: `${name}/${file}`, size: contract.input.width, prior: Boolean(contract.prior), quantized: facts.output_tensor.dtype === "uint8",
      base64: readFileSync(`${folder}/${name}/${file}`, "base64"),
    }));
  });
}

test("milliseconds of every file, beside MediaPipe's", async () => {
  const folder = process.env.EXPORTS ?? `${BUILD}page/models`;
  const files = filesOf(folder);
  if (existsSync(MEDIAPIPE)) files.push({ name: "mediapipe", size: 256, base64: readFileSync(MEDIAPIPE, "base64") });
  const { page } = await visit(browser, address, { query: "?model=tiny" });
  await page.evaluate(async () => (await import("./app/main.js")).demo.stop());
  await openAll(page, files);
  const clock = await clockOf(page), found = {};
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, { name }] of files.entries()) {
      await runs(page, index, turn ? 0 : 5);
      await clock();
      await runs(page, index, ROUNDS);
      found[name] = Math.min(found[name] ?? Infinity, (await clock()) / ROUNDS);
    }
  }
  for (const [name, best] of Object.entries(found)) {
    const ratio = found.mediapipe ? `, ${(best / found.mediapipe).toFixed(2)} of MediaPipe's` : "";
    console.log(`${name}: ${best.toFixed(1)} ms of processor time${ratio}`);
  }
  assert.ok(Object.values(found).every((best) => best > 0.1));
  const first = Object.keys(found).find((name) => name.startsWith("selfie/"));
  if (found.mediapipe) assert.ok(found[first] <= 1.15 * found.mediapipe, "the page starts with a file as quick as MediaPipe's");
  await page.close();
});

/** Shows `count` frames, as quickly as it can. */
function frames(page, count) {
  return page.evaluate(async (count) => {
    const { demo } = await import("./app/main.js");
    demo.source++; // the page's own loop ends
    for (let i = 0; i < count; i++) {
      await demo.exclusive(() => demo.showFrame());
      if (i % 10 === 0) await new Promise((ready) => setTimeout(ready)); // lets the page breathe
    }
    return `${demo.opened.engine.name}, ${demo.screen.told}`;
  }, count);
}

test("the whole frame of 640 x 480", async () => {
  for (const compose of ["CPU", "GPU"]) {
    const { page } = await visit(browser, address, { query: `?backend=wasm&compose=${compose}` });
    const clock = await clockOf(page);
    await frames(page, 20);
    await clock();
    const told = await frames(page, ROUNDS);
    const each = (await clock()) / ROUNDS;
    console.log(`whole frame: ${each.toFixed(1)} ms of processor time on the page's thread; ${told}`);
    assert.ok(each < 33, `${each} ms`);
    await page.close();
  }
});

test(`memory does not grow over ${FRAMES} frames`, async () => {
  const { page } = await visit(browser, address, { query: "?model=portraitnet_fast&compose=CPU" });
  const client = await page.context().newCDPSession(page);
  const used = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await client.send("Runtime.getHeapUsage");
    return (usedSize + backingStorageSize) / 1e6;
  };
  await frames(page, 40);
  const before = await used();
  await frames(page, FRAMES);
  const after = await used();
  console.log(`memory: ${before.toFixed(1)} MB, after ${FRAMES} more frames ${after.toFixed(1)} MB`);
  assert.ok(after - before < 4, `${(after - before).toFixed(1)} MB more`);
  await page.close();
});

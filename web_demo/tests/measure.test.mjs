// Milliseconds, memory, and what the page starts with. Prints; other work on the machine makes times longer, ratios less so.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test, { after, before } from "node:test";
import { BUILD, CAMERA, counted, launch, serve, visit } from "./stage.mjs";

const MEDIAPIPE = new URL("../../../shared/models/selfie_segmentation.tflite", import.meta.url).pathname;
const ROUNDS = Number(process.env.ROUNDS ?? 60);
const FRAMES = Number(process.env.FRAMES ?? 300);
let server, browser;

before(async () => {
  server = await serve();
  browser = await launch({ camera: CAMERA, flags: ["--js-flags=--expose-gc", "--enable-precise-memory-info"] });
});
after(async () => {
  await browser.close();
  server.stop();
});

/** The least milliseconds of each file in one wasm thread, copies in and out included; the files take turns. */
function least(page, files, rounds) {
  return page.evaluate(async ({ files, rounds }) => {
    const { openEngine, useRuntime } = await import("./app/runtime.js");
    await useRuntime(false);
    const engines = [];
    for (const { name, size, quantized, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const engine = await openEngine(bytes, { name, scale: quantized ? 1 / 256 : 1, zeroPoint: 0 }, "wasm", size, name);
      const pixels = new Uint8Array(3 * size * size).map((_, i) => (i * 37) % 256);
      engines.push({ name, engine, pixels, mask: new Float32Array(size * size), best: Infinity });
    }
    for (let round = 0; round < rounds; round++) {
      for (const one of engines) {
        const started = performance.now();
        await one.engine.run(one.pixels, one.mask);
        one.best = Math.min(one.best, performance.now() - started);
      }
    }
    engines.forEach(({ engine }) => engine.close());
    return engines.map(({ name, best }) => [name, best]);
  }, { files, rounds });
}

function filesOf(folder) {
  return readdirSync(folder).flatMap((name) => {
    const contract = JSON.parse(readFileSync(`${folder}/${name}/model_contract.json`));
    return Object.entries(contract.files).filter(([file]) => file.endsWith(".tflite")).map(([file, facts]) => ({
      name: `${name}/${file}`, size: contract.input.width, quantized: facts.output_tensor.dtype === "uint8",
      base64: readFileSync(`${folder}/${name}/${file}`, "base64"),
    }));
  });
}

test("milliseconds of every file, beside MediaPipe's", async () => {
  const folder = process.env.EXPORTS ?? `${BUILD}page/models`;
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "tiny");
  const files = names.flatMap(({ name }) => filesOf(folder).filter((file) => file.name.startsWith(`${name}/`)));
  if (existsSync(MEDIAPIPE)) files.push({ name: "mediapipe", size: 256, base64: readFileSync(MEDIAPIPE, "base64") });
  const { page } = await visit(browser, server.address, { query: "?model=tiny" });
  await page.evaluate(async () => (await import("./app/main.js")).demo.stop());
  const found = Object.fromEntries(await least(page, files, ROUNDS));
  for (const [name, best] of Object.entries(found)) {
    const ratio = found.mediapipe ? `, ${(best / found.mediapipe).toFixed(2)} of MediaPipe's` : "";
    console.log(`${name}: ${best.toFixed(1)} ms${ratio}`);
  }
  assert.ok(Object.values(found).every((best) => best > 0.1));
  const first = Object.keys(found).find((name) => name.startsWith("selfie/"));
  if (found.mediapipe) assert.ok(found[first] <= 1.15 * found.mediapipe, "the page starts with a file as quick as MediaPipe's");
  await page.close();
});

test("the whole frame of 640 x 480", async () => {
  const { page } = await visit(browser, server.address, { query: "?backend=wasm" });
  const found = await page.evaluate(async (rounds) => {
    const { demo } = await import("./app/main.js");
    demo.source++; // the loop ends; frames come by hand
    const times = [];
    for (let i = 0; i < rounds; i++) {
      await demo.exclusive(async () => {
        const started = performance.now();
        await demo.showFrame();
        times.push(performance.now() - started);
      });
    }
    times.sort((one, other) => one - other);
    return { least: times[0], half: times[rounds >> 1], engine: demo.opened.engine.name, told: demo.screen.told };
  }, ROUNDS);
  console.log(`whole frame: least ${found.least.toFixed(1)} ms, half of them ${found.half.toFixed(1)} ms; ${found.engine}, ${found.told}`);
  assert.ok(found.least < 33, `${found.least} ms`);
  await page.close();
});

test(`memory does not grow over ${FRAMES} frames`, async () => {
  const { page } = await visit(browser, server.address, { query: "?model=portraitnet_fast&compose=CPU" });
  const client = await page.context().newCDPSession(page);
  const used = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await client.send("Runtime.getHeapUsage");
    return (usedSize + backingStorageSize) / 1e6;
  };
  const run = (count) => page.evaluate(async (count) => {
    const { demo } = await import("./app/main.js");
    demo.source++;
    for (let i = 0; i < count; i++) {
      await demo.exclusive(() => demo.showFrame());
      if (i % 10 === 0) await new Promise((ready) => setTimeout(ready)); // lets the page breathe
    }
  }, count);
  await run(40);
  const before = await used();
  await run(FRAMES);
  const after = await used();
  console.log(`memory: ${before.toFixed(1)} MB, after ${FRAMES} more frames ${after.toFixed(1)} MB`);
  assert.ok(after - before < 4, `${(after - before).toFixed(1)} MB more`);
  await page.close();
});

// Which engine is taken, what is said of the others, and the clock.
import assert from "node:assert/strict";
import test from "node:test";
import { candidates, openQuickest } from "../../core/engines.js";
import { PortraitError } from "../../core/error.js";
import { Latency } from "../../core/latency.js";

const SIZE = 8, COUNT = SIZE * SIZE;
const TRUTH = new Float32Array(COUNT).map((_, i) => (i % SIZE < SIZE / 2 ? 0 : 0.75));
const CONTRACT = {
  size: SIZE, threshold: 0.5, tolerance: { cpu: { labels: 0.999, difference: 0.004 }, gpu: { labels: 0.99, difference: 0.02 } },
};
const FILES = [
  { name: "net_float32.tflite", quantized: false },
  { name: "net_float16.tflite", quantized: false },
  { name: "net_int8.tflite", quantized: true },
];

/** An engine that gives a mask after so many milliseconds, and remembers that it was closed. */
function fake(mask = TRUTH, milliseconds = 0) {
  return {
    closed: false,
    async run(pixels, into) {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
      into.set(mask);
    },
    close() {
      this.closed = true;
    },
  };
}

/** Opens fakes by the file's name, on one back end. */
function quickest(engines, golden = { photo: new Uint8Array(3 * COUNT), expected: TRUTH }, backend = "wasm") {
  const choices = Object.keys(engines).map((name) => ({ file: { name }, backend }));
  const open = async ({ file }) => {
    if (engines[file.name] instanceof Error) throw engines[file.name];
    return engines[file.name];
  };
  return openQuickest(choices, CONTRACT, open, async () => golden);
}

test("what is tried: float16 on the GPU, every file in one build of the runtime", () => {
  const names = (...rest) => candidates(FILES, ...rest).map(({ file, backend }) => `${file.name} on ${backend}`);
  assert.deepEqual(names(null, null, ["WebGPU", "wasm threads", "wasm"]), [
    "net_float16.tflite on WebGPU", "net_float32.tflite on wasm threads", "net_float16.tflite on wasm threads",
    "net_int8.tflite on wasm threads",
  ]);
  assert.deepEqual(names("net_int8.tflite", "wasm", ["wasm threads", "wasm"]), ["net_int8.tflite on wasm"]);
  assert.deepEqual(names("net_int8.tflite", "WebGPU", ["wasm"]), []);
  assert.deepEqual(candidates(FILES.slice(0, 1), null, "WebGPU", ["WebGPU"]), [{ file: FILES[0], backend: "WebGPU" }]);
});

test("the quickest is taken, the others are closed", async () => {
  const engines = { slow: fake(TRUTH, 4), quick: fake(), slower: fake(TRUTH, 8) };
  const opened = await quickest(engines);
  assert.equal(opened.engine, engines.quick);
  assert.deepEqual([engines.slow.closed, engines.quick.closed, engines.slower.closed], [true, false, true]);
  assert.deepEqual([opened.proof.passed, opened.proof.labels, opened.failures], [true, 1, []]);
});

test("a wrong mask, NaN, a runtime's failure and a sentence of ours: told, and the next is taken", async () => {
  const shifted = TRUTH.map((_, i) => TRUTH[(i + 1) % COUNT]);
  for (const [bad, pattern] of [
    [fake(shifted), /^bad on wasm: wrong result \(labels agree to [\d.]+ %\); choose another/],
    [fake(new Float32Array(COUNT).fill(NaN)), /^bad on wasm: wrong result/],
    [new Error("Internal error\nadvice to developers"), /^bad on wasm: Internal error$/],
    [new PortraitError("models/net.tflite: damaged"), /^models\/net\.tflite: damaged$/],
  ]) {
    const good = fake(TRUTH, 2), opened = await quickest({ bad, good });
    assert.equal(opened.engine, good);
    assert.match(opened.failures.join(), pattern);
    if (bad.close) assert.equal(bad.closed, true);
  }
});

test("a GPU may be a little off, the CPU may not", async () => {
  const off = TRUTH.map((value) => Math.max(0, value - 0.015)), golden = { photo: new Uint8Array(3 * COUNT), expected: TRUTH };
  await assert.rejects(quickest({ off: fake(off) }, golden, "wasm"), /wrong result/);
  assert.equal((await quickest({ off: fake(off) }, golden, "WebGPU")).proof.passed, true);
});

test("if none is right every failure is in the sentence", async () => {
  await assert.rejects(quickest({ one: new Error("no memory"), other: fake(new Float32Array(COUNT)) }), (error) =>
    error instanceof PortraitError && /^one on wasm: no memory\nother on wasm: wrong result/.test(error.message));
  await assert.rejects(quickest({}), /no file of this export runs there/);
});

test("without a golden photo a choice is trusted once it ran", async () => {
  const opened = await quickest({ any: fake(new Float32Array(COUNT)) }, null);
  assert.equal(opened.proof.known, false);
});

test("latency: percentiles of the last durations", () => {
  const latency = new Latency(4);
  assert.equal(latency.percentile(50), 0);
  for (const value of [100, 3, 1, 4, 2]) latency.add(value); // 100 falls out
  assert.deepEqual([25, 50, 75, 90, 100].map((percent) => latency.percentile(percent)), [1, 2, 3, 4, 4]);
  latency.reset();
  latency.add(7);
  assert.equal(latency.percentile(90), 7);
});

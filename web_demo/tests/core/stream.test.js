// What a video remembers and what makes it forget: the golden video, and a network that never lets go of a mask.
import assert from "node:assert/strict";
import test from "node:test";
import { picture } from "../../core/picture.js";
import { Segmenter } from "../../core/segmenter.js";
import { Stream } from "../../core/stream.js";
import { VIDEOS, check, framesOf, load } from "./vectors.js";

const FRESH = [0, 3, 5, 6]; // of the golden video: the first, after a gap, another scene, a step back in time
const SIZE = 32, COUNT = SIZE ** 2;
const CONTRACT = { size: SIZE, fit: "letterbox", prior: true, smoothing: 0.8 };

/** An engine that calls answer(bytes, call), which gives a pixel's value from its bytes at `at`. */
function engineOf(answer) {
  let calls = 0;
  return {
    async run(pixels, mask) {
      for (let i = 0; i < mask.length; i++) mask[i] = answer(pixels, 4 * i, calls);
      calls++;
    },
  };
}

for (const video of VIDEOS) {
  test(`${video.name}: each frame is given the golden mask of the one before, or nobody's`, async () => {
    const { values: masks } = load(video.expected), frames = framesOf(load(video.inputs.frames)), seen = [];
    const engine = {
      async run(pixels, mask) {
        seen.push(pixels.filter((_, at) => at % 4 === 3));
        mask.set(masks.subarray((seen.length - 1) * COUNT, seen.length * COUNT));
      },
    };
    const stream = new Stream(new Segmenter(engine, CONTRACT)), made = [];
    for (const [index, frame] of frames.entries()) {
      made.push(...(await stream.next(frame, video.parameters.seconds[index], false)));
    }
    check(video, made);
    for (const [index, prior] of seen.entries()) {
      const before = masks.subarray((index - 1) * COUNT, index * COUNT);
      const wanted = FRESH.includes(index) ? new Float32Array(COUNT) : before.map((value) => 255 * value);
      assert.ok(prior.every((value, i) => Math.abs(value - wanted[i]) <= 0.5001), `frame ${index}`);
      assert.equal(prior.some((value) => value > 0), !FRESH.includes(index));
    }
  });
}

/** A flat picture with a brighter square, 0..1 of its side from the left. */
function frame(place, { level = 100, width = 64, height = 64 } = {}) {
  const made = picture(width, height), edge = Math.round(place * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= edge && x < edge + width / 8 && y >= height / 2;
      made.data.fill(inside ? level + 100 : level, 4 * (y * width + x), 4 * (y * width + x) + 4);
    }
  }
  return made;
}

/** The worst network with a prior: bright pixels are person, and so is whoever was. */
const trail = (pixels, at) => Math.max(pixels[at] > 190 ? 1 : 0, pixels[at + 3] / 255);
/** One without, that is never sure: half of what it says is the smoothing's. */
const unsure = (pixels, at) => 0.3 + (pixels[at] > 190 ? 0.4 : 0);

for (const [kind, answer, prior] of [["the prior", trail, true], ["the smoothing of a network without one", unsure, false]]) {
  const stream = () => new Stream(new Segmenter(engineOf(answer), { ...CONTRACT, prior }));
  const alone = async (photo) => Array.from(await stream().next(photo));

  /** Whether a frame, after others, gets what it would have got alone. */
  async function begins(photo, seconds, act = () => {}) {
    const one = stream();
    await one.next(frame(0.1), 1);
    await one.next(frame(0.1), 1.04);
    act(one);
    const made = await one.next(photo, seconds);
    return made.every((value) => !Number.isNaN(value)) && Array.from(made).join() === (await alone(photo)).join();
  }

  test(`${kind} is handed on within a scene, and nothing of it over its end`, async () => {
    const moved = frame(0.7);
    for (const seconds of [1.04, 1.08, 1.54, null]) assert.equal(await begins(moved, seconds), false, `${seconds} s`);
    for (const seconds of [1.55, 60, 1, 0]) assert.equal(await begins(moved, seconds), true, `${seconds} s`);
    assert.equal(await begins(frame(0.7, { level: 60 }), 1.08), true, "a cut");
    for (const size of [{ width: 80 }, { height: 80 }]) {
      assert.equal(await begins(frame(0.7, size), 1.08), true, "another size");
    }
    assert.equal(await begins(moved, 1.08, (one) => one.forget()), true, "told to forget");
  });
}

test("a cut is where pictures differ by more than 28 gray levels in the mean", async () => {
  const flat = (level) => frame(2, { level }), priors = [];
  const engine = engineOf((pixels, at) => (at === 0 && priors.push(pixels[3]), 1));
  for (const level of [128, 129]) {
    const stream = new Stream(new Segmenter(engine, CONTRACT));
    await stream.next(flat(100));
    await stream.next(flat(level));
  }
  assert.deepEqual(priors, [0, 255, 0, 0]);
});

test("to forget while a frame is on its way counts for the next", async () => {
  let finish;
  const engine = { run: (pixels, mask) => new Promise((done) => (finish = () => done(mask.fill(1)))) };
  const stream = new Stream(new Segmenter(engine, CONTRACT));
  const first = stream.next(frame(0.1), 1);
  stream.forget();
  finish();
  await first;
  const second = stream.next(frame(0.1), 1.04);
  assert.ok(stream.segmenter.fitted.data.every((value, at) => at % 4 < 3 || value === 0));
  finish();
  await second;
});

test("what is handed on is the network's answer, not the smoothed one; without smoothing too", async () => {
  for (const smooth of [true, false]) {
    const priors = [], answers = [0.5, 0.1, 0.1];
    const engine = engineOf((pixels, at, call) => (at === 0 && priors.push(pixels[3]), answers[call]));
    const stream = new Stream(new Segmenter(engine, CONTRACT));
    let mask;
    for (let i = 0; i < 3; i++) mask = await stream.next(frame(0.1), i / 25, smooth);
    assert.deepEqual(priors, [0, 128, 26]); // 127.5 and 25.5: halves to even
    assert.equal(Math.abs(mask[0] - 0.1) > 0.01, smooth);
  }
});

test("smoothing that is switched on begins with the frame then", async () => {
  const stream = new Stream(new Segmenter(engineOf(unsure), { ...CONTRACT, prior: false })), masks = [];
  for (const [index, smooth] of [true, false, true, true].entries()) {
    masks.push(Array.from(await stream.next(frame(0.2 * index), index / 25, smooth)));
  }
  assert.deepEqual(masks.map((mask) => new Set(mask).size), [2, 2, 2, 3]);
});

test("a photo alone has nobody before it, and leaves the frames' state alone", async () => {
  const segmenter = new Segmenter(engineOf(trail), CONTRACT), stream = new Stream(segmenter);
  const both = Array.from(await stream.next(frame(0.1), 1));
  assert.notDeepEqual(Array.from(await segmenter.segment(frame(0.7))), both);
  const after = Array.from(await stream.next(frame(0.7), 1.04));
  assert.ok(both.every((value, i) => value <= after[i]));
});

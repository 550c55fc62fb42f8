// The cases of vectors/, and how they are compared.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const ROOT = new URL("../../../vectors/", import.meta.url);
export const CASES = JSON.parse(readFileSync(new URL("index.json", ROOT))).cases;

/** The cases of vectors/video/, their files named from vectors/ on. */
export const VIDEOS = JSON.parse(readFileSync(new URL("video/video.json", ROOT))).cases.map((video) => ({
  ...video, inputs: { frames: `video/${video.inputs.frames}` }, expected: `video/${video.expected}`,
}));

/** A .npy file: { shape, values }, bytes or floats. */
export function load(file) {
  const bytes = readFileSync(new URL(file, ROOT));
  const length = bytes.readUInt16LE(8), header = bytes.toString("latin1", 10, 10 + length);
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((part) => part.trim()).map(Number);
  const body = new Uint8Array(bytes.subarray(10 + length)).buffer;
  return { shape, values: header.includes("|u1") ? new Uint8Array(body) : new Float32Array(body) };
}

/** An RGB array as a picture. */
export function pictureOf({ shape, values }) {
  const [height, width] = shape, data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.set(values.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}

/** An array of frames as pictures. */
export function framesOf({ shape: [count, ...shape], values }) {
  const each = values.length / count;
  return Array.from({ length: count }, (_, i) => pictureOf({ shape, values: values.subarray(i * each, (i + 1) * each) }));
}

/** A picture's colors, three a pixel. */
export function colorsOf(picture) {
  return picture.data.filter((_, i) => i % 4 !== 3);
}

/** Holds values against those of a case, within its tolerance. */
export function check(vector, values) {
  const { expected, tolerance, name } = vector;
  const wanted = typeof expected === "string" ? load(expected).values : expected.flat();
  assert.equal(values.length, wanted.length, name);
  let differing = 0, largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(values[i] - wanted[i]);
    assert.ok(!Number.isNaN(difference), `${name}: NaN at ${i}`);
    if (difference > 0) differing++;
    largest = Math.max(largest, difference);
  }
  assert.ok(largest <= tolerance.max, `${name}: differs by ${largest}, ${tolerance.max} is allowed`);
  const share = differing / wanted.length;
  assert.ok(share <= tolerance.share, `${name}: ${share} of the values differ, ${tolerance.share} may`);
}

// Every case of vectors/ that the core computes.
import assert from "node:assert/strict";
import test from "node:test";
import { BackgroundBlur } from "../../core/blur.js";
import { Compositor, cover, over } from "../../core/compose.js";
import { Fitter, fitBox, fitMatrix } from "../../core/fit.js";
import { picture } from "../../core/picture.js";
import { Resizer, resized } from "../../core/resize.js";
import { Smoother } from "../../core/smoothing.js";
import { CASES, check, colorsOf, load, pictureOf } from "./vectors.js";

const OPERATIONS = {
  fit_box: ({ parameters: { height, width, size, fit } }) => {
    const box = fitBox(height, width, size, fit);
    return [box.top, box.bottom, box.left, box.right];
  },
  fit_matrix: ({ parameters: { height, width, size, fit } }) => fitMatrix(height, width, size, fit).flat(),
  fit_photo: ({ inputs, parameters: { size, fit } }) => {
    const photo = pictureOf(load(inputs.photo)), fitted = picture(size, size);
    const fitter = new Fitter(photo.width, photo.height, size, fit);
    fitter.fill(pictureOf({ shape: [photo.height, photo.width], values: new Uint8Array(3 * photo.width * photo.height) }), fitted.data);
    fitter.fill(photo, fitted.data); // a second time, over what the first left
    return colorsOf(fitted);
  },
  unfit: ({ inputs, parameters: { height, width, fit } }) => {
    const mask = load(inputs.mask);
    return new Fitter(width, height, mask.shape[0], fit).unfit(mask.values);
  },
  resize: ({ inputs, parameters: { width, height } }) => {
    const image = load(inputs.image);
    if (image.shape.length === 3) return colorsOf(resized(pictureOf(image), width, height));
    return new Resizer(image.shape[1], image.shape[0], width, height).plane(image.values);
  },
  smooth: ({ inputs, parameters: { ratio, hold } }) => {
    const { shape: [count, height, width], values } = load(inputs.masks), photos = load(inputs.photos).values;
    const smoother = new Smoother(ratio, hold), each = height * width;
    for (let i = 0; i < count; i++) {
      const photo = pictureOf({ shape: [height, width, 3], values: photos.subarray(3 * i * each, 3 * (i + 1) * each) });
      smoother.smooth(values.subarray(i * each, (i + 1) * each), photo);
    }
    return values;
  },
  over: (vector) => composed(vector, (photo, alpha, into) => {
    const scene = load(vector.inputs.scene).values;
    for (let y = 0; y < photo.height; y++) {
      over(photo.data, alpha, y * photo.width, scene.subarray(3 * y * photo.width, 3 * (y + 1) * photo.width), into.data);
    }
  }),
  over_color: (vector) => composed(vector, (photo, alpha, into) =>
    new Compositor(photo.width, photo.height).color(photo, alpha, vector.parameters.color, into)),
  replace: (vector) => composed(vector, (photo, alpha, into) => {
    const scene = cover(pictureOf(load(vector.inputs.background)), photo.width, photo.height);
    new Compositor(photo.width, photo.height).replace(photo, alpha, scene, into);
  }),
  blur: (vector) => composed(vector, (photo, alpha, into) =>
    new Compositor(photo.width, photo.height).blur(photo, alpha, vector.parameters.radius, into)),
  cutout: ({ inputs }) => {
    const photo = pictureOf(load(inputs.rgb)), into = picture(photo.width, photo.height);
    new Compositor(photo.width, photo.height).cutout(photo, load(inputs.alpha).values, into);
    return into.data;
  },
};

// The browser turns the camera's YUV into RGB, and LiteRT.js runs networks: live and video.test.mjs hold those against Python.
const ELSEWHERE = ["yuv_to_rgb", "segment"];

function composed({ inputs }, compose) {
  const photo = pictureOf(load(inputs.rgb)), into = picture(photo.width, photo.height);
  compose(photo, load(inputs.alpha).values, into);
  compose(photo, load(inputs.alpha).values, photo); // into the photo itself, as the page does
  assert.deepEqual(into.data, photo.data);
  return colorsOf(into);
}

test("vectors/ holds no operation that nobody looks at", () => {
  const known = new Set([...Object.keys(OPERATIONS), ...ELSEWHERE]);
  assert.deepEqual(new Set(CASES.map((vector) => vector.operation)), known);
});

for (const vector of CASES.filter(({ operation }) => !ELSEWHERE.includes(operation))) {
  test(vector.name, () => check(vector, OPERATIONS[vector.operation](vector)));
}

test("a blur without a radius is refused", () => {
  const blur = new BackgroundBlur(8, 8);
  assert.throws(() => blur.each(picture(8, 8), new Float32Array(64), 0, () => {}), /radius 0 must be above 0/);
});

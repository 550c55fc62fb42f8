import { roundHalfEven } from "./picture.js";

/** The kernel of the background's blur, for a radius in pixels of the photo: it works at a quarter of the size. */
export function kernelOf(radius) {
  const sigma = radius / 8, reach = Math.floor(roundHalfEven(radius + 1) / 2); // sigma is half the radius, cut at four
  const half = Array.from({ length: reach + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = half.reduce((total, value) => total + 2 * value, -half[0]);
  return Float32Array.from(half, (value) => value / sum);
}

/** Where an index lands inside 0..count - 1 if the border is a mirror that does not repeat the edge. */
export function mirrored(index, count) {
  if (count === 1) return 0;
  const period = 2 * count - 2, place = ((index % period) + period) % period;
  return Math.min(place, period - place);
}

/** A Gaussian blur of interleaved float channels, in place. kernel: the middle's weight and those on either side. */
export class Gaussian {
  constructor(width, height, channels, kernel) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.kernel = kernel;
    this.reach = kernel.length - 1;
    this.padded = new Float32Array((width + 2 * this.reach) * channels);
    this.widened = new Float32Array(width * height * channels);
    this.line = new Float32Array(width * channels);
  }

  blur(values) {
    const { width, height, channels, reach, kernel, padded, widened, line } = this;
    const count = width * channels;
    for (let y = 0; y < height; y++) {
      this.pad(values, y * count);
      const middle = reach * channels;
      scale(line, padded, middle, kernel[0]);
      for (let k = 1; k <= reach; k++) addPair(line, padded, middle - k * channels, middle + k * channels, kernel[k]);
      widened.set(line, y * count);
    }
    for (let y = 0; y < height; y++) {
      scale(line, widened, y * count, kernel[0]);
      for (let k = 1; k <= reach; k++) {
        addPair(line, widened, mirrored(y - k, height) * count, mirrored(y + k, height) * count, kernel[k]);
      }
      values.set(line, y * count);
    }
  }

  pad(values, start) {
    const { width, channels, reach, padded } = this;
    for (let x = -reach; x < width + reach; x++) {
      const from = start + mirrored(x, width) * channels, to = (x + reach) * channels;
      for (let c = 0; c < channels; c++) padded[to + c] = values[from + c];
    }
  }
}

function scale(line, values, at, weight) {
  for (let i = 0; i < line.length; i++) line[i] = weight * values[at + i];
}

function addPair(line, values, one, other, weight) {
  for (let i = 0; i < line.length; i++) line[i] += weight * (values[one + i] + values[other + i]);
}

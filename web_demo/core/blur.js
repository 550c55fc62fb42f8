import { Gaussian, kernelOf } from "./gaussian.js";
import { LinearRows, Resizer } from "./resize.js";

const LEAST = 1e-4; // keeps the division alive where a person fills the neighborhood

/**
 * A blur of the background alone: the person's colors do not bleed into it, so there is no halo.
 *
 * Normalized convolution at a quarter of the size: colors times weight and the weight itself are blurred, then divided.
 */
export class BackgroundBlur {
  constructor(width, height) {
    this.width = Math.max(1, Math.floor(width / 4));
    this.height = Math.max(1, Math.floor(height / 4));
    this.shrink = new Resizer(width, height, this.width, this.height);
    this.enlarge = new LinearRows(this.width, this.height, width, height, 3);
    this.weighted = new Float32Array(4 * this.width * this.height); // red, green, blue, weight
    this.soft = new Float32Array(3 * this.width * this.height);
    this.radius = 0;
  }

  /** The blurred scene: take(y, row) gets three interleaved channels in 0..255. */
  each(photo, alpha, radius, take) {
    if (!(radius > 0)) throw new RangeError(`blur radius ${radius} must be above 0 pixels`);
    if (radius !== this.radius) this.gaussian = new Gaussian(this.width, this.height, 4, kernelOf(radius));
    this.radius = radius;
    this.weigh(this.shrink.picture(photo).data, this.shrink.plane(alpha));
    this.gaussian.blur(this.weighted);
    this.divide();
    this.enlarge.each(this.soft, 0, 3 * this.width, take);
  }

  weigh(colors, alpha) {
    const { weighted } = this;
    for (let i = 0, at = 0; i < alpha.length; i++, at += 4) {
      const weight = 1 - alpha[i];
      weighted[at] = colors[at] * weight;
      weighted[at + 1] = colors[at + 1] * weight;
      weighted[at + 2] = colors[at + 2] * weight;
      weighted[at + 3] = weight;
    }
  }

  divide() {
    const { weighted, soft } = this;
    for (let from = 0, to = 0; from < weighted.length; from += 4) {
      const weight = weighted[from + 3] + LEAST;
      for (let c = 0; c < 3; c++) soft[to++] = Math.min(weighted[from + c] / weight, 255);
    }
  }
}

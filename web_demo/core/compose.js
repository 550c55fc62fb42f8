import { BackgroundBlur } from "./blur.js";
import { picture, roundHalfEven } from "./picture.js";
import { resized } from "./resize.js";

const float = Math.fround;

/**
 * What an alpha is for: blurred background, a color, another picture, a look at the mask. For photos of one size;
 * `into` may be the photo itself. Alphas are floats in 0..1, one a pixel.
 */
export class Compositor {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.row = new Float32Array(3 * width);
  }

  /** Blurs the background alone; radius in pixels. */
  blur(photo, alpha, radius, into) {
    this.background ??= new BackgroundBlur(this.width, this.height);
    this.background.each(photo, alpha, radius, (y, row) => over(photo.data, alpha, y * this.width, row, into.data));
  }

  /** Puts the person in front of one color, [red, green, blue]. */
  color(photo, alpha, color, into) {
    for (let i = 0; i < this.row.length; i++) this.row[i] = color[i % 3];
    for (let y = 0; y < this.height; y++) over(photo.data, alpha, y * this.width, this.row, into.data);
  }

  /** Puts the person in front of a scene of the photo's size; see cover(). */
  replace(photo, alpha, scene, into) {
    const { row, width } = this;
    for (let y = 0; y < this.height; y++) {
      for (let i = 0, from = 4 * y * width; i < row.length; from += 4) {
        for (let c = 0; c < 3; c++) row[i++] = scene.data[from + c];
      }
      over(photo.data, alpha, y * width, row, into.data);
    }
  }

  /** The photo's colors, with the alpha as their fourth byte. */
  cutout(photo, alpha, into) {
    for (let i = 0; i < alpha.length; i++) {
      into.data.set(photo.data.subarray(4 * i, 4 * i + 3), 4 * i);
      into.data[4 * i + 3] = roundHalfEven(float(alpha[i] * 255));
    }
  }

  /** The alpha as a gray picture. */
  mask(alpha, into) {
    for (let i = 0, to = 0; i < alpha.length; i++, to += 4) {
      into.data[to] = into.data[to + 1] = into.data[to + 2] = roundHalfEven(float(alpha[i] * 255));
      into.data[to + 3] = 255;
    }
  }
}

/** The person over one row of a scene, from pixel `start` on; the same float32 arithmetic as Python's. */
export function over(photo, alpha, start, row, into) {
  for (let x = start, at = 4 * start, i = 0; i < row.length; x++, at += 4, i += 3) {
    const weight = alpha[x];
    into[at] = mixed(photo[at], row[i], weight);
    into[at + 1] = mixed(photo[at + 1], row[i + 1], weight);
    into[at + 2] = mixed(photo[at + 2], row[i + 2], weight);
    into[at + 3] = 255;
  }
}

function mixed(front, behind, weight) {
  return float(float(behind + float(float(front - behind) * weight)) + 0.5) | 0;
}

/** A background scaled to cover width x height, its middle taken. For pictures that come once. */
export function cover(background, width, height) {
  const scale = Math.max(height / background.height, width / background.width);
  const innerWidth = Math.max(width, roundHalfEven(background.width * scale));
  const innerHeight = Math.max(height, roundHalfEven(background.height * scale));
  const scene = resized(background, innerWidth, innerHeight), made = picture(width, height);
  const top = Math.floor((innerHeight - height) / 2), left = Math.floor((innerWidth - width) / 2);
  for (let y = 0; y < height; y++) {
    const start = 4 * ((y + top) * innerWidth + left);
    made.data.set(scene.data.subarray(start, start + 4 * width), 4 * y * width);
  }
  return made;
}

import { PortraitError } from "./error.js";
import { Resizer, LinearPlane } from "./resize.js";
import { roundHalfEven } from "./picture.js";

export const FITS = ["stretch", "letterbox"];
const PAD = 128; // gray around a letter-boxed photo

/** Where a photo lies inside the square that the network sees, in whole pixels; the right and lower ends are outside. */
export function fitBox(height, width, size, fit) {
  if (!FITS.includes(fit)) throw new PortraitError(`fit "${fit}" is unknown; this page knows ${FITS.join(" and ")}`);
  if (fit === "stretch") return { top: 0, bottom: size, left: 0, right: size };
  const scale = size / Math.max(height, width);
  const innerHeight = Math.max(1, roundHalfEven(height * scale));
  const innerWidth = Math.max(1, roundHalfEven(width * scale));
  const top = Math.floor((size - innerHeight) / 2), left = Math.floor((size - innerWidth) / 2);
  return { top, bottom: top + innerHeight, left, right: left + innerWidth };
}

/** Two rows of the affine from photo pixels to network pixels, pixel centers at whole numbers. */
export function fitMatrix(height, width, size, fit) {
  const box = fitBox(height, width, size, fit);
  const x = (box.right - box.left) / width, y = (box.bottom - box.top) / height;
  return [[x, 0, box.left + 0.5 * x - 0.5], [0, y, box.top + 0.5 * y - 0.5]];
}

/** The way of photos of one size into the network and of its mask back. Buffers are made once and used again. */
export class Fitter {
  constructor(width, height, size, fit) {
    this.width = width;
    this.height = height;
    this.size = size;
    this.box = fitBox(height, width, size, fit);
    const innerWidth = this.box.right - this.box.left, innerHeight = this.box.bottom - this.box.top;
    this.shrink = new Resizer(width, height, innerWidth, innerHeight);
    this.enlarge = new LinearPlane(innerWidth, innerHeight, width, height);
    this.alpha = new Float32Array(width * height);
  }

  /** A photo as the network sees it into `bytes`, (size, size) RGBA. */
  fill(photo, bytes) {
    const { size, box } = this, width = 4 * (box.right - box.left);
    const inner = this.shrink.picture(photo).data;
    if (box.bottom - box.top < size || width < 4 * size) bytes.fill(PAD);
    for (let y = box.top, from = 0; y < box.bottom; y++, from += width) {
      bytes.set(inner.subarray(from, from + width), 4 * (y * size + box.left));
    }
  }

  /** A mask (size, size) at the photo's size: (height, width) floats, the same array each time. */
  unfit(mask) {
    const { size, box } = this;
    return this.enlarge.fill(mask, box.top * size + box.left, size, this.alpha);
  }
}

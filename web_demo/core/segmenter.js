import { Fitter } from "./fit.js";

/** A photo in, the mask of its person out. Buffers are kept while the photos keep their size. */
export class Segmenter {
  /** engine: { run(pixels, mask) }, pixels (S, S) RGBA bytes, mask (S, S) floats. contract: of parseContract. */
  constructor(engine, contract) {
    const { size } = contract;
    this.engine = engine;
    this.contract = contract;
    this.fitted = { width: size, height: size, data: new Uint8Array(4 * size ** 2) };
    this.mask = new Float32Array(size ** 2);
    this.fitter = null;
  }

  /** The mask of a photo that stands alone, at the network's size; the same array each time. */
  segment(photo) {
    this.fit(photo);
    return this.run();
  }

  /** The photo as the network sees it: a picture of its size, the same each time. */
  fit(photo) {
    this.fitterOf(photo).fill(photo, this.fitted.data);
    return this.fitted;
  }

  /** The mask of what was fitted last. prior: bytes, the mask of the frame before times 255; null is nobody. */
  async run(prior = null) {
    const { data } = this.fitted;
    if (this.contract.prior) {
      for (let i = 0, at = 3; at < data.length; i++, at += 4) data[at] = prior ? prior[i] : 0;
    }
    await this.engine.run(data, this.mask);
    return this.mask;
  }

  fitterOf({ width, height }) {
    if (this.fitter?.width !== width || this.fitter?.height !== height) {
      this.fitter = new Fitter(width, height, this.contract.size, this.contract.fit);
    }
    return this.fitter;
  }
}

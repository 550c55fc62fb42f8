import { Fitter } from "./fit.js";
import { Smoother } from "./smoothing.js";

/** A photo in, the mask of its person out. Buffers are kept while the photos keep their size. */
export class Segmenter {
  /** engine: { run(pixels, mask) }. contract: of parseContract. */
  constructor(engine, contract) {
    this.engine = engine;
    this.contract = contract;
    this.pixels = new Uint8Array(3 * contract.size ** 2);
    this.mask = new Float32Array(contract.size ** 2);
    this.smoother = new Smoother(contract.smoothing);
    this.fitter = null;
  }

  /** Returns the mask at the network's size, the same array each time; smooth: blend it with the one before. */
  async segment(photo, smooth = false) {
    this.fitterOf(photo).fill(photo, this.pixels);
    await this.engine.run(this.pixels, this.mask);
    if (smooth) this.smoother.smooth(this.mask);
    else this.smoother.reset();
    return this.mask;
  }

  /** After a change of source, a jump or a pause. */
  forget() {
    this.smoother.reset();
  }

  fitterOf({ width, height }) {
    if (this.fitter?.width !== width || this.fitter?.height !== height) {
      this.fitter = new Fitter(width, height, this.contract.size, this.contract.fit);
      this.smoother.reset();
    }
    return this.fitter;
  }
}

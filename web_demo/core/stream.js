import { roundHalfEven } from "./picture.js";
import { Resizer } from "./resize.js";
import { Smoother } from "./smoothing.js";

const CUT = 28; // gray levels between two thumbnails, in the mean: beyond it, another scene
const GAP = 0.5; // seconds between two frames beyond which the older says nothing of the newer
const THUMBNAIL = 32;

/**
 * One video or camera through a segmenter: each frame helps the next, by the smoothing and, where the network takes it,
 * by its mask. All of it begins anew at a cut, after a gap or a jump in time, and where frames change their size.
 */
export class Stream {
  constructor(segmenter) {
    const { size, smoothing } = segmenter.contract;
    this.segmenter = segmenter;
    this.smoother = new Smoother(smoothing);
    this.prior = new Uint8Array(size ** 2); // what the network answered last, before any smoothing, times 255
    this.shrink = new Resizer(size, size, THUMBNAIL, THUMBNAIL);
    this.thumbnail = new Uint8Array(4 * THUMBNAIL ** 2);
    this.last = null; // { width, height, seconds } of the frame before; null: the next one begins anew
  }

  /**
   * The next frame's mask at the network's size, the same array each time. seconds: when the frame is shown, null if that
   * is not known. smooth: blend the mask with the one before.
   */
  async next(photo, seconds = null, smooth = true) {
    const { width, height } = photo, { segmenter, smoother } = this;
    const thumbnail = this.shrink.picture(segmenter.fit(photo)).data;
    if (!this.continues(thumbnail, width, height, seconds)) this.begin();
    this.thumbnail.set(thumbnail);
    this.last = { width, height, seconds };
    const mask = await segmenter.run(this.prior);
    if (segmenter.contract.prior) this.remember(mask);
    if (smooth) smoother.smooth(mask, segmenter.fitted);
    else smoother.reset();
    return mask;
  }

  /** What comes next has nothing to do with what came. Also right while a frame is on its way. */
  forget() {
    this.last = null;
  }

  begin() {
    this.prior.fill(0);
    this.smoother.reset();
  }

  continues(thumbnail, width, height, seconds) {
    const { last } = this;
    if (last?.width !== width || last.height !== height) return false;
    const passed = seconds === null || last.seconds === null ? 0 : seconds - last.seconds;
    return passed >= 0 && passed <= GAP && sceneChange(this.thumbnail, thumbnail) <= CUT;
  }

  remember(mask) {
    for (let i = 0; i < mask.length; i++) this.prior[i] = roundHalfEven(Math.fround(255 * mask[i]));
  }
}

/** Mean difference of the colors of two RGBA pictures of one size, in gray levels. */
function sceneChange(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i += 4) {
    for (let c = i; c < i + 3; c++) sum += Math.abs(one[c] - other[c]);
  }
  return sum / (0.75 * one.length);
}

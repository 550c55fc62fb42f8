const float = Math.fround;

/** Temporal smoothing at the network's size: the previous mask helps where the current one does not know. */
export class Smoother {
  constructor(ratio) {
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio ${ratio} must be in 0..1`);
    this.ratio = float(ratio);
    this.previous = null;
  }

  /** In place, in float32. The first mask, or one of another size, passes as it is. */
  smooth(mask) {
    const { ratio, previous } = this;
    if (previous?.length !== mask.length) {
      this.previous = mask.slice();
      return;
    }
    for (let i = 0; i < mask.length; i++) {
      const sure = float(float(2 * mask[i]) - 1);
      const pull = float(ratio * float(1 - float(sure * sure)));
      previous[i] = mask[i] = float(mask[i] + float(pull * float(previous[i] - mask[i])));
    }
  }

  /** After a change of camera, a jump or a pause: nothing of the old scene may show. */
  reset() {
    this.previous = null;
  }
}

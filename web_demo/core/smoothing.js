const float = Math.fround;

const HOLD = 0.85; // weight of the previous mask where the picture rests
const RESTS = 2, MOVED = 6; // gray levels of change: up to the one a pixel rests, from the other on it has moved

/**
 * Temporal smoothing at the network's size: the previous mask helps where the current one does not know, and where nothing
 * moves.
 */
export class Smoother {
  constructor(ratio, hold = HOLD) {
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio ${ratio} must be in 0..1`);
    this.ratio = float(ratio);
    // Of each change of the picture, the last one for all above it.
    this.holds = Float32Array.from({ length: MOVED + 1 }, (_, change) =>
      float(float(hold) * float(Math.min(1, (MOVED - change) / (MOVED - RESTS)))));
    this.previous = null;
  }

  /**
   * In place, in float32. photo: what the mask is of, a picture of its size. The first mask, or one of another size, passes
   * as it is.
   */
  smooth(mask, photo) {
    const { ratio, holds, previous } = this;
    if (previous?.length !== mask.length) {
      this.previous = mask.slice();
      this.photo = photo.data.slice();
      this.changes = new Uint8Array(mask.length);
      this.along = new Uint8Array(mask.length);
      return;
    }
    const changes = this.changesTo(photo);
    for (let i = 0; i < mask.length; i++) {
      const sure = float(float(2 * mask[i]) - 1);
      const pull = Math.max(float(ratio * float(1 - float(sure * sure))), holds[changes[i]]);
      previous[i] = mask[i] = float(mask[i] + float(pull * float(previous[i] - mask[i])));
    }
  }

  /** After a change of camera, a jump or a pause: nothing of the old scene may show. */
  reset() {
    this.previous = null;
  }

  /** The largest change of each pixel's colors and of those around it, MOVED at most. Remembers the photo. */
  changesTo({ width, height, data }) {
    const { photo, changes, along } = this;
    for (let i = 0, at = 0; i < changes.length; i++, at += 4) {
      let most = 0;
      for (let c = at; c < at + 3; c++) {
        const change = Math.abs(data[c] - photo[c]);
        if (change > most) most = change;
        photo[c] = data[c];
      }
      changes[i] = most < MOVED ? most : MOVED;
    }
    spread(changes, along, width, height, 1, width);
    spread(along, changes, height, width, width, 1);
    return changes;
  }
}

/** The largest of each value and its two neighbors along lines. step: from one to the next; skip: from line to line. */
function spread(from, into, length, lines, step, skip) {
  for (let line = 0; line < lines; line++) {
    for (let k = 0, i = line * skip; k < length; k++, i += step) {
      let most = from[i];
      if (k > 0 && from[i - step] > most) most = from[i - step];
      if (k < length - 1 && from[i + step] > most) most = from[i + step];
      into[i] = most;
    }
  }
}

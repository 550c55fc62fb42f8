/**
 * One shrinking axis: new pixel i averages what [i, i + 1) covers of the old ones.
 *
 * In whole numbers: with source / target = total / part in lowest terms, every overlap is a multiple of 1 / part, so sums
 * of weighted bytes are exact. Old pixels first[i] until last[i] lie wholly inside, with weight `part` of `total`; those
 * beside them, first[i] - 1 and last[i], in part, with weights head[i] and tail[i], 0 where there is none.
 */
export class AreaAxis {
  constructor(source, target) {
    const divisor = greatestCommonDivisor(source, target);
    this.part = target / divisor;
    this.total = source / divisor;
    this.first = new Int32Array(target);
    this.last = new Int32Array(target);
    this.head = new Int32Array(target);
    this.tail = new Int32Array(target);
    for (let i = 0; i < target; i++) {
      const from = i * this.total, to = from + this.total; // in parts of an old pixel
      this.first[i] = Math.ceil(from / this.part);
      this.last[i] = Math.floor(to / this.part);
      this.head[i] = this.first[i] * this.part - from;
      this.tail[i] = to - this.last[i] * this.part;
    }
  }

  /** The old pixels that new pixel i sees, and what each gives, as a part of 1. */
  cells(i) {
    const start = this.head[i] ? this.first[i] - 1 : this.first[i];
    const end = this.tail[i] ? this.last[i] : this.last[i] - 1;
    return { start, end };
  }

  weight(i, cell) {
    const weight = cell < this.first[i] ? this.head[i] : cell < this.last[i] ? this.part : this.tail[i];
    return Math.fround(weight / this.total);
  }
}

/** One growing axis: half-pixel centers, the border repeated. New pixel i lies between old first[i] and second[i]. */
export class LinearAxis {
  constructor(source, target) {
    this.first = new Int32Array(target);
    this.second = new Int32Array(target);
    this.weight = new Float32Array(target); // of the second
    for (let i = 0; i < target; i++) {
      const center = Math.min(Math.max(((i + 0.5) * source) / target - 0.5, 0), source - 1);
      this.first[i] = Math.floor(center);
      this.second[i] = Math.min(this.first[i] + 1, source - 1);
      this.weight[i] = center - this.first[i];
    }
  }
}

function greatestCommonDivisor(a, b) {
  return b ? greatestCommonDivisor(b, a % b) : a;
}

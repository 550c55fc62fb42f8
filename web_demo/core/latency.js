/** The last durations of one stage, in milliseconds; nothing is allocated after construction. */
export class Latency {
  constructor(window = 60) {
    this.values = new Float64Array(window);
    this.sorted = new Float64Array(window);
    this.seen = 0;
  }

  add(milliseconds) {
    this.values[this.seen++ % this.values.length] = milliseconds;
  }

  /** The value that `percent` of the durations do not exceed; 0 before the first. */
  percentile(percent) {
    const count = Math.min(this.seen, this.values.length);
    if (!count) return 0;
    this.sorted.set(this.values);
    const sorted = this.sorted.subarray(0, count).sort();
    return sorted[Math.max(0, Math.ceil((count * percent) / 100) - 1)];
  }

  reset() {
    this.seen = 0;
  }
}

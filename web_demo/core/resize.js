import { AreaAxis, LinearAxis } from "./axes.js";
import { picture, roundHalfEven } from "./picture.js";

/**
 * Averages areas along an axis that shrinks; then interpolates linearly along one that grows. For pictures and planes of
 * one size; what it returns is used again by the next call.
 */
export class Resizer {
  constructor(sourceWidth, sourceHeight, width, height) {
    const betweenWidth = Math.min(width, sourceWidth), betweenHeight = Math.min(height, sourceHeight);
    const shrinks = betweenWidth < sourceWidth || betweenHeight < sourceHeight;
    const grows = width > betweenWidth || height > betweenHeight;
    this.area = shrinks ? new Area(sourceWidth, sourceHeight, betweenWidth, betweenHeight) : null;
    this.colors = grows ? new LinearColors(betweenWidth, betweenHeight, width, height) : null;
    this.values = grows ? new LinearPlane(betweenWidth, betweenHeight, width, height) : null;
    this.betweenWidth = betweenWidth;
    this.size = width * height;
  }

  /** A picture; each step is rounded. */
  picture(source) {
    const between = this.area ? this.area.picture(source) : source;
    return this.colors ? this.colors.picture(between) : between;
  }

  /** One channel of floats, not rounded. */
  plane(source) {
    const between = this.area ? this.area.plane(source) : source;
    this.made ??= this.values && new Float32Array(this.size);
    return this.values ? this.values.fill(between, 0, this.betweenWidth, this.made) : between;
  }
}

/** A resized copy of a picture that comes once. */
export function resized(source, width, height) {
  const made = new Resizer(source.width, source.height, width, height).picture(source);
  return made === source ? { ...source, data: source.data.slice() } : made;
}

const CLOSE = 1e-3; // more than float32 sums of bytes are wrong by

/** Averages areas: first down, where rows are summed as they lie in memory, then across. */
class Area {
  constructor(sourceWidth, sourceHeight, width, height) {
    this.sourceWidth = sourceWidth;
    this.across = new AreaAxis(sourceWidth, width);
    this.down = new AreaAxis(sourceHeight, height);
    this.bytes = new Int32Array(4 * sourceWidth); // one new row at the source's width: exact sums
    this.floats = new Float64Array(sourceWidth);
    this.made = picture(width, height);
    this.values = new Float32Array(width * height);
    this.whole = this.across.part === 1 && this.down.part === 1;
    this.halved = this.whole && this.across.total === 2 && this.down.total === 2;
  }

  picture(source) {
    const { across, down, bytes, made } = this;
    const { width, height, data } = made;
    const scale = 1 / (across.total * down.total), { part } = across;
    for (let y = 0; y < height; y++) {
      sumRowsOfBytes(down, y, source.data, bytes);
      for (let x = 0, to = 4 * y * width; x < width; x++, to += 4) {
        const first = across.first[x], last = across.last[x], head = across.head[x], tail = across.tail[x];
        let red = 0, green = 0, blue = 0; // three at once: a loop over channels takes twice the time
        for (let i = 4 * first; i < 4 * last; i += 4) {
          red += bytes[i];
          green += bytes[i + 1];
          blue += bytes[i + 2];
        }
        red *= part;
        green *= part;
        blue *= part;
        if (head) {
          const i = 4 * first - 4;
          red += head * bytes[i];
          green += head * bytes[i + 1];
          blue += head * bytes[i + 2];
        }
        if (tail) {
          const i = 4 * last;
          red += tail * bytes[i];
          green += tail * bytes[i + 1];
          blue += tail * bytes[i + 2];
        }
        data[to] = this.rounded(red * scale, source.data, x, y, 0);
        data[to + 1] = this.rounded(green * scale, source.data, x, y, 1);
        data[to + 2] = this.rounded(blue * scale, source.data, x, y, 2);
        data[to + 3] = 255;
      }
    }
    return made;
  }

  plane(source) {
    const { across, down, floats, values } = this;
    const { width, height } = this.made;
    const scale = 1 / (across.total * down.total);
    for (let y = 0; y < height; y++) {
      sumRows(down, y, source, floats);
      for (let x = 0; x < width; x++) values[y * width + x] = average(across, floats, x, 1, 0) * scale;
    }
    return values;
  }

  rounded(value, data, x, y, c) {
    const below = value | 0, rest = value - below;
    if (rest < 0.5 - CLOSE) return below;
    return rest > 0.5 + CLOSE ? below + 1 : this.halfway(below, data, x, y, c);
  }

  /** What lies halfway is rounded as OpenCV does, or an int8 network would see another photo. */
  halfway(below, data, x, y, c) {
    if (this.halved) return below + 1;
    if (this.whole) return below + (below & 1);
    return roundHalfEven(this.floatAverage(data, x, y, c));
  }

  /** One channel of one new pixel as sums in float32, across and then down, which may miss the half by a hair. */
  floatAverage(data, x, y, c) {
    const rows = this.down.cells(y), columns = this.across.cells(x);
    let sum = 0;
    for (let row = rows.start; row <= rows.end; row++) {
      let line = 0;
      for (let column = columns.start; column <= columns.end; column++) {
        const color = data[4 * (row * this.sourceWidth + column) + c];
        line = Math.fround(line + Math.fround(this.across.weight(x, column) * color));
      }
      sum = Math.fround(sum + Math.fround(this.down.weight(y, row) * line));
    }
    return sum;
  }
}

function sumRows(axis, y, values, sums) {
  const first = axis.first[y], last = axis.last[y];
  sums.fill(0);
  if (axis.head[y]) addRow(values, first - 1, axis.head[y], sums);
  for (let row = first; row < last; row++) addRow(values, row, axis.part, sums);
  if (axis.tail[y]) addRow(values, last, axis.tail[y], sums);
}

function addRow(values, row, weight, sums) {
  const start = row * sums.length;
  for (let i = 0; i < sums.length; i++) sums[i] += weight * values[start + i];
}

/** The same once more, for bytes alone: engines make one function for both kinds of arrays take 1.4 times as long. */
function sumRowsOfBytes(axis, y, values, sums) {
  const first = axis.first[y], last = axis.last[y];
  sums.fill(0);
  if (axis.head[y]) addRowOfBytes(values, first - 1, axis.head[y], sums);
  for (let row = first; row < last; row++) addRowOfBytes(values, row, axis.part, sums);
  if (axis.tail[y]) addRowOfBytes(values, last, axis.tail[y], sums);
}

function addRowOfBytes(values, row, weight, sums) {
  const start = row * sums.length;
  for (let i = 0; i < sums.length; i++) sums[i] += weight * values[start + i];
}

function average(axis, sums, x, channels, c) {
  const first = axis.first[x], last = axis.last[x];
  let sum = 0;
  for (let i = first; i < last; i++) sum += sums[channels * i + c];
  sum *= axis.part;
  if (axis.head[x]) sum += axis.head[x] * sums[channels * (first - 1) + c];
  if (axis.tail[x]) sum += axis.tail[x] * sums[channels * last + c];
  return sum;
}

/** Interpolates rows of `channels` interleaved floats or bytes linearly; gives one row at a time. */
export class LinearRows {
  constructor(sourceWidth, sourceHeight, width, height, channels) {
    this.channels = channels;
    this.height = height;
    this.across = new LinearAxis(sourceWidth, width);
    this.down = new LinearAxis(sourceHeight, height);
    this.upper = { of: -1, values: new Float32Array(channels * width) }; // two widened source rows
    this.lower = { of: -1, values: new Float32Array(channels * width) };
    this.row = new Float32Array(channels * width);
  }

  /** Rows of `values`, `stride` values apart, the first at `offset`: take(y, row) gets each new row. */
  each(values, offset, stride, take) {
    this.upper.of = this.lower.of = -1;
    for (let y = 0; y < this.height; y++) {
      const first = this.down.first[y], second = this.down.second[y];
      if (this.lower.of === first) [this.upper, this.lower] = [this.lower, this.upper];
      this.widen(this.upper, first, values, offset + first * stride);
      this.widen(this.lower, second, values, offset + second * stride);
      this.blend(this.down.weight[y]);
      take(y, this.row);
    }
  }

  widen(line, index, values, start) {
    if (line.of === index) return;
    line.of = index;
    const { across, channels } = this;
    for (let x = 0, to = 0; x < across.first.length; x++) {
      const left = start + channels * across.first[x], right = start + channels * across.second[x];
      const weight = across.weight[x];
      for (let c = 0; c < channels; c++) line.values[to++] = (1 - weight) * values[left + c] + weight * values[right + c];
    }
  }

  blend(weight) {
    const { row } = this, upper = this.upper.values, lower = this.lower.values;
    for (let i = 0; i < row.length; i++) row[i] = (1 - weight) * upper[i] + weight * lower[i];
  }
}

/** A plane of floats, enlarged. */
export class LinearPlane {
  constructor(sourceWidth, sourceHeight, width, height) {
    this.width = width;
    this.rows = new LinearRows(sourceWidth, sourceHeight, width, height, 1);
  }

  /** Rows of `values`, `stride` values apart, the first at `offset`, into `into`, which is returned. */
  fill(values, offset, stride, into) {
    this.rows.each(values, offset, stride, (y, row) => into.set(row, y * this.width));
    return into;
  }
}

/** A picture, enlarged and rounded. */
class LinearColors {
  constructor(sourceWidth, sourceHeight, width, height) {
    this.rows = new LinearRows(sourceWidth, sourceHeight, width, height, 4);
    this.stride = 4 * sourceWidth;
    this.made = picture(width, height);
  }

  picture(source) {
    const { data, width } = this.made;
    this.rows.each(source.data, 0, this.stride, (y, row) => {
      for (let i = 0, to = 4 * y * width; i < row.length; i++) data[to++] = Math.floor(row[i] + 0.5);
    });
    return this.made;
  }
}

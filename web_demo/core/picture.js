/**
 * A picture is { width, height, data }: RGBA bytes row by row, as ImageData has them. The fourth byte is not looked at,
 * except where a function says so.
 */
export function picture(width, height) {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** To the nearest integer, halves to the even one, as Python's round(). */
export function roundHalfEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below & 1);
  return rest < 0.5 ? below : below + 1;
}

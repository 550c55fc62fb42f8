import { Latency } from "./latency.js";

/**
 * Holds an engine against what Python's engine gave for the golden photo.
 *
 * engine: { run(pixels, mask) }, pixels (S, S) RGBA bytes, mask (S, S) floats. golden: of Export. tolerance: of the contract.
 * Returns { passed, labels, difference, milliseconds, slow }: the part of the labels that agree, the mean difference,
 * and what half and nine of ten runs take at most.
 */
export async function selfTest(engine, golden, threshold, tolerance, runs = 1) {
  const { photo, expected } = golden, mask = new Float32Array(expected.length), latency = new Latency(runs);
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await engine.run(photo, mask);
    latency.add(performance.now() - started);
  }
  let same = 0, sum = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] > threshold === expected[i] > threshold) same++;
    sum += Math.abs(mask[i] - expected[i]);
  }
  const labels = same / mask.length, difference = sum / mask.length; // NaN where an engine gives NaN: fails
  return {
    passed: labels >= tolerance.labels && difference <= tolerance.difference,
    labels,
    difference,
    milliseconds: latency.percentile(50),
    slow: latency.percentile(90),
  };
}

export function describe(result, engine) {
  const how = `labels agree to ${(100 * result.labels).toFixed(3)} %, mean difference ${result.difference.toFixed(5)}`;
  const time = `${result.milliseconds.toFixed(1)} ms (half of the runs), ${result.slow.toFixed(1)} ms (nine of ten)`;
  return `${result.passed ? "passed" : "FAILED"}: ${how}\n${engine}\n${time}`;
}

import { PortraitError } from "./error.js";
import { selfTest } from "./selftest.js";

/** The places where a file can run. */
export const BACKENDS = ["WebGPU", "wasm threads", "wasm"];
const RUNS = 8;

/**
 * What is tried, in order: [{ file, backend }]. name: of a file, null leaves the choice to the page: WebGPU computes in
 * float16, so that is its file; on the CPU all are tried. backend: of BACKENDS, null for all that are there.
 */
export function candidates(files, name, backend, available) {
  const wanted = name ? files.filter((file) => file.name === name) : files;
  const floats = wanted.filter((file) => !file.quantized);
  const half = floats.filter((file) => file.name.includes("float16"));
  const onGpu = name ? wanted : [...half, ...floats].slice(0, 1);
  const places = (backend ? [backend] : BACKENDS).filter((place) => available.includes(place));
  const cpu = places.filter((place) => place !== "WebGPU").slice(0, 1); // one runtime: with threads where they are
  return [
    ...(places.includes("WebGPU") ? onGpu.map((file) => ({ file, backend: "WebGPU" })) : []),
    ...cpu.flatMap((place) => wanted.map((file) => ({ file, backend: place }))),
  ];
}

/**
 * The quickest of the choices that gives the golden mask; the others are closed.
 *
 * open(choice) makes an engine { run, close, name }; golden(file): of Export. Returns { engine, choice, proof, failures },
 * failures being [sentence]. Throws PortraitError if none works. Without golden output a choice is trusted once it ran.
 */
export async function openQuickest(choices, contract, open, golden) {
  let best = null;
  const failures = [];
  for (const choice of choices) {
    let engine = null;
    try {
      engine = await open(choice);
      const proof = await prove(engine, choice, contract, await golden(choice.file));
      if (best && best.proof.milliseconds <= proof.milliseconds) {
        engine.close();
        continue;
      }
      best?.engine.close();
      best = { engine, choice, proof };
    } catch (error) {
      engine?.close();
      failures.push(error instanceof PortraitError ? error.message : `${nameOf(choice)}: ${firstLine(error)}`);
    }
  }
  if (!best) throw new PortraitError(failures.join("\n") || "no file of this export runs there; choose another file or back end");
  return { ...best, failures };
}

async function prove(engine, choice, contract, golden) {
  const tolerance = choice.backend === "WebGPU" ? contract.tolerance.gpu : contract.tolerance.cpu;
  const count = contract.size ** 2;
  const trial = golden ?? { photo: new Uint8Array(4 * count), expected: new Float32Array(count) };
  await selfTest(engine, trial, contract.threshold, tolerance); // the first run also warms up
  const proof = await selfTest(engine, trial, contract.threshold, tolerance, RUNS);
  if (golden && !proof.passed) {
    const agreement = `labels agree to ${(100 * proof.labels).toFixed(2)} %`;
    throw new PortraitError(`${nameOf(choice)}: wrong result (${agreement}); choose another file or back end`);
  }
  return { ...proof, known: golden !== null };
}

export const nameOf = ({ file, backend }) => `${file.name} on ${backend}`;

/** Runtimes add advice line by line; the first line says what happened. */
const firstLine = (error) => String(error?.message ?? error).split("\n")[0].slice(0, 200);

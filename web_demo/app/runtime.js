// The one module that knows LiteRT.js: .tflite files on WebGPU or in WebAssembly.
import { PortraitError } from "../core/error.js";

const WASM = new URL("../node_modules/@litertjs/core/wasm/", import.meta.url).href;
const THREADS = Math.min(4, navigator.hardwareConcurrency ?? 1);

let litert = null; // the package
let loaded = null; // which of its WebAssembly builds: threads or not

/** Which back ends this browser has: { places, missing }, the latter saying why not. */
export async function backends() {
  const places = ["wasm"], missing = {};
  if (crossOriginIsolated && THREADS > 1) places.unshift("wasm threads");
  else missing["wasm threads"] = THREADS > 1 ? "the server sends no headers for threads" : "one core";
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (adapter) places.unshift("WebGPU");
  else missing.WebGPU = navigator.gpu ? "no GPU that it can use" : "this browser has none";
  return { places, missing };
}

/** Loads the build for a back end; engines of another build are gone with it. */
export async function useRuntime(threads) {
  if (loaded === threads) return;
  try {
    litert ??= await import("@litertjs/core");
    if (loaded !== null) litert.unloadLiteRt();
    loaded = null;
    await litert.loadLiteRt(WASM, { threads });
    loaded = threads;
  } catch (error) {
    throw new PortraitError(
      `node_modules/@litertjs/core: cannot be loaded (${error.message}); run: npm install --prefix web_demo --omit=dev`,
    );
  }
}

/**
 * A .tflite in memory as an engine: run(pixels, mask) takes (S, S) RGBA bytes and fills (S, S) floats in 0..1.
 *
 * file: of the contract. contract: { size, prior }; with a prior the file takes alpha too, without it does not. Throws
 * PortraitError for a file of another shape than the contract's.
 */
export async function openEngine(bytes, file, backend, contract, path) {
  const accelerator = backend === "WebGPU" ? "webgpu" : "wasm";
  const numThreads = backend === "wasm threads" ? THREADS : 1;
  const model = await litert.loadAndCompile(bytes, { accelerator, cpuOptions: { numThreads } });
  try {
    return new Engine(model, file, backend, contract, path);
  } catch (error) {
    model.delete();
    throw error;
  }
}

class Engine {
  constructor(model, file, backend, { size, prior }, path) {
    const [inputs, outputs] = [model.getInputDetails(), model.getOutputDetails()];
    const shapes = [inputs, outputs].map((all) => all.map((one) => Array.from(one.shape).join(" x ")).join(", "));
    const channels = prior ? 4 : 3;
    const fits = shapes[0] === `1 x ${size} x ${size} x ${channels}` && shapes[1] === `1 x ${size} x ${size} x 1`;
    const types = [inputs[0]?.dtype, outputs[0]?.dtype];
    if (!fits || types.some((type) => type !== "float32" && type !== "uint8")) {
      throw new PortraitError(
        `${path}: maps ${shapes[0]} to ${shapes[1]} (${types.join(" to ")}), the contract says ${size} pixels of ` +
          `${channels} channels; export it again`,
      );
    }
    this.model = model;
    this.file = file;
    this.onGpu = backend === "WebGPU";
    this.shape = Array.from(inputs[0].shape);
    this.input = new (types[0] === "float32" ? Float32Array : Uint8Array)(channels * size * size);
    this.takesAlpha = prior;
    const share = backend === "wasm threads" ? `wasm, ${THREADS} threads` : backend;
    const whole = !this.onGpu || model.isFullyAccelerated;
    this.name = `${file.name} on ${share}${whole ? "" : ", in part on the CPU"}`;
  }

  async run(pixels, mask) {
    if (this.takesAlpha) this.input.set(pixels);
    else dropAlpha(pixels, this.input);
    const tensor = new litert.Tensor(this.input, this.shape);
    let outputs;
    try {
      outputs = await this.model.run(tensor);
    } finally {
      tensor.delete(); // LiteRT.js owns memory that no garbage collector sees
    }
    const output = this.onGpu ? await outputs[0].moveTo("wasm") : outputs[0];
    const values = output.toTypedArray();
    const { scale, zeroPoint } = this.file;
    for (let i = 0; i < mask.length; i++) mask[i] = Math.min(Math.max((values[i] - zeroPoint) * scale, 0), 1);
    output.delete();
  }

  close() {
    this.model.delete();
  }
}

function dropAlpha(rgba, rgb) {
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
}

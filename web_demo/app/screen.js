import { CpuPainter } from "../core/effect.js";
import { GpuPainter, drawnBy } from "./gpu.js";
import { words } from "./words.js";

const TRIALS = 3;
const SEEN = 2; // gray levels that nobody sees; and the part of the values that may differ by more
const SHARE = 0.001;

/**
 * The picture on the page: two canvases, one for the GPU and one for the CPU. Which of them shows is decided for each
 * size, on its first picture: the GPU has to compose what the CPU composes, and the quicker one is taken.
 */
export class Screen {
  /** wanted: "GPU" or "CPU", or null for the quicker. */
  constructor(gpuCanvas, cpuCanvas, wanted = null) {
    this.gpuCanvas = gpuCanvas;
    this.cpuCanvas = cpuCanvas;
    this.wanted = wanted;
    this.size = "";
    this.told = ""; // how it composes, for the overlay
    gpuCanvas.addEventListener("webglcontextlost", () => this.useCpu(words.gpuLost));
  }

  /** Shows a photo with an effect. mask: at the network's size; fitter: of the photo's size. */
  show(effect, photo, mask, fitter) {
    const size = `${photo.width} x ${photo.height}`;
    if (size !== this.size) this.prepare(photo, mask, fitter);
    this.size = size;
    if (this.gpu) {
      this.gpu.paint(effect, photo, mask, fitter);
      this.gpu.finish();
    } else {
      const made = this.cpu.paint(effect, photo, fitter.unfit(mask));
      this.context.putImageData(new ImageData(made.data, made.width, made.height), 0, 0);
    }
  }

  prepare(photo, mask, fitter) {
    const { width, height } = photo;
    this.gpu?.close();
    this.gpu = null;
    this.cpu = new CpuPainter(width, height);
    this.cpuCanvas.width = width;
    this.cpuCanvas.height = height;
    this.context = this.cpuCanvas.getContext("2d");
    let reason = "";
    if (this.wanted !== "CPU") {
      try {
        this.gpu = new GpuPainter(this.gpuCanvas, width, height);
        reason = this.judge(photo, mask, fitter);
      } catch (error) {
        reason = `${words.noGpu} (${error.message.split("\n")[0]})`;
      }
      if (reason) {
        this.gpu?.close();
        this.gpu = null;
      }
    }
    this.tell(reason);
  }

  /** Why the GPU is not to be used; empty if it is right, and quicker or wanted. */
  judge(photo, mask, fitter) {
    const effect = { kind: "blur", strength: 20 }, { gpu, cpu } = this;
    const made = cpu.paint(effect, photo, fitter.unfit(mask));
    gpu.paint(effect, photo, mask, fitter);
    if (differing(gpu.read(), made) > SHARE) return words.gpuWrong;
    const onGpu = least(() => (gpu.paint(effect, photo, mask, fitter), gpu.finish()));
    const onCpu = least(() => cpu.paint(effect, photo, fitter.unfit(mask)));
    if (this.wanted === "GPU" || onGpu <= onCpu) return "";
    return `${drawnBy(gpu.gl)} takes ${onGpu.toFixed(1)} ms, the CPU ${onCpu.toFixed(1)}`;
  }

  tell(reason) {
    this.told = this.gpu ? `composed on the GPU (${drawnBy(this.gpu.gl)})` : "composed on the CPU";
    if (reason) this.told += `: ${reason}`;
    this.gpuCanvas.hidden = !this.gpu;
    this.cpuCanvas.hidden = Boolean(this.gpu);
  }

  useCpu(reason) {
    this.gpu = null;
    this.wanted = "CPU";
    if (this.cpu) this.tell(reason);
  }
}

/** The part of the color values that differ by more than is seen. */
export function differing(one, other) {
  let count = 0;
  for (let i = 0; i < one.data.length; i++) {
    if (i % 4 !== 3 && Math.abs(one.data[i] - other.data[i]) > SEEN) count++;
  }
  return count / (3 * one.width * one.height);
}

function least(run) {
  let best = Infinity;
  for (let i = 0; i < TRIALS; i++) {
    const started = performance.now();
    run();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

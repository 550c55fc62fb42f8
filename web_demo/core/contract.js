import { PortraitError } from "./error.js";
import { FITS } from "./fit.js";

export const CONTRACT = "model_contract.json";
const VERSION = 1;
const RGB = "RGB", WITH_MASK = "RGB and the previous mask";
const AGAIN = "export the model again with pipelines/quantize_export.py";

/**
 * model_contract.json: what an app has to know about the files beside it.
 *
 * path: for the messages. Returns { size, fit, prior, threshold, smoothing, files, golden, tolerance }. prior: whether the
 * model takes the previous mask as a fourth channel. golden: { photo, prior }; each of `files` has name, sha256, quantized,
 * scale, zeroPoint and golden; what is golden is { file, sha256 }, null in old exports. Throws PortraitError for a text
 * that is no contract which this page knows.
 */
export function parseContract(text, path) {
  let json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PortraitError(`${path}: damaged or no contract (${error.message}); ${AGAIN}`);
  }
  if (json?.version !== VERSION) {
    throw new PortraitError(`${path}: version ${json?.version}, this page reads ${VERSION}; ${AGAIN}`);
  }
  checkInput(json.input ?? {}, path);
  checkPrior(json, path);
  const { fit, width } = json.input, { threshold } = json.output ?? {}, { ratio } = json.smoothing ?? {};
  if (!(threshold > 0 && threshold < 1)) throw new PortraitError(`${path}: a threshold of ${threshold}; ${AGAIN}`);
  if (!(ratio >= 0 && ratio <= 1)) throw new PortraitError(`${path}: a smoothing ratio of ${ratio}; ${AGAIN}`);
  const files = Object.entries(json.files ?? {}).filter(([name]) => name.endsWith(".tflite"));
  if (!files.length) throw new PortraitError(`${path}: names no .tflite file; ${AGAIN}`);
  return {
    size: width,
    fit,
    prior: Boolean(json.prior),
    threshold,
    smoothing: ratio,
    files: files.map(([name, facts]) => fileOf(name, facts, path)),
    golden: { photo: json.golden?.photo ?? null, prior: json.golden?.prior ?? null },
    tolerance: {
      cpu: toleranceOf(json.golden?.tolerance?.cpu, 0.999, 0.004),
      gpu: toleranceOf(json.golden?.tolerance?.gpu, 0.99, 0.02),
    },
  };
}

function checkInput(input, path) {
  const { width, height, channels, range, fit } = input;
  if (!Number.isInteger(width) || width < 1 || width !== height) {
    throw new PortraitError(`${path}: input of ${width} x ${height} pixels; this page needs a square`);
  }
  if (channels !== RGB && channels !== WITH_MASK) {
    throw new PortraitError(`${path}: the model takes ${channels}, this page gives ${RGB} or ${WITH_MASK}; ${AGAIN}`);
  }
  if (String(range) !== "0,255") {
    throw new PortraitError(`${path}: input in ${range}, this page gives RGB in 0,255; ${AGAIN}`);
  }
  if (!FITS.includes(fit)) throw new PortraitError(`${path}: fit "${fit}" is unknown; this page knows ${FITS.join(" and ")}`);
}

/** What is said of the previous mask in three places has to be the same. */
function checkPrior({ input, prior, golden }, path) {
  if (input.channels === WITH_MASK && !prior) {
    throw new PortraitError(`${path}: the model takes ${WITH_MASK}, and no "prior" says how; ${AGAIN}`);
  }
  if (input.channels === RGB && prior) {
    throw new PortraitError(`${path}: it has a "prior", and the model takes ${RGB} alone; ${AGAIN}`);
  }
  if (prior && golden?.photo && !golden.prior) {
    throw new PortraitError(`${path}: the golden photo has no prior, the mask before it; ${AGAIN}`);
  }
}

function fileOf(name, facts, path) {
  const { input_tensor: input, output_tensor: output, sha256, golden } = facts ?? {};
  if (!input?.dtype || !output?.dtype || !sha256) throw new PortraitError(`${path}: says too little of ${name}; ${AGAIN}`);
  const quantized = output.dtype === "uint8";
  return {
    name,
    sha256,
    quantized,
    scale: quantized ? output.scale : 1,
    zeroPoint: quantized ? output.zero_point : 0,
    golden: golden ?? null,
  };
}

function toleranceOf(json, labels, difference) {
  return { labels: json?.label_agreement ?? labels, difference: json?.mean_difference ?? difference };
}

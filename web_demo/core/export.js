import { CONTRACT, parseContract } from "./contract.js";
import { PortraitError } from "./error.js";

const AGAIN = "copy the whole export again";

/**
 * One export: a folder with a contract, .tflite files and golden/, as quantize_export.py --web leaves it.
 *
 * read(path) gives a file's bytes, an ArrayBuffer. What is read is what the contract names, or a PortraitError says so.
 */
export class Export {
  static async open(folder, read) {
    const path = `${folder}/${CONTRACT}`;
    const text = new TextDecoder().decode(await readable(path, read));
    return new Export(folder, read, parseContract(text, path));
  }

  constructor(folder, read, contract) {
    this.folder = folder;
    this.read = read;
    this.contract = contract;
  }

  /** The bytes of one of the contract's files. */
  async model(file) {
    const bytes = new Uint8Array(await this.checked(file.name, file.sha256));
    if (new TextDecoder().decode(bytes.subarray(4, 8)) !== "TFL3") {
      throw new PortraitError(`${this.folder}/${file.name}: not a .tflite file; export it again`);
    }
    return bytes;
  }

  /** { photo, expected }: the golden photo's RGB bytes, and the mask that Python's engine gave; null without one. */
  async golden(file) {
    const { photo, size } = this.contract;
    if (!photo || !file.golden) return null;
    const pixels = new Uint8Array(await this.checked(photo.file, photo.sha256));
    const output = await this.checked(file.golden.file, file.golden.sha256);
    const raw = file.quantized ? new Uint8Array(output) : output.byteLength % 4 ? [] : new Float32Array(output);
    if (pixels.length !== 3 * size * size || raw.length !== size * size) {
      throw new PortraitError(`${this.folder}/${file.golden.file}: ${output.byteLength} bytes do not fit ${size} x ${size}`);
    }
    return { photo: pixels, expected: Float32Array.from(raw, (value) => (value - file.zeroPoint) * file.scale) };
  }

  async checked(name, sha256) {
    const path = `${this.folder}/${name}`, content = await readable(path, this.read);
    const found = await sha256Of(content);
    if (found !== sha256) {
      const seen = `SHA-256 ${found.slice(0, 8)}, the contract says ${sha256.slice(0, 8)}`;
      throw new PortraitError(`${path}: damaged or from another export (${seen}); ${AGAIN}`);
    }
    return content;
  }
}

async function readable(path, read) {
  try {
    return await read(path);
  } catch (error) {
    throw new PortraitError(`${path}: cannot be read (${error.message}); ${AGAIN}`);
  }
}

async function sha256Of(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

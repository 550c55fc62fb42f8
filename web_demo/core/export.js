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
    const bytes = new Uint8Array(await this.checked({ file: file.name, sha256: file.sha256 }));
    if (new TextDecoder().decode(bytes.subarray(4, 8)) !== "TFL3") {
      throw new PortraitError(`${this.folder}/${file.name}: not a .tflite file; export it again`);
    }
    return bytes;
  }

  /**
   * { photo, expected }: the golden photo as RGBA bytes, its alpha the previous mask where there is a prior, and the mask
   * that Python's engine gave; null without one.
   */
  async golden(file) {
    const { golden: { photo, prior }, size } = this.contract, count = size * size;
    if (!photo || !file.golden) return null;
    const colors = new Uint8Array(await this.checked(photo, 3 * count));
    const alpha = prior && new Uint8Array(await this.checked(prior, count));
    const output = await this.checked(file.golden, file.quantized ? count : 4 * count);
    const pixels = new Uint8Array(4 * count);
    for (let i = 0; i < count; i++) {
      pixels.set(colors.subarray(3 * i, 3 * i + 3), 4 * i);
      pixels[4 * i + 3] = alpha ? alpha[i] : 0;
    }
    const raw = file.quantized ? new Uint8Array(output) : new Float32Array(output);
    return { photo: pixels, expected: Float32Array.from(raw, (value) => (value - file.zeroPoint) * file.scale) };
  }

  /** The bytes of a file that the contract names; length: how many there have to be, if that is known. */
  async checked({ file: name, sha256 }, length = null) {
    const path = `${this.folder}/${name}`, content = await readable(path, this.read);
    const found = await sha256Of(content);
    if (found !== sha256) {
      const seen = `SHA-256 ${found.slice(0, 8)}, the contract says ${sha256.slice(0, 8)}`;
      throw new PortraitError(`${path}: damaged or from another export (${seen}); ${AGAIN}`);
    }
    if (length !== null && content.byteLength !== length) {
      const { size } = this.contract;
      throw new PortraitError(`${path}: ${content.byteLength} bytes do not fit ${size} x ${size}; ${AGAIN}`);
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

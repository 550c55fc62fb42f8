// Effects on the GPU, by WebGL2: what CpuPainter does, from the mask at the network's size.
import { EFFECTS, Scene, radiusOf } from "../core/effect.js";
import { kernelOf } from "../core/gaussian.js";
import { COMPOSE, CORNERS, GAUSS, WEIGH } from "./shaders.js";

const LONGEST_KERNEL = 64; // as in the shader

/** For pictures of one size on one canvas. Throws an Error where the browser cannot do it. */
export class GpuPainter {
  constructor(canvas, width, height) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!gl || gl.isContextLost()) throw new Error("no WebGL2");
    if (!gl.getExtension("EXT_color_buffer_float")) throw new Error("no float textures");
    if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) throw new Error("the picture is too large");
    this.gl = gl;
    this.canvas = canvas;
    this.width = canvas.width = width;
    this.height = canvas.height = height;
    this.smallWidth = Math.max(1, Math.floor(width / 4));
    this.smallHeight = Math.max(1, Math.floor(height / 4));
    this.scene = new Scene();
    this.programs = { weigh: program(gl, WEIGH), gauss: program(gl, GAUSS), compose: program(gl, COMPOSE) };
    this.photo = texture(gl, gl.RGBA8, width, height);
    this.behind = texture(gl, gl.RGBA8, width, height);
    this.small = [0, 1].map(() => target(gl, texture(gl, gl.RGBA32F, this.smallWidth, this.smallHeight)));
    this.mask = null;
    this.pixel = new Uint8Array(4);
  }

  /** Shows a photo with an effect. fitter: of the photo's size; mask: at the network's size. */
  paint(effect, photo, mask, fitter) {
    const { gl, width, height } = this;
    upload(gl, this.photo, gl.RGBA, gl.UNSIGNED_BYTE, width, height, photo.data);
    this.uploadMask(mask, fitter.size);
    if (effect.kind === "picture") this.uploadScene(effect.background);
    if (effect.kind === "blur") this.blur(radiusOf(effect.strength, width, height), fitter);
    const use = this.use("compose", null, width, height);
    this.alphaOf(use, fitter);
    use.textures({ soft: this.small[0].texture, scene: this.behind.texture });
    gl.uniform2i(use.at("smallSize"), this.smallWidth, this.smallHeight);
    gl.uniform1i(use.at("kind"), EFFECTS.indexOf(effect.kind));
    gl.uniform3fv(use.at("color"), (effect.color ?? [0, 0, 0]).map((value) => value / 255));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Waits until the GPU is done, so that a clock tells the truth. */
  finish() {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, this.pixel);
  }

  /** What was painted last, as a picture. To be called right after paint(). */
  read() {
    const { gl, width, height } = this, rows = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, rows);
    const data = new Uint8ClampedArray(rows.length);
    for (let y = 0; y < height; y++) {
      data.set(rows.subarray(4 * (height - 1 - y) * width, 4 * (height - y) * width), 4 * y * width);
    }
    return { width, height, data };
  }

  /** Gives textures and programs back; the canvas keeps its context for the next painter. */
  close() {
    const { gl } = this;
    for (const { texture, buffer } of [this.photo, this.behind, ...this.small, this.mask ?? {}]) {
      gl.deleteTexture(texture ?? null);
      gl.deleteFramebuffer(buffer ?? null);
    }
    for (const { program } of Object.values(this.programs)) gl.deleteProgram(program);
  }

  blur(radius, fitter) {
    const { gl, smallWidth, smallHeight, small } = this, kernel = kernelOf(radius);
    if (kernel.length > LONGEST_KERNEL) throw new Error("the blur is too wide");
    const weigh = this.use("weigh", small[0].buffer, smallWidth, smallHeight);
    this.alphaOf(weigh, fitter);
    gl.uniform2i(weigh.at("smallSize"), smallWidth, smallHeight);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    for (const [from, to, axis] of [[0, 1, [1, 0]], [1, 0, [0, 1]]]) {
      const gauss = this.use("gauss", small[to].buffer, smallWidth, smallHeight);
      gauss.textures({ weighted: small[from].texture });
      gl.uniform2i(gauss.at("smallSize"), smallWidth, smallHeight);
      gl.uniform2iv(gauss.at("axis"), axis);
      gl.uniform1i(gauss.at("reach"), kernel.length - 1);
      gl.uniform1fv(gauss.at("kernel"), kernel);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  use(name, buffer, width, height) {
    const { gl } = this, use = this.programs[name];
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.viewport(0, 0, width, height);
    gl.useProgram(use.program);
    return use;
  }

  alphaOf(use, { box }) {
    const { gl } = this;
    use.textures({ photo: this.photo.texture, mask: this.mask.texture });
    gl.uniform2i(use.at("size"), this.width, this.height);
    gl.uniform2i(use.at("boxOrigin"), box.left, box.top);
    gl.uniform2i(use.at("boxSize"), box.right - box.left, box.bottom - box.top);
  }

  uploadMask(mask, size) {
    const { gl } = this;
    if (this.mask?.size !== size) {
      gl.deleteTexture(this.mask?.texture ?? null);
      this.mask = { ...texture(gl, gl.R32F, size, size), size };
    }
    upload(gl, this.mask, gl.RED, gl.FLOAT, size, size, mask);
  }

  uploadScene(background) {
    const { gl, width, height } = this, scene = this.scene.of(background, width, height);
    if (scene === this.uploaded) return;
    upload(gl, this.behind, gl.RGBA, gl.UNSIGNED_BYTE, width, height, scene.data);
    this.uploaded = scene;
  }
}

/** What draws, by name: of "ANGLE (maker, device, driver)" the device, and that without its numbers. */
export function drawnBy(gl) {
  const facts = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(facts ? facts.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  if (name.includes("SwiftShader")) return "SwiftShader";
  return (name.match(/^ANGLE \([^,]*, ([^,(]*)/)?.[1] ?? name).trim().slice(0, 40);
}

function program(gl, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`shader: ${gl.getProgramInfoLog(program)}`);
  return new Use(gl, program);
}

/** A program with the places of its uniforms, looked up once; every sampler has a texture unit of its own. */
class Use {
  constructor(gl, program) {
    this.gl = gl;
    this.program = program;
    this.places = new Map();
    this.units = new Map();
  }

  at(name) {
    if (!this.places.has(name)) this.places.set(name, this.gl.getUniformLocation(this.program, name));
    return this.places.get(name);
  }

  textures(named) {
    const { gl, units } = this;
    for (const [name, texture] of Object.entries(named)) {
      if (!units.has(name)) units.set(name, units.size);
      gl.activeTexture(gl.TEXTURE0 + units.get(name));
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform1i(this.at(name), units.get(name));
    }
  }
}

function texture(gl, format, width, height) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  }
  return { texture };
}

function target(gl, { texture }) {
  const buffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) throw new Error("no float framebuffer");
  return { texture, buffer };
}

function upload(gl, { texture }, format, type, width, height, data) {
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, data);
}

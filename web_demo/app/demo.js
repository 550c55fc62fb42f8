import { Compositor } from "../core/compose.js";
import { CpuPainter } from "../core/effect.js";
import { PortraitError } from "../core/error.js";
import { Fitter } from "../core/fit.js";
import { Latency } from "../core/latency.js";
import { picture } from "../core/picture.js";
import { resized } from "../core/resize.js";
import { Segmenter } from "../core/segmenter.js";
import { describe, selfTest } from "../core/selftest.js";
import { Stream } from "../core/stream.js";
import { openExport } from "./models.js";
import { words } from "./words.js";

const UNTRUSTED = 3; // a camera's first frames: dark, green or half exposed, and the next ones would lean on them
const LARGEST_SHOWN = 1600; // longer side of a photo on the screen; what is saved has its full size
const SELF_TEST_RUNS = 20;
const HALF_A_SECOND = 500; // between two readings of the rate

/**
 * What the page does, without its controls: a source, a model, an effect, and the picture that comes of them.
 *
 * listener: { overlay(text), message(text) }. One thing is done at a time; the newest frame wins and nothing queues.
 */
export class Demo {
  constructor(screen, frames, listener) {
    this.screen = screen;
    this.frames = frames;
    this.listener = listener;
    this.effect = { kind: "blur", strength: 20, color: [40, 120, 90], background: null };
    this.smoothing = true;
    this.opened = null; // { engine, choice, proof, failures }
    this.segmenter = this.stream = null;
    this.photo = null; // the last one that was segmented, at full size, and a copy for the screen
    this.still = false;
    this.source = 0; // which source is the present one
    this.turn = Promise.resolve();
    this.latency = { model: new Latency(), all: new Latency() };
    this.rate = { since: 0, frames: 0, perSecond: 0 };
    this.count = 0; // frames shown
  }

  /** Opens an export's file on a back end; null leaves either to the page. */
  openModel(found, name, backend, available) {
    return this.exclusive(async () => {
      this.opened?.engine.close();
      this.opened = this.segmenter = this.stream = null;
      this.found = found;
      this.opened = await openExport(found, name, backend, available);
      this.segmenter = new Segmenter(this.opened.engine, found.contract);
      this.stream = new Stream(this.segmenter);
      this.resetTimes();
      if (this.still) await this.showStill();
      this.overlay();
    });
  }

  /** Shows frames of this.frames, which plays, until another source starts. */
  async live(untrusted = UNTRUSTED) {
    const source = ++this.source;
    this.still = false;
    this.stream?.forget();
    this.resetTimes();
    while (source === this.source) {
      await new Promise((ready) => this.frames.next(ready));
      if (source !== this.source) return;
      if (untrusted > 0) untrusted--;
      else await this.exclusive(() => this.showFrame());
    }
  }

  /** Ends whatever is live. */
  stop() {
    this.source++;
    this.frames.stop();
  }

  /** Shows a photo in place of the camera. */
  showPhoto(photo) {
    this.stop();
    return this.exclusive(async () => {
      this.photo = photo;
      this.still = true;
      this.resetTimes();
      await this.showStill();
    });
  }

  setEffect(changes) {
    Object.assign(this.effect, changes);
    if (this.still) return this.exclusive(() => this.paintStill());
  }

  /** The picture at its full size as the screen shows it, or the cut-out: { width, height, data }. */
  result(cut) {
    return this.exclusive(() => {
      if (!this.photo) throw new PortraitError(words.nothingToSave);
      const { photo } = this, { width, height } = photo;
      const alpha = this.segmenter ? this.segmenter.fitterOf(photo).unfit(this.segmenter.mask) : null;
      if (!alpha || !cut) return new CpuPainter(width, height).paint(this.shownEffect(), photo, alpha);
      const made = picture(width, height);
      new Compositor(width, height).cutout(photo, alpha, made);
      return made;
    });
  }

  /** The model that runs, against Python: text to read. */
  test() {
    return this.exclusive(async () => {
      if (!this.opened) return words.noModel;
      const { engine, choice } = this.opened, { contract } = this.found;
      const golden = await this.found.golden(choice.file);
      if (!golden) return words.noGolden;
      const tolerance = choice.backend === "WebGPU" ? contract.tolerance.gpu : contract.tolerance.cpu;
      return describe(await selfTest(engine, golden, contract.threshold, tolerance, SELF_TEST_RUNS), engine.name);
    });
  }

  async showFrame() {
    const started = performance.now();
    const photo = this.frames.grab();
    if (!photo) return;
    this.photo = photo;
    if (this.segmenter) {
      const before = performance.now();
      if (this.effect.kind !== "none") await this.stream.next(photo, this.frames.seconds, this.smoothing);
      this.latency.model.add(performance.now() - before);
      this.screen.show(this.shownEffect(), photo, this.segmenter.mask, this.segmenter.fitterOf(photo));
    }
    this.latency.all.add(performance.now() - started);
    this.count++;
    this.countRate(started);
  }

  async showStill() {
    const { photo } = this, scale = LARGEST_SHOWN / Math.max(photo.width, photo.height);
    const [width, height] = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * scale)));
    this.shown = scale < 1 ? resized(photo, width, height) : photo;
    if (!this.segmenter) return;
    const started = performance.now();
    await this.segmenter.segment(photo);
    this.latency.model.add(performance.now() - started);
    this.paintStill();
    this.latency.all.add(performance.now() - started);
    this.count++;
    this.overlay();
  }

  paintStill() {
    if (!this.segmenter) return;
    const { contract } = this.segmenter, { width, height } = this.shown;
    if (this.stillFitter?.width !== width || this.stillFitter.height !== height || this.stillFitter.size !== contract.size) {
      this.stillFitter = new Fitter(width, height, contract.size, contract.fit);
    }
    this.screen.show(this.shownEffect(), this.shown, this.segmenter.mask, this.stillFitter);
  }

  /** Until a background is chosen, "picture" shows the photo as it is. */
  shownEffect() {
    return this.effect.kind === "picture" && !this.effect.background ? { kind: "none" } : this.effect;
  }

  /** One after another; what fails is told and does not stop the next. */
  exclusive(action) {
    const done = this.turn.then(action);
    this.turn = done.catch(() => {});
    return done;
  }

  resetTimes() {
    this.latency.model.reset();
    this.latency.all.reset();
    this.rate = { since: 0, frames: 0, perSecond: 0 };
  }

  countRate(now) {
    const { rate } = this;
    rate.frames++;
    if (now - rate.since < HALF_A_SECOND) return;
    if (rate.since) rate.perSecond = (1000 * rate.frames) / (now - rate.since);
    rate.since = now;
    rate.frames = 0;
    this.overlay();
  }

  overlay() {
    if (!this.opened) return;
    const { model, all } = this.latency;
    const numbers =
      `model ${model.percentile(50).toFixed(1)} ms, all ${all.percentile(50).toFixed(1)} ms ` +
      `(nine of ten: ${all.percentile(90).toFixed(1)}), ${this.rate.perSecond.toFixed(1)} frames/s`;
    const size = this.photo ? `${this.photo.width} x ${this.photo.height}, ${this.screen.told}` : "";
    this.listener.overlay([numbers, this.opened.engine.name, size, ...this.opened.failures].filter(Boolean).join("\n"));
  }
}

import { Compositor, cover } from "./compose.js";
import { picture } from "./picture.js";

/** What is shown in place of the background, in the order of the page's list. */
export const EFFECTS = ["none", "blur", "color", "picture", "mask"];

/** Blur strength, 1..60, is the radius in thousandths of the picture's longer side. */
export const radiusOf = (strength, width, height) => (Math.max(width, height) * strength) / 1000;

/** A background at the size of the photos, made anew only when either changes. */
export class Scene {
  of(background, width, height) {
    if (this.background !== background || this.made?.width !== width || this.made?.height !== height) {
      this.background = background;
      this.made = cover(background, width, height);
    }
    return this.made;
  }
}

/**
 * Effects on pictures of one size, on the CPU: the reference for the GPU.
 *
 * effect: { kind, strength, color, background }. The picture that paint() returns is used again by the next call.
 */
export class CpuPainter {
  constructor(width, height) {
    this.compositor = new Compositor(width, height);
    this.scene = new Scene();
    this.made = picture(width, height);
  }

  paint(effect, photo, alpha) {
    const { compositor, made } = this;
    const { width, height } = made;
    if (effect.kind === "blur") compositor.blur(photo, alpha, radiusOf(effect.strength, width, height), made);
    else if (effect.kind === "color") compositor.color(photo, alpha, effect.color, made);
    else if (effect.kind === "picture") {
      compositor.replace(photo, alpha, this.scene.of(effect.background, width, height), made);
    } else if (effect.kind === "mask") compositor.mask(alpha, made);
    else made.data.set(photo.data);
    return made;
  }
}

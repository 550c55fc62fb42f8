// The photo, a veil over what lies outside of its mask, and the brush that mends the veil.

const VEIL = "rgb(0 90 255)", OPACITY = 0.6; // the color of OUTSIDE in pictures.py
const SMALLEST = 0.004, LARGEST = 0.2; // radius of the brush, in widths of the photo

export class Stage {
  strokes = []; // see strokes.py
  overlay = true;
  brush = false;
  person = true; // what the brush paints; else it takes away
  #photo = null;
  #outside = null;
  #radius = 0.02;
  #veil = document.createElement("canvas");
  #pointer = null; // where the brush is, 0..1 each
  #stroke = null; // the one that is being drawn

  constructor(canvas) {
    this.canvas = canvas;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerleave", () => { this.#pointer = null; this.draw(); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.#stroke = null; });
    canvas.addEventListener("wheel", (event) => {
      if (!this.brush) return;
      event.preventDefault();
      this.resize(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    }, { passive: false });
  }

  /** Shows two bitmaps of one size, and strokes; nothing if there are none. */
  show([photo, outside] = [null, null], strokes = []) {
    [this.#photo, this.#outside, this.strokes, this.#stroke] = [photo, outside, [...strokes], null];
    const { width, height } = photo ?? { width: 1, height: 1 };
    Object.assign(this.canvas, { width, height });
    Object.assign(this.#veil, { width, height });
    this.draw();
  }

  undoStroke() {
    this.strokes.pop();
    this.draw();
  }

  resize(factor) {
    this.#radius = Math.min(LARGEST, Math.max(SMALLEST, this.#radius * factor));
    this.draw();
  }

  draw() {
    const { width, height } = this.canvas, view = this.canvas.getContext("2d");
    this.canvas.classList.toggle("brush", this.brush);
    view.clearRect(0, 0, width, height);
    if (!this.#photo) return;
    view.drawImage(this.#photo, 0, 0);
    if (this.overlay || this.brush) {
      this.#drawVeil();
      view.globalAlpha = OPACITY;
      view.drawImage(this.#veil, 0, 0);
      view.globalAlpha = 1;
    }
    if (this.brush && this.#pointer) {
      view.lineWidth = Math.max(1, width / 400);
      view.strokeStyle = this.person ? "white" : "black";
      view.beginPath();
      view.arc(this.#pointer[0] * width, this.#pointer[1] * height, this.#radius * width, 0, 2 * Math.PI);
      view.stroke();
    }
  }

  #drawVeil() {
    const { width, height } = this.#veil, veil = this.#veil.getContext("2d");
    veil.globalCompositeOperation = "copy";
    veil.drawImage(this.#outside, 0, 0);
    Object.assign(veil, { lineCap: "round", lineJoin: "round", strokeStyle: VEIL });
    for (const { person, radius, points } of this.strokes) {
      veil.globalCompositeOperation = person ? "destination-out" : "source-over";
      veil.lineWidth = Math.max(1, 2 * radius * width);
      veil.beginPath();
      veil.moveTo(points[0][0] * width, points[0][1] * height);
      for (const [x, y] of points) veil.lineTo(x * width, y * height); // the first again: a dot is a line too
      veil.stroke();
    }
  }

  #down(event) {
    if (!this.brush || !this.#photo || event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointer = this.#at(event);
    this.#stroke = { person: this.person !== event.shiftKey, radius: this.#radius, points: [this.#pointer] };
    this.strokes.push(this.#stroke);
    this.draw();
  }

  #move(event) {
    if (!this.brush || !this.#photo) return;
    this.#pointer = this.#at(event);
    this.#stroke?.points.push(this.#pointer);
    this.draw();
  }

  /** Where in the photo an event is, 0..1 each; the photo lies in the middle of the canvas, as object-fit puts it. */
  #at(event) {
    const box = this.canvas.getBoundingClientRect(), { width, height } = this.canvas;
    const scale = Math.min(box.width / width, box.height / height);
    const within = (value, size, room) => Math.min(1, Math.max(0, (value - (room - size * scale) / 2) / (size * scale)));
    const rounded = (value) => Math.round(value * 1e5) / 1e5;
    return [
      rounded(within(event.clientX - box.left, width, box.width)),
      rounded(within(event.clientY - box.top, height, box.height)),
    ];
  }
}

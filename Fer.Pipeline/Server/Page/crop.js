// The frame that a user puts over a face where no detector finds it. Works with mouse, finger and keys; in fractions of the picture.

const least = 0.06;

export class CropFrame {
  /** @param onChange called with the frame, as fractions of the picture as it is shown, whenever it changed */
  constructor(stage, onChange) {
    this.stage = stage;
    this.onChange = onChange;
    this.frame = { x: 0.3, y: 0.15, width: 0.4, height: 0.55 };
    this.root = document.createElement("div");
    this.root.className = "crop";
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Frame around the face. Arrow keys move it, with Shift they change its size.");
    const corner = document.createElement("i");
    this.root.append(corner);
    this.root.onpointerdown = event => this.#drag(event, event.target === corner);
    this.root.onkeydown = event => this.#key(event);
    stage.append(this.root);
    this.#place();
  }

  /** Fits a square-looking frame into a picture of this shape. */
  fit(width, height) {
    const side = 0.5 * Math.min(width, height);
    this.frame = { x: 0.5 - side / width / 2, y: 0.45 - side / height / 2, width: side / width, height: side / height };
    this.#place();
  }

  set hidden(value) {
    this.root.hidden = value;
  }

  #drag(event, resizes) {
    event.preventDefault();
    this.root.focus();
    this.root.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY, ...this.#copy() }, area = this.stage.getBoundingClientRect();
    this.root.onpointermove = move => {
      const dx = (move.clientX - from.x) / area.width, dy = (move.clientY - from.y) / area.height;
      const grow = Math.max(dx * area.width, dy * area.height);
      this.#set(resizes ? { ...from.frame, width: from.frame.width + grow / area.width, height: from.frame.height + grow / area.height } : { ...from.frame, x: from.frame.x + dx, y: from.frame.y + dy });
    };
    this.root.onpointerup = this.root.onpointercancel = () => this.root.onpointermove = null;
  }

  #key(event) {
    const step = 0.02, by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { x, y, width, height } = this.frame;
    this.#set(event.shiftKey ? { x, y, width: width + by[0], height: height + by[1] } : { x: x + by[0], y: y + by[1], width, height });
  }

  #copy() {
    return { frame: { ...this.frame } };
  }

  #set({ x, y, width, height }) {
    width = Math.min(1, Math.max(least, width));
    height = Math.min(1, Math.max(least, height));
    this.frame = { x: Math.min(1 - width, Math.max(0, x)), y: Math.min(1 - height, Math.max(0, y)), width, height };
    this.#place();
    this.onChange(this.frame);
  }

  #place() {
    for (const [name, key] of [["left", "x"], ["top", "y"], ["width", "width"], ["height", "height"]]) this.root.style[name] = `${100 * this.frame[key]}%`;
  }
}

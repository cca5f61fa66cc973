// Where in the chosen face the evidence for its emotion is, drawn over it. One question at a time, so that it never holds up the answers.

import { ask } from "./api.js";

const pauseMilliseconds = 600;

export class HeatMap {
  #on = false;
  #asking = false;
  #askedAt = -Infinity;
  #shown = null;
  #small = document.createElement("canvas");

  /** @param onProblem called with what went wrong, or null */
  constructor(onProblem) {
    this.button = document.getElementById("heat");
    this.note = document.getElementById("heat-note");
    this.onProblem = onProblem;
  }

  get isOn() {
    return this.#on;
  }

  set isOn(value) {
    this.#on = value;
    this.button.setAttribute("aria-pressed", String(value));
    if (!value) this.clear();
  }

  /**
   * Explains a face of a picture and draws the map over where that face is now.
   * @param stage  the stage that shows the picture  @param blob  the picture, or null for the last map at the face's new place
   */
  async show(stage, blob, face, image, model, mirrored = false) {
    if (!this.#on || !face) return this.clear();
    if (this.#shown && this.#shown.stage === stage) this.#draw(face, image, mirrored);
    if (!blob || this.#asking || performance.now() - this.#askedAt < pauseMilliseconds) return;
    this.#asking = true;
    this.#askedAt = performance.now();
    try {
      const { x, y, width, height } = face.box;
      const query = new URLSearchParams(model);
      query.delete("beside");
      query.set("near", `${(x + width / 2).toFixed(1)},${(y + height / 2).toFixed(1)}`);
      // Where nobody looks for faces, the box is the face.
      if (face.score === null) query.set("box", [x, y, width, height].map(n => n.toFixed(1)).join(","));
      const map = await ask(`v1/explain?${query}`, { method: "POST", headers: { "Content-Type": blob.type || "application/octet-stream" }, body: blob });
      if (!this.#on) return;
      this.#shown = { stage, map };
      this.note.hidden = false;
      this.note.textContent = `The redder a part of the face, the more it speaks for “${map.class}” (Grad-CAM).`;
      this.#draw(face, image, mirrored);
      this.onProblem(null);
    } catch (error) {
      this.onProblem(error);
    } finally {
      this.#asking = false;
    }
  }

  clear() {
    if (this.#shown) {
      const canvas = this.#shown.stage.querySelector(".heat");
      canvas.width = canvas.height = 0;
    }
    this.#shown = null;
    this.#askedAt = -Infinity;
    this.note.hidden = true;
  }

  #draw(face, image, mirrored) {
    const { stage, map: { map, corners, box } } = this.#shown, canvas = stage.querySelector(".heat");
    const scale = Math.min(2, 1600 / image.width);
    [canvas.width, canvas.height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    const { side, values } = map, cells = new ImageData(side, side);
    values.forEach((value, i) => cells.data.set([255, Math.round(230 * (1 - value)), 30, Math.round(185 * value)], 4 * i));
    [this.#small.width, this.#small.height] = [side, side];
    this.#small.getContext("2d").putImageData(cells, 0, 0);
    // The face may have moved since, and come nearer.
    const grow = face.box.width / box.width, place = ([x, y]) => [face.box.x + (x - box.x) * grow, face.box.y + (y - box.y) * grow];
    const [topLeft, topRight, , bottomLeft] = corners.map(place), pen = canvas.getContext("2d");
    pen.setTransform(mirrored ? -scale : scale, 0, 0, scale, mirrored ? canvas.width : 0, 0);
    pen.transform((topRight[0] - topLeft[0]) / side, (topRight[1] - topLeft[1]) / side, (bottomLeft[0] - topLeft[0]) / side, (bottomLeft[1] - topLeft[1]) / side, ...topLeft);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.#small, 0, 0);
  }
}

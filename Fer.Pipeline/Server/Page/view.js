// A stage with what was seen on it: boxes, the person that is followed, the heat map. Camera, pictures and video each have one.

import { Boxes } from "./boxes.js";
import { CropFrame } from "./crop.js";
import { fromLeft, Person } from "./people.js";
import { saveSnapshot } from "./snapshot.js";

export class View {
  #last = null;

  /** @param page  what all views share  @param stage  the stage  @param source  its video or picture */
  constructor(page, stage, source) {
    this.page = page;
    this.stage = stage;
    this.source = source;
    this.boxes = new Boxes(stage);
    this.person = new Person();
    this.crop = null;
  }

  /** Without a detector the user puts a frame over the face. */
  offerCrop(onChange) {
    this.crop = new CropFrame(this.stage, onChange);
    this.crop.hidden = true;
  }

  set ratio(value) {
    this.stage.style.setProperty("--ratio", value);
  }

  /** The faces of the newest answer from left to right. */
  get faces() {
    return this.#last?.faces ?? [];
  }

  /** The frame over the face in pixels of a picture of this size, or null. */
  box(width, height, mirrored = false) {
    if (!this.crop) return null;
    const { x, y, width: w, height: h } = this.crop.frame;
    return { x: (mirrored ? 1 - x - w : x) * width, y: y * height, width: w * width, height: h * height };
  }

  /**
   * Shows an answer.
   * @param blob  the picture that it is of, for the heat map  @param now  its time in milliseconds
   * @returns the face of the person that is followed, or null
   */
  show(answer, blob, now = performance.now(), mirrored = false) {
    const faces = fromLeft(answer, mirrored), chosen = this.person.find(faces, now);
    this.#last = { answer, faces, blob, mirrored };
    this.draw();
    return chosen;
  }

  /** Draws the newest answer again, as the settings are now. */
  draw() {
    if (!this.#last) return;
    const { answer, faces, blob, mirrored } = this.#last, { settings, heat, panel } = this.page;
    const emotions = faces.length > 0 ? Object.keys(faces[0].probabilities) : this.page.model.emotions;
    if (!this.crop) this.boxes.show(faces, answer.image, emotions, settings.threshold, mirrored);
    panel.show(faces, emotions, this.person.id, settings.threshold, answer.beside);
    heat.show(this.stage, blob, faces.find(f => f.id === this.person.id), answer.image, settings.query, mirrored);
  }

  follow(face) {
    this.person.choose(face);
    this.page.heat.clear();
    this.draw();
  }

  clear() {
    this.#last = null;
    this.person.clear();
    this.boxes.clear();
    this.page.heat.clear();
  }

  snapshot() {
    return saveSnapshot(this.stage, this.source, this.#last?.mirrored ?? this.stage.classList.contains("mirrored"));
  }
}

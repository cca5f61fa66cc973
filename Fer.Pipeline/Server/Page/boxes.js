// Boxes over a picture or a video that fills its stage, each with a label that covers no other.

import { paint } from "./colours.js";
import { placeLabels } from "./labels.js";
import { shownEmotion } from "./people.js";

export class Boxes {
  #shown = new Map();
  #last = null;

  constructor(stage) {
    this.layer = stage.querySelector(".boxes");
    // Where there is more or less room, labels go elsewhere.
    new ResizeObserver(() => this.#last && this.show(...this.#last)).observe(this.layer);
  }

  /** Shows faces, as fromLeft gives them; a box that was there before moves. */
  show(faces, image, emotions, threshold, mirrored = false) {
    this.#last = [faces, image, emotions, threshold, mirrored];
    const old = this.#shown, { clientWidth, clientHeight } = this.layer;
    this.#shown = new Map();
    const boxes = [];
    for (const face of faces) {
      const shown = old.get(face.id) ?? this.#create(), { box, label } = shown;
      old.delete(face.id);
      this.#shown.set(face.id, shown);
      const left = (mirrored ? image.width - face.box.x - face.box.width : face.box.x) / image.width, top = face.box.y / image.height;
      const width = face.box.width / image.width, height = face.box.height / image.height;
      Object.assign(box.style, { left: percent(left), top: percent(top), width: percent(width), height: percent(height) });
      boxes.push({ left: left * clientWidth, top: top * clientHeight, width: width * clientWidth, height: height * clientHeight });
      const emotion = shownEmotion(face, threshold);
      for (const part of [box, label]) paint(part, emotion, emotions.indexOf(emotion));
      label.hidden = false;
      label.textContent = `${face.number} · ${emotion}${emotion === "unsure" ? "" : ` ${Math.round(100 * face.probabilities[face.emotion])} %`}`;
    }
    for (const { box, label } of old.values()) {
      box.remove();
      label.remove();
    }
    this.#place(faces, boxes, clientWidth, clientHeight);
  }

  clear() {
    this.#last = null;
    this.#shown.clear();
    this.layer.replaceChildren();
  }

  /** A label that has no room is cut to its number, and else left out: the card beside the picture says the same. */
  #place(faces, boxes, width, height) {
    const labels = faces.map(face => this.#shown.get(face.id).label);
    const places = placeLabels(boxes, labels.map(size), width, height);
    const without = places.flatMap((place, i) => place ? [] : [i]);
    for (const i of without) labels[i].textContent = String(faces[i].number);
    const short = placeLabels(without.map(i => boxes[i]), without.map(i => size(labels[i])), width, height, places.filter(Boolean));
    without.forEach((i, k) => places[i] = short[k]);
    labels.forEach((label, i) => {
      label.hidden = !places[i];
      if (places[i]) Object.assign(label.style, { left: `${places[i].left}px`, top: `${places[i].top}px` });
    });
  }

  #create() {
    const box = document.createElement("div"), label = document.createElement("span");
    box.className = "box";
    label.className = "label";
    this.layer.append(box, label);
    return { box, label };
  }
}

const size = label => ({ width: label.offsetWidth, height: label.offsetHeight });

const percent = part => `${(100 * part).toFixed(2)}%`;

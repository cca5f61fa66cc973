// Boxes over a picture or a video that fills its stage.

import { paint } from "./colours.js";

export class Boxes {
  #shown = new Map();

  constructor(stage) {
    this.layer = stage.querySelector(".boxes");
  }

  /** Shows the faces of an answer; a box that was there before moves. */
  show(answer, emotions, mirrored = false) {
    const { width, height } = answer.image;
    const old = this.#shown;
    this.#shown = new Map();
    answer.faces.forEach((face, i) => {
      const id = face.id ?? i + 1;
      const box = old.get(id) ?? this.#create();
      old.delete(id);
      this.#shown.set(id, box);
      const left = mirrored ? width - face.box.x - face.box.width : face.box.x;
      Object.assign(box.style, { left: percent(left, width), top: percent(face.box.y, height), width: percent(face.box.width, width), height: percent(face.box.height, height) });
      // The label stays inside the picture.
      box.className = "box" + (face.box.y < height * 0.1 ? " below" : "") + (left > width * 0.75 ? " right" : "") + (answer.faces.length > 4 ? " many" : "");
      paint(box, face.emotion, emotions.indexOf(face.emotion));
      box.firstChild.textContent = answer.faces.length > 4 ? face.emotion : `${id} · ${face.emotion} ${Math.round(100 * face.probabilities[face.emotion])} %`;
    });
    for (const box of old.values()) box.remove();
  }

  clear() {
    this.#shown.clear();
    this.layer.replaceChildren();
  }

  #create() {
    const box = document.createElement("div");
    box.append(document.createElement("span"));
    this.layer.append(box);
    return box;
  }
}

const percent = (part, whole) => `${(100 * part / whole).toFixed(2)}%`;

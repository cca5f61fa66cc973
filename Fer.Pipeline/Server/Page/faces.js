// The cards of the faces in view: the emotion that leads, and a bar for each.

import { paint } from "./colours.js";

export class FacesPanel {
  #cards = new Map();
  #chosen = null;
  #spokenAt = -Infinity;
  #spoken = "";

  constructor() {
    this.root = document.getElementById("faces");
    this.empty = document.getElementById("faces-empty");
    this.status = document.getElementById("spoken");
  }

  /** The number of the face that the timeline follows. */
  get chosen() {
    return this.#chosen;
  }

  show(answer, emotions) {
    const faces = answer.faces.map((face, i) => ({ ...face, id: face.id ?? i + 1 }));
    const ids = new Set(faces.map(f => f.id));
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.root.remove();
      this.#cards.delete(id);
    }
    if (!ids.has(this.#chosen)) this.#chosen = largest(faces)?.id ?? this.#chosen;
    for (const face of faces) {
      let card = this.#cards.get(face.id);
      if (!card) this.#cards.set(face.id, card = this.#create(face.id, emotions));
      this.#update(card, face, emotions, faces.length > 1);
    }
    this.root.className = faces.length > 2 ? "many" : "";
    this.empty.hidden = faces.length > 0;
    if (faces.length === 0) this.empty.textContent = "No face in view. Look towards the camera, with light from the front.";
    this.#speak(faces);
  }

  clear(text) {
    for (const card of this.#cards.values()) card.root.remove();
    this.#cards.clear();
    this.#chosen = null;
    this.empty.hidden = false;
    this.empty.textContent = text;
    this.status.textContent = this.#spoken = "";
    this.#spokenAt = -Infinity;
  }

  #create(id, emotions) {
    const root = element("article", "face"), head = element("div", "face-head"), name = element("strong"), percent = element("span", "percent");
    const choose = element("button");
    choose.type = "button";
    choose.textContent = `Face ${id}`;
    choose.title = "Follow this face in the timeline";
    choose.onclick = () => {
      this.#chosen = id;
      for (const [other, card] of this.#cards) this.#mark(card, other);
    };
    head.append(name, percent, choose);
    const list = element("ul", "bars");
    const bars = emotions.map((emotion, i) => {
      const item = element("li"), label = element("span"), track = element("div", "track"), fill = element("div", "fill"), value = element("span", "value");
      label.textContent = emotion;
      paint(fill, emotion, i);
      track.append(fill);
      item.append(label, track, value);
      list.append(item);
      return { item, fill, value };
    });
    root.setAttribute("aria-label", `Face ${id}`);
    root.append(head, list);
    this.root.append(root);
    return { root, name, percent, choose, bars };
  }

  #update(card, face, emotions, several) {
    card.name.textContent = face.emotion;
    card.percent.textContent = percentText(face.probabilities[face.emotion]);
    card.choose.hidden = !several;
    this.#mark(card, face.id);
    paint(card.root, face.emotion, emotions.indexOf(face.emotion));
    emotions.forEach((emotion, i) => {
      const p = face.probabilities[emotion];
      card.bars[i].fill.style.transform = `scaleX(${p})`;
      card.bars[i].value.textContent = percentText(p);
      card.bars[i].item.className = emotion === face.emotion ? "leads" : "";
    });
  }

  #mark(card, id) {
    card.choose.setAttribute("aria-pressed", String(id === this.#chosen));
    card.root.classList.toggle("chosen", id === this.#chosen);
  }

  /** For who listens: what leads, said when it changes and not faster than one can hear. */
  #speak(faces) {
    const words = faces.length === 0 ? "No face in view" : faces.slice(0, 4).map(f => `Face ${f.id}: ${f.emotion}`).join(", ");
    if (words === this.#spoken || performance.now() - this.#spokenAt < 3000) return;
    this.#spoken = words;
    this.#spokenAt = performance.now();
    this.status.textContent = words;
  }
}

const largest = faces => faces.reduce((best, f) => !best || f.box.width * f.box.height > best.box.width * best.box.height ? f : best, null);

const percentText = p => `${Math.round(100 * p)} %`;

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

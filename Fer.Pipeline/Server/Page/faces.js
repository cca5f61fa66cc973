// The cards of the faces in view, from left to right: the emotion that leads, and a bar for each; a second model's below.

import { paint } from "./colours.js";
import { shownEmotion } from "./people.js";

export class FacesPanel {
  #cards = new Map();
  #spokenAt = -Infinity;
  #spoken = "";

  /** @param onChoose called with the face that the user wants to follow */
  constructor(onChoose) {
    this.root = document.getElementById("faces");
    this.empty = document.getElementById("faces-empty");
    this.status = document.getElementById("spoken");
    this.onChoose = onChoose;
  }

  /** Shows faces, as fromLeft gives them; chosen is the id of the one that is followed. */
  show(faces, emotions, chosen, threshold, besideName = null) {
    const ids = new Set(faces.map(f => f.id));
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.root.remove();
      this.#cards.delete(id);
    }
    faces.forEach((face, i) => {
      let card = this.#cards.get(face.id);
      if (!card) this.#cards.set(face.id, card = this.#create(emotions));
      this.#update(card, face, emotions, faces.length > 1, face.id === chosen, threshold, besideName);
      if (this.root.children[i] !== card.root) this.root.insertBefore(card.root, this.root.children[i] ?? null);
    });
    this.root.className = faces.length > 2 ? "many" : "";
    this.empty.hidden = faces.length > 0;
    if (faces.length === 0) this.empty.textContent = "No face in view. Look towards the camera, with light from the front.";
    this.#speak(faces, threshold);
  }

  clear(text) {
    for (const card of this.#cards.values()) card.root.remove();
    this.#cards.clear();
    this.empty.hidden = false;
    this.empty.textContent = text;
    this.status.textContent = this.#spoken = "";
    this.#spokenAt = -Infinity;
  }

  #create(emotions) {
    const root = element("article", "face"), head = element("div", "face-head"), name = element("strong"), percent = element("span", "percent");
    const choose = element("button");
    choose.type = "button";
    choose.title = "Follow this face in the timeline, and explain it by the heat map";
    head.append(name, percent, choose);
    const list = element("ul", "bars"), second = element("p", "beside small"), secondList = element("ul", "bars second");
    root.append(head, list, second, secondList);
    return { root, name, percent, choose, list, bars: rows(list, emotions), second, secondList, secondBars: [], secondNames: "" };
  }

  #update(card, face, emotions, several, isChosen, threshold, besideName) {
    const emotion = shownEmotion(face, threshold), probability = percentText(face.probabilities[face.emotion]);
    card.root.setAttribute("aria-label", `Face ${face.number}`);
    card.name.textContent = emotion;
    card.percent.textContent = emotion === "unsure" ? `${face.emotion} ${probability}` : probability;
    card.choose.textContent = `Face ${face.number}`;
    card.choose.hidden = !several;
    card.choose.onclick = () => this.onChoose(face);
    card.choose.setAttribute("aria-pressed", String(isChosen));
    card.root.classList.toggle("chosen", isChosen);
    paint(card.root, emotion, emotions.indexOf(emotion));
    fill(card.bars, face.probabilities, emotions, face.emotion);
    const beside = face.beside ?? null;
    card.second.hidden = card.secondList.hidden = !beside;
    if (!beside) return;
    const names = Object.keys(beside.probabilities);
    if (names.join() !== card.secondNames) [card.secondNames, card.secondBars] = [names.join(), rows(card.secondList, names)];
    card.second.textContent = `${besideName ?? "The other model"}: ${beside.emotion} ${percentText(beside.probabilities[beside.emotion])}`;
    fill(card.secondBars, beside.probabilities, names, beside.emotion);
  }

  /** For who listens: what leads, said when it changes and not faster than one can hear. */
  #speak(faces, threshold) {
    const words = faces.length === 0 ? "No face in view" : faces.slice(0, 4).map(f => `Face ${f.number}: ${shownEmotion(f, threshold)}`).join(", ");
    if (words === this.#spoken || performance.now() - this.#spokenAt < 3000) return;
    this.#spoken = words;
    this.#spokenAt = performance.now();
    this.status.textContent = words;
  }
}

function rows(list, names) {
  list.replaceChildren();
  return names.map((name, i) => {
    const item = element("li"), label = element("span"), track = element("div", "track"), bar = element("div", "fill"), value = element("span", "value");
    label.textContent = name;
    paint(bar, name, i);
    track.append(bar);
    item.append(label, track, value);
    list.append(item);
    return { item, bar, value };
  });
}

function fill(bars, probabilities, names, leader) {
  names.forEach((name, i) => {
    bars[i].bar.style.transform = `scaleX(${probabilities[name]})`;
    bars[i].value.textContent = percentText(probabilities[name]);
    bars[i].item.className = name === leader ? "leads" : "";
  });
}

const percentText = p => `${Math.round(100 * p)} %`;

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

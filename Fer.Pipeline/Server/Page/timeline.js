// The last minute of one face, as bands that add up to 100 %.

import { paint, value } from "./colours.js";

const seconds = 60;

export class Timeline {
  #samples = [];
  #emotions = [];
  #face = null;
  #drawn = 0;

  constructor() {
    this.canvas = document.getElementById("timeline");
    this.who = document.getElementById("timeline-who");
    new ResizeObserver(() => this.#draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  setEmotions(emotions) {
    this.#emotions = emotions;
    document.getElementById("legend").replaceChildren(...emotions.map((name, i) => {
      const item = document.createElement("li");
      item.textContent = name;
      paint(item, name, i);
      return item;
    }));
  }

  /** Adds what a face shows now; another face starts anew. A frame without the face leaves a gap. */
  add(id, face) {
    if (id !== this.#face) [this.#face, this.#samples] = [id, []];
    const now = performance.now();
    this.#samples.push({ at: now, values: face ? this.#emotions.map(e => face.probabilities[e]) : null });
    while (this.#samples[0]?.at < now - 1000 * seconds) this.#samples.shift();
    if (now - this.#drawn > 80) this.#draw();
  }

  clear() {
    this.#samples = [];
    this.#face = null;
    this.#draw();
  }

  #draw() {
    this.#drawn = performance.now();
    const { canvas } = this, ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (width === 0) return;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const style = getComputedStyle(document.documentElement), pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const bottom = height - 20, now = performance.now(), x = at => width - (now - at) / 1000 / seconds * width;
    pen.fillStyle = style.getPropertyValue("--track");
    pen.fillRect(0, 0, width, bottom);
    this.#emotions.forEach((name, band) => {
      pen.fillStyle = value(name, band);
      for (const run of this.#runs()) {
        const below = run.map(s => sum(s.values, band)), above = run.map(s => sum(s.values, band + 1));
        pen.beginPath();
        run.forEach((s, i) => pen.lineTo(x(s.at), bottom * (1 - below[i])));
        for (let i = run.length - 1; i >= 0; i--) pen.lineTo(x(run[i].at), bottom * (1 - above[i]));
        pen.fill();
      }
    });
    pen.fillStyle = style.getPropertyValue("--soft");
    pen.font = "12px system-ui, sans-serif";
    for (const back of width < 480 ? [60, 30, 0] : [60, 45, 30, 15, 0]) {
      pen.textAlign = back === 60 ? "left" : back === 0 ? "right" : "center";
      pen.fillText(back === 0 ? "now" : `${back} s ago`, width - back / seconds * width, height - 4);
    }
    this.#describe();
  }

  /** Unbroken stretches. */
  #runs() {
    const runs = [[]];
    let last = null;
    for (const sample of this.#samples) {
      if (!sample.values || last && sample.at - last.at > 3000) runs.push([]);
      if (sample.values) runs.at(-1).push(sample);
      last = sample;
    }
    return runs.filter(run => run.length > 1);
  }

  #describe() {
    const seen = this.#samples.filter(s => s.values);
    this.who.textContent = this.#face === null ? "" : `Face ${this.#face}`;
    const means = this.#emotions.map((name, i) => [name, seen.reduce((all, s) => all + s.values[i], 0) / seen.length]).sort((a, b) => b[1] - a[1]);
    this.canvas.setAttribute("aria-label", seen.length === 0 ? "No face yet"
      : `Face ${this.#face}, on average of up to the last minute: ${means.slice(0, 3).map(([name, mean]) => `${name} ${Math.round(100 * mean)} %`).join(", ")}`);
  }
}

const sum = (values, count) => values.slice(0, count).reduce((a, b) => a + b, 0);

// One person over time, as bands that add up to 100 %: the last minute of a camera, or the whole of a video.

import { paint, value } from "./colours.js";

const minute = 60;

export class Timeline {
  #samples = [];
  #emotions = [];
  #person = null;
  #who = "";
  #length = null;
  #at = null;
  #drawn = 0;

  constructor() {
    this.canvas = document.getElementById("timeline");
    this.who = document.getElementById("timeline-who");
    new ResizeObserver(() => this.#draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.canvas.onclick = event => this.#length && this.onSeek?.(event.offsetX / this.canvas.clientWidth * this.#length);
  }

  setEmotions(emotions) {
    if (emotions.join() === this.#emotions.join()) return;
    this.#emotions = emotions;
    this.#samples = [];
    document.getElementById("legend").replaceChildren(...emotions.map((name, i) => {
      const item = document.createElement("li");
      item.textContent = name;
      paint(item, name, i);
      return item;
    }));
    this.#draw();
  }

  /** The seconds that are shown: a video's, or null for the last minute. */
  setLength(seconds) {
    this.#length = seconds;
    document.getElementById("timeline-heading").textContent = seconds === null ? "The last minute" : "The whole video";
    this.canvas.classList.toggle("seeks", seconds !== null);
    this.clear();
  }

  /**
   * Adds what a person shows; another person starts anew. Out of sight leaves a gap.
   * @param person  its key  @param face  null while it is out of sight  @param seconds  of a video; now where it is not given
   */
  add(person, face, seconds = performance.now() / 1000) {
    if (person !== this.#person) [this.#person, this.#samples] = [person, []];
    if (face) this.#who = `Face ${face.number}`;
    this.#samples.push({ at: seconds, values: face ? this.#emotions.map(e => face.probabilities[e]) : null });
    if (this.#length === null) while (this.#samples[0]?.at < seconds - minute) this.#samples.shift();
    if (performance.now() - this.#drawn > 80) this.#draw();
  }

  /** Draws everything added so far, and a line at the second that a video is at. */
  showAt(seconds) {
    this.#at = seconds;
    this.#draw();
  }

  clear() {
    this.#samples = [];
    this.#person = this.#at = null;
    this.#who = "";
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
    const bottom = height - 20, span = this.#length ?? minute, from = this.#length === null ? performance.now() / 1000 - minute : 0;
    const x = at => (at - from) / span * width;
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
    if (this.#at !== null) {
      pen.fillStyle = style.getPropertyValue("--ink");
      pen.fillRect(x(this.#at) - 1, 0, 2, bottom);
    }
    pen.fillStyle = style.getPropertyValue("--soft");
    pen.font = "12px system-ui, sans-serif";
    const parts = width < 480 ? 2 : 4;
    for (let i = 0; i <= parts; i++) {
      pen.textAlign = i === 0 ? "left" : i === parts ? "right" : "center";
      pen.fillText(this.#tick(span * i / parts), i / parts * width, height - 4);
    }
    this.#describe();
  }

  #tick(seconds) {
    if (this.#length !== null) return this.#length < 20 ? `${seconds.toFixed(1)} s` : clock(seconds);
    return seconds === minute ? "now" : `${minute - seconds} s ago`;
  }

  /** Unbroken stretches. */
  #runs() {
    const runs = [[]], longest = Math.max(3, (this.#length ?? 0) / 100);
    let last = null;
    for (const sample of this.#samples) {
      if (!sample.values || last && sample.at - last.at > longest) runs.push([]);
      if (sample.values) runs.at(-1).push(sample);
      last = sample;
    }
    return runs.filter(run => run.length > 1);
  }

  #describe() {
    const seen = this.#samples.filter(s => s.values);
    this.who.textContent = this.#who;
    const means = this.#emotions.map((name, i) => [name, seen.reduce((all, s) => all + s.values[i], 0) / seen.length]).sort((a, b) => b[1] - a[1]);
    this.canvas.setAttribute("aria-label", seen.length === 0 ? "No face yet"
      : `${this.#who}, on average of ${this.#length === null ? "up to the last minute" : "the whole video"}: ${means.slice(0, 3).map(([name, mean]) => `${name} ${Math.round(100 * mean)} %`).join(", ")}`);
  }
}

/** Minutes and seconds. */
export const clock = seconds => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const sum = (values, count) => values.slice(0, count).reduce((a, b) => a + b, 0);

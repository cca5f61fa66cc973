// Keeps what was seen, in this tab alone, and saves it as CSV or JSON on the user's machine.

import { download, stamped } from "./download.js";
import { shownEmotion } from "./people.js";

const most = 200000;

export class Recording {
  #rows = [];
  #on = false;
  #start = 0;

  constructor() {
    this.button = document.getElementById("record");
    this.panel = document.getElementById("recorded");
    this.text = document.getElementById("recorded-text");
    this.button.onclick = () => this.isOn = !this.#on;
    document.getElementById("save-csv").onclick = () => download(new Blob([toCsv(this.#rows)], { type: "text/csv" }), stamped("recording", "csv"));
    document.getElementById("save-json").onclick = () => download(new Blob([JSON.stringify(this.#rows, null, 1)], { type: "application/json" }), stamped("recording", "json"));
    document.getElementById("discard").onclick = () => {
      this.#rows = [];
      this.#show();
      this.button.focus();
    };
  }

  get isOn() {
    return this.#on;
  }

  set isOn(value) {
    this.#on = value;
    if (value && this.#rows.length === 0) this.#start = performance.now();
    this.button.setAttribute("aria-pressed", String(value));
    this.button.textContent = value ? "Stop recording" : "Record";
    this.#show();
  }

  /** Adds the faces of an answer, as fromLeft gives them. seconds is a film's time; a camera's is counted from the start. */
  add(source, answer, faces, threshold, seconds = (performance.now() - this.#start) / 1000) {
    if (!this.#on) return;
    const time = new Date().toISOString();
    for (const face of faces) {
      this.#rows.push({
        time, seconds: Number(seconds.toFixed(3)), source, face: face.number, ...face.box, emotion: face.emotion,
        shown: shownEmotion(face, threshold), model: answer.model, views: answer.views.used, probabilities: face.probabilities,
        ...face.beside && { beside: { model: answer.beside, ...face.beside } },
      });
    }
    if (this.#rows.length >= most) this.isOn = false;
    this.#show();
  }

  #show() {
    const count = this.#rows.length;
    this.panel.hidden = count === 0 && !this.#on;
    for (const name of ["save-csv", "save-json", "discard"]) document.getElementById(name).disabled = count === 0;
    this.text.textContent = `${count.toLocaleString("en")} ${count === 1 ? "face" : "faces"} ${this.#on ? "recorded so far" : "recorded"}${count >= most ? ", as many as are kept" : ""}, in this tab alone.`;
  }
}

/** Rows as CSV: a column for each class of every model that was asked. */
export function toCsv(rows) {
  const classes = [...new Set(rows.flatMap(row => Object.keys(row.probabilities)))];
  const hasBeside = rows.some(row => row.beside), besides = [...new Set(rows.flatMap(row => Object.keys(row.beside?.probabilities ?? {})))];
  const plain = ["time", "seconds", "source", "face", "x", "y", "width", "height", "emotion", "shown", "model", "views"];
  const head = [...plain, ...classes, ...hasBeside ? ["beside_model", "beside_emotion", ...besides.map(name => `beside_${name}`)] : []];
  const lines = rows.map(row => [
    ...plain.map(name => row[name]), ...classes.map(name => row.probabilities[name] ?? ""),
    ...hasBeside ? [row.beside?.model ?? "", row.beside?.emotion ?? "", ...besides.map(name => row.beside?.probabilities[name] ?? "")] : [],
  ]);
  return [head, ...lines].map(cells => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

// A table program would run a text that begins like a formula.
function quoted(cell) {
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Pictures from files, dropped or pasted: shown with their faces, forgotten when the tab closes.

import { ask } from "./api.js";

const longestSide = 4096;
const taken = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"];

/** Sends a picture and gives the answer; query says which models, box is in pixels of the picture, or null for the detector. */
export function predict(blob, box, query) {
  if (box) query.set("box", [box.x, box.y, box.width, box.height].map(n => n.toFixed(1)).join(","));
  return ask(`v1/predict?${query}`, { method: "POST", headers: { "Content-Type": blob.type || "application/octet-stream" }, body: blob });
}

/** A picture that the server takes: what it cannot read or finds too large is drawn anew as JPEG. */
export async function prepare(file, takes) {
  const known = taken.includes(file.type);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name || "This file"} is no picture that the browser can read.`);
  }
  const { width, height } = bitmap;
  const pixels = width * height;
  if (known && file.size <= takes.bytes && pixels <= takes.pixels) {
    bitmap.close();
    return { blob: file, width, height };
  }
  const scale = Math.min(1, longestSide / Math.max(width, height), Math.sqrt(takes.pixels / pixels));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.92));
  return { blob, width: canvas.width, height: canvas.height };
}

/** The strip of pictures looked at. */
export class Strip {
  #entries = [];

  constructor(onChoose) {
    this.root = document.getElementById("strip");
    this.onChoose = onChoose;
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  add(name, blob, width, height) {
    const url = URL.createObjectURL(blob), item = document.createElement("li"), button = document.createElement("button"), image = document.createElement("img"), count = document.createElement("span");
    const entry = { name, blob, url, width, height, answer: null, button, count };
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", name);
    button.onclick = () => this.choose(entry);
    image.src = url;
    image.alt = "";
    count.textContent = "…";
    button.append(image, count);
    item.append(button);
    this.root.prepend(item);
    this.#entries.push(entry);
    return entry;
  }

  answered(entry, answer) {
    entry.answer = answer;
    entry.count.textContent = answer ? String(answer.faces.length) : "!";
    entry.button.setAttribute("aria-label", answer ? `${entry.name}: ${answer.faces.length} faces` : `${entry.name}: failed`);
  }

  get entries() {
    return [...this.#entries];
  }

  choose(entry) {
    for (const other of this.#entries) other.button.setAttribute("aria-pressed", String(other === entry));
    this.onChoose(entry);
  }

  clear() {
    for (const entry of this.#entries) URL.revokeObjectURL(entry.url);
    this.#entries = [];
    this.root.replaceChildren();
  }
}

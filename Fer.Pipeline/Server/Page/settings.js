// What the user chose for the whole page: the model, another beside it, and how sure an answer must be.

import { ask } from "./api.js";

const refreshMilliseconds = 10000;

export class Settings {
  #names = [];

  /** @param onModels called when other models are chosen  @param onThreshold called when answers must be more or less sure */
  constructor(onModels, onThreshold) {
    this.model = document.getElementById("model");
    this.beside = document.getElementById("beside");
    this.range = document.getElementById("threshold");
    this.model.onchange = this.beside.onchange = onModels;
    this.range.oninput = () => {
      this.#showThreshold();
      onThreshold();
    };
    this.#showThreshold();
    for (const select of [this.model, this.beside]) select.onfocus = () => this.refresh().catch(() => { /* As below. */ });
    // A run that ends while the page is open is there to be chosen.
    setInterval(() => document.hidden || this.refresh().catch(() => { /* Told where it matters: when something is asked. */ }), refreshMilliseconds);
  }

  /** The least probability, 0 to 1, of an emotion that is named. */
  get threshold() {
    return this.range.value / 100;
  }

  get besideName() {
    return this.beside.value || null;
  }

  /** The query of requests that ask the chosen models. */
  get query() {
    const query = new URLSearchParams();
    if (this.model.value && this.model.value !== this.#names[0]) query.set("model", this.model.value);
    if (this.beside.value) query.set("beside", this.beside.value);
    return query;
  }

  /** Asks which models there are. */
  async refresh() {
    const { models } = await ask("v1/models");
    if (models.join("\n") === this.#names.join("\n")) return;
    this.#names = models;
    fill(this.model, models.map(name => [name, name]));
    fill(this.beside, [["nothing", ""], ...models.map(name => [name, name])]);
  }

  #showThreshold() {
    document.getElementById("threshold-value").textContent = `${this.range.value} %`;
  }
}

function fill(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options.map(([text, value]) => new Option(text, value)));
  if (options.some(([, value]) => value === chosen)) select.value = chosen;
}

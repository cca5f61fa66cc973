// The pictures' tab.

import { predict, prepare, Strip } from "./picture.js";
import { Problems } from "./problems.js";
import { View } from "./view.js";

const at = id => document.getElementById(id);

export class PictureView extends View {
  #shown = null;
  #cropTimer = 0;

  constructor(page) {
    super(page, at("picture-stage"), at("picture"));
    this.problems = new Problems("picture-problem");
    this.strip = new Strip(entry => this.#choose(entry));
    at("choose").onclick = () => at("files").click();
    at("files").onchange = event => {
      page.take([...event.target.files]);
      event.target.value = "";
    };
    for (const button of document.querySelectorAll("[data-example]")) button.onclick = () => this.#example(button.dataset.example);
    at("clear").onclick = () => {
      this.strip.clear();
      this.#shown = null;
      at("picture-stage").hidden = at("picture-controls").hidden = true;
      page.speed.clear();
      this.problems.clear();
      this.clear();
      this.#draw();
      page.changed();
      at("choose").focus();
    };
  }

  get canSnap() {
    return this.#shown !== null;
  }

  offerCrop() {
    super.offerCrop(() => {
      clearTimeout(this.#cropTimer);
      this.#cropTimer = setTimeout(() => this.#shown && this.#look(this.#shown), 200);
    });
    this.crop.hidden = false;
  }

  enter() {
    this.#draw();
  }

  leave() {
    this.clear();
  }

  /** Looks at files one after the other; each that cannot be looked at is a problem of its own. */
  async add(files) {
    at("picture-controls").hidden = false;
    for (const file of files) {
      try {
        const { blob, width, height } = await prepare(file, this.page.model.takes);
        const entry = this.strip.add(file.name || "Pasted picture", blob, width, height);
        this.strip.choose(entry);
        await this.#look(entry);
      } catch (error) {
        this.problems.add(file.name || "Picture", error.message);
      }
    }
  }

  async modelsChanged() {
    for (const entry of this.strip.entries) await this.#look(entry);
  }

  async #example(name) {
    try {
      const response = await fetch(`examples/${name}`);
      this.page.take([new File([await response.blob()], name, { type: "image/png" })]);
    } catch {
      this.problems.add(name, "The server cannot be reached. Is it still running?");
    }
  }

  #choose(entry) {
    this.#shown = entry;
    this.clear();
    this.stage.hidden = false;
    this.source.src = entry.url;
    this.source.alt = entry.name;
    this.ratio = entry.width / entry.height;
    if (this.crop) this.crop.fit(entry.width, entry.height);
    this.#draw();
    this.page.changed();
  }

  #draw() {
    const { panel, idle, speed } = this.page;
    if (!this.#shown?.answer) {
      this.boxes.clear();
      panel.clear(!this.#shown ? idle : this.#shown.failed ? "This picture could not be looked at." : "Looking for faces …");
      return;
    }
    this.show(this.#shown.answer, this.#shown.blob);
    if (this.#shown.answer.faces.length === 0) panel.empty.textContent = "No face was found in this picture.";
    speed.clear();
    speed.add(this.#shown.answer);
  }

  async #look(entry) {
    const { recording, settings, panel } = this.page;
    try {
      const answer = await predict(entry.blob, this.box(entry.width, entry.height), settings.query);
      entry.failed = false;
      this.strip.answered(entry, answer);
      if (entry === this.#shown) {
        panel.clear("");
        this.#draw();
        recording.add(entry.name, answer, this.faces, settings.threshold, 0);
      }
    } catch (error) {
      entry.failed = true;
      this.strip.answered(entry, null);
      this.problems.add(entry.name, error.message);
      if (entry === this.#shown) this.#draw();
    }
  }
}

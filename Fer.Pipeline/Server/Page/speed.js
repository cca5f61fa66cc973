// How fast it goes, and what takes the time.

const stages = [["decode", "decode"], ["detect", "find"], ["queue", "wait"], ["classify", "classify"]];

export class Speed {
  #recent = [];
  #shown = 0;

  constructor() {
    this.root = document.getElementById("speed");
    this.bar = document.getElementById("stages");
    this.text = document.getElementById("speed-text");
    this.bar.replaceChildren(...stages.map(([name]) => {
      const part = document.createElement("div");
      part.className = name;
      return part;
    }));
  }

  /** Adds an answer: where its milliseconds went, and how many views of a face there was time for. tripMilliseconds is from sending to answer, where frames follow one another. */
  add({ milliseconds, views }, tripMilliseconds) {
    const now = performance.now();
    this.#recent.push({ at: now, milliseconds, trip: tripMilliseconds });
    while (this.#recent[0].at < now - 2000) this.#recent.shift();
    if (now - this.#shown < 400 && tripMilliseconds !== undefined) return;
    this.#shown = now;
    this.root.hidden = false;
    const count = this.#recent.length, mean = pick => this.#recent.reduce((all, r) => all + pick(r), 0) / count;
    const parts = stages.map(([name, word], i) => {
      const time = mean(r => r.milliseconds[name] ?? 0);
      this.bar.children[i].style.flexGrow = time;
      const key = document.createElement("span");
      key.className = `key ${name}`;
      key.textContent = `${word} ${time.toFixed(1)}`;
      return key;
    });
    this.text.replaceChildren(...parts);
    const all = views.used === views.of;
    this.text.append(`${views.used}${all ? "" : ` of ${views.of}`} ${views.of === 1 ? "view" : "views"} of each face${all ? "" : ", as there is no time for more"}. `);
    if (tripMilliseconds !== undefined && count > 1) {
      const span = (now - this.#recent[0].at) / 1000;
      this.text.append(`${((count - 1) / span).toFixed(0)} frames a second, ${mean(r => r.trip).toFixed(0)} ms from frame to answer`);
    }
  }

  clear() {
    this.#recent = [];
    this.root.hidden = true;
  }
}

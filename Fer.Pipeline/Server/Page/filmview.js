// The video's tab: looks through a file once, then shows what was seen wherever it is played.

import { Film } from "./film.js";
import { fromLeft, Person } from "./people.js";
import { Problems } from "./problems.js";
import { clock } from "./timeline.js";
import { View } from "./view.js";

const at = id => document.getElementById(id);

export class FilmView extends View {
  #name = "";
  #looking = false;

  constructor(page) {
    super(page, at("film-stage"), at("film"));
    this.film = new Film(at("film"));
    this.problems = new Problems("film-problem");
    at("film-choose").onclick = () => at("film-file").click();
    at("film-file").onchange = event => {
      page.take([...event.target.files]);
      event.target.value = "";
    };
    at("film-stop").onclick = () => this.film.stop();
    this.source.ontimeupdate = this.source.onseeked = () => this.#looking || this.#showAt(this.source.currentTime);
    const follow = () => {
      if (!this.#looking && !this.source.paused) this.#showAt(this.source.currentTime);
      this.source.requestVideoFrameCallback?.(follow);
    };
    this.source.requestVideoFrameCallback?.(follow);
  }

  get canSnap() {
    return this.film.isOpen;
  }

  enter() {
    this.page.timeline.setLength(this.film.isOpen ? this.source.duration : null);
    this.page.timeline.onSeek = seconds => {
      if (!this.#looking) this.source.currentTime = seconds;
    };
    this.page.panel.clear(this.film.isOpen ? "Looking for faces …" : "Choose a video.");
    if (this.film.isOpen) this.#rebuild();
  }

  leave() {
    this.source.pause();
    if (this.#looking) this.film.stop();
    this.clear();
  }

  offerCrop() {
    super.offerCrop(() => {});
    this.crop.hidden = false;
  }

  async open(file) {
    this.problems.clear();
    this.clear();
    this.film.stop();
    this.#name = file.name || "Video";
    try {
      const duration = await this.film.open(file);
      this.stage.hidden = false;
      const { width, height } = this.film.frameSize;
      this.ratio = width / height;
      if (this.crop) this.crop.fit(width, height);
      this.page.timeline.setLength(duration);
      await this.#look();
    } catch (error) {
      this.film.close();
      this.stage.hidden = true;
      this.problems.show(this.#name, error.message);
      this.page.panel.clear("Choose a video.");
    }
    this.page.changed();
  }

  async modelsChanged() {
    if (!this.film.isOpen) return;
    this.film.stop();
    try {
      await this.#look();
    } catch (error) {
      this.problems.show(this.#name, error.message);
    }
  }

  follow(face) {
    super.follow(face);
    this.#rebuild(face);
  }

  async #look() {
    const { panel, recording, settings, speed, timeline } = this.page, { width, height } = this.film.frameSize, duration = this.source.duration;
    this.#looking = true;
    this.clear();
    timeline.clear();
    panel.clear("Looking for faces …");
    at("film-progress").hidden = false;
    this.source.controls = false;
    this.page.changed();
    try {
      const begun = performance.now();
      await this.film.look(settings.query, this.box(width, height), (answer, seconds) => {
        const chosen = this.show(answer, null, 1000 * seconds);
        timeline.add(this.person.key, chosen, seconds);
        speed.add(answer);
        recording.add(this.#name, answer, this.faces, settings.threshold, seconds);
        at("film-bar").value = seconds / duration;
        const left = (performance.now() - begun) / 1000 * (duration - seconds) / Math.max(seconds, 0.2);
        at("film-left").textContent = `${clock(seconds)} of ${clock(duration)}, about ${clock(left)} to go`;
      });
    } finally {
      this.#looking = false;
      at("film-progress").hidden = true;
      this.source.controls = true;
    }
    this.source.currentTime = 0;
    this.#showAt(0);
  }

  #showAt(seconds) {
    const answer = this.film.answerAt(seconds);
    if (!answer) return;
    this.show(answer, null, 1000 * seconds);
    this.page.timeline.showAt(seconds);
    if (this.page.heat.isOn && this.source.paused) this.film.frame().then(blob => this.show(answer, blob, 1000 * seconds));
  }

  /** The timeline anew, of the person that is this face where the video is now. */
  #rebuild(chosen) {
    const { timeline } = this.page, person = new Person();
    const { answers } = this.film, now = this.source.currentTime;
    // From here back to the beginning, and from here on to the end.
    const start = Math.max(0, answers.findLastIndex(one => one.seconds <= now + 0.001)), samples = [];
    for (const part of [answers.slice(0, start).reverse(), answers.slice(start)]) {
      person.clear();
      if (chosen) person.choose(chosen);
      for (const { seconds, answer } of part) samples.push([person.find(fromLeft(answer), Math.abs(seconds - now) * 1000), seconds]);
    }
    timeline.clear();
    for (const [face, seconds] of samples.sort((a, b) => a[1] - b[1])) timeline.add(1, face, seconds);
    this.#showAt(now);
  }
}

// A video from a file: the browser decodes it and sends it frame by frame; what was seen in each is kept to be shown with it.

import { FilmConnection } from "./live.js";

const longestSide = 640, framesASecond = 5, mostFrames = 3000, seekMilliseconds = 10000;

export class Film {
  #answers = [];
  #connection = null;
  #url = null;
  #run = 0;

  constructor(video) {
    this.video = video;
  }

  /** What was seen, in the order of time: seconds, answer. */
  get answers() {
    return this.#answers;
  }

  get isOpen() {
    return this.#url !== null;
  }

  /** The size that frames are sent at. */
  get frameSize() {
    const { videoWidth: width, videoHeight: height } = this.video, scale = Math.min(1, longestSide / Math.max(width, height, 1));
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  }

  /** Opens a file and gives its length in seconds. */
  async open(file) {
    this.close();
    this.#url = URL.createObjectURL(file);
    this.video.src = this.#url;
    await happens(this.video, "loadeddata", `${file.name || "This file"} is no video that the browser can play.`);
    // Some recordings name no length before their end was looked for.
    if (!Number.isFinite(this.video.duration)) {
      this.video.currentTime = 1e7;
      await happens(this.video, "seeked", "The end of this video cannot be found.");
    }
    if (!(this.video.duration > 0) || this.video.videoWidth === 0) throw new Error(`${file.name || "This file"} holds no pictures.`);
    return this.video.duration;
  }

  /** Looks through all of it; onAnswer is called with each answer and its second. False where it was stopped. */
  async look(query, box, onAnswer) {
    const run = ++this.#run, { duration } = this.video, step = Math.max(1 / framesASecond, duration / mostFrames), canvas = document.createElement("canvas");
    const connection = this.#connection = new FilmConnection();
    this.#answers = [];
    Object.assign(canvas, this.frameSize);
    try {
      await connection.open(query, box);
      for (let seconds = 0; seconds < duration; seconds += step) {
        await this.#seek(seconds);
        canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.85));
        if (run !== this.#run) return false;
        const answer = await connection.ask(seconds, blob);
        if (run !== this.#run) return false;
        if (answer.problem) throw new Error(answer.problem.detail);
        this.#answers.push({ seconds, answer });
        onAnswer(answer, seconds);
      }
      return true;
    } finally {
      connection.close();
    }
  }

  /** The newest answer at a second, or null. */
  answerAt(seconds) {
    let low = 0, high = this.#answers.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (this.#answers[middle].seconds <= seconds + 0.001) low = middle + 1;
      else high = middle;
    }
    return this.#answers[low - 1]?.answer ?? null;
  }

  /** The frame that is shown, as a picture. */
  async frame() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, this.frameSize);
    canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.85));
  }

  stop() {
    this.#run++;
    this.#connection?.close();
  }

  close() {
    this.stop();
    this.#answers = [];
    if (!this.#url) return;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.#url);
    this.#url = null;
  }

  async #seek(seconds) {
    if (Math.abs(this.video.currentTime - seconds) < 0.001) return;
    this.video.currentTime = seconds;
    await happens(this.video, "seeked", "The browser cannot go on in this video; it may be damaged from here on.");
  }
}

/** Waits for an event; its absence, or an error of the video, is a problem that says so. */
function happens(video, name, problem) {
  return new Promise((resolve, reject) => {
    const fail = () => end(() => reject(new Error(problem))), timer = setTimeout(fail, seekMilliseconds);
    const succeed = () => end(resolve);
    video.addEventListener(name, succeed);
    video.addEventListener("error", fail);
    function end(then) {
      clearTimeout(timer);
      video.removeEventListener(name, succeed);
      video.removeEventListener("error", fail);
      then();
    }
  });
}

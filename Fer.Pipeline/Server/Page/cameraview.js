// The camera's tab.

import { Camera, explain } from "./camera.js";
import { LiveConnection } from "./live.js";
import { Problems } from "./problems.js";
import { View } from "./view.js";

const at = id => document.getElementById(id);

export class CameraView extends View {
  constructor(page) {
    super(page, at("camera-stage"), at("video"));
    this.camera = new Camera(at("video"));
    this.problems = new Problems("camera-problem");
    this.mirror = at("mirror");
    this.live = new LiveConnection(() => page.settings.query, (answer, trip) => this.#answered(answer, trip), (state, reason) => {
      if (state === "open") this.problems.clear();
      else this.problems.show("The connection to the server is lost.", `${reason ? reason + " " : ""}It is tried again by itself; if that takes long, see whether the server still runs and is not full.`);
    });
    this.camera.onEnded = () => {
      this.stop();
      this.problems.show("The camera is gone.", "It was unplugged or taken away. Start it again when it is back.");
    };
    at("start").onclick = () => this.start();
    at("stop").onclick = () => {
      this.stop();
      at("start").focus();
    };
    at("cameras").onchange = event => this.start(event.target.value);
    this.mirror.onchange = () => {
      this.stage.classList.toggle("mirrored", this.mirror.checked);
      if (this.crop && this.camera.isOn) this.#sendBox();
    };
    this.stage.classList.toggle("mirrored", this.mirror.checked);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.camera.isOn && this.#showCameras());
  }

  get canSnap() {
    return this.camera.isOn;
  }

  offerCrop() {
    super.offerCrop(() => this.#sendBox());
  }

  async start(deviceId) {
    at("start").disabled = true;
    this.problems.clear();
    try {
      await this.camera.start(deviceId);
    } catch (error) {
      this.stop();
      this.problems.show(...explain(error));
      return;
    } finally {
      at("start").disabled = false;
    }
    const { width, height } = this.camera.frameSize;
    this.ratio = width / height;
    at("camera-cover").hidden = true;
    at("stop").hidden = false;
    at("stop").focus();
    this.clear();
    this.page.panel.clear("Looking for faces …");
    this.page.timeline.clear();
    await this.#showCameras();
    if (this.crop) {
      this.crop.fit(width, height);
      this.crop.hidden = false;
      this.#sendBox();
    }
    this.live.open();
    this.camera.run(() => this.live.ready, blob => this.live.send(blob));
    this.page.changed();
  }

  stop() {
    this.camera.stop();
    this.live.close();
    this.clear();
    this.page.speed.clear();
    if (this.crop) this.crop.hidden = true;
    at("camera-cover").hidden = false;
    at("stop").hidden = at("camera-choice").hidden = true;
    this.page.panel.clear(this.page.idle);
    this.page.changed();
  }

  enter() {
    this.page.timeline.setLength(null);
    this.page.panel.clear(this.page.idle);
  }

  /** A camera that nobody sees need not be on. */
  leave() {
    if (this.camera.isOn) this.stop();
  }

  /** Other models answer from here on. */
  modelsChanged() {
    if (!this.camera.isOn) return;
    this.clear();
    this.page.panel.clear("Looking for faces …");
    this.live.open();
  }

  #answered(answer, trip) {
    if (!this.camera.isOn) return;
    if (answer.problem) {
      const isSlow = answer.problem.status === 503;
      this.problems.show(isSlow ? "The server is too slow for this camera." : "The server cannot read the camera's frames.", answer.problem.detail);
      return;
    }
    this.problems.clear();
    const { recording, settings, speed, timeline } = this.page;
    const chosen = this.show(answer, this.camera.newest, performance.now(), this.mirror.checked);
    timeline.add(this.person.key, chosen);
    speed.add(answer, trip);
    recording.add("camera", answer, this.faces, settings.threshold);
  }

  async #showCameras() {
    const { devices, current } = await this.camera.list();
    at("cameras").replaceChildren(...devices.map((device, i) => new Option(device.label || `Camera ${i + 1}`, device.deviceId, false, device.deviceId === current)));
    at("camera-choice").hidden = devices.length < 1;
  }

  #sendBox() {
    const { width, height } = this.camera.frameSize;
    this.live.setBox(this.box(width, height, this.mirror.checked));
  }
}

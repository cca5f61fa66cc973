// The camera: asks for it, explains where that fails, and hands out its frames as JPEG.

const longestSide = 640;

export class Camera {
  #stream = null;
  #running = 0;
  #canvas = document.createElement("canvas");
  #newest = null;

  constructor(video) {
    this.video = video;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** The newest frame that was sent. */
  get newest() {
    return this.#newest;
  }

  /** Starts a camera; the one given, or whichever the browser prefers. */
  async start(deviceId) {
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "SecurityError");
    const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: deviceId ? { ...size, deviceId: { exact: deviceId } } : { ...size, facingMode: "user" } });
    this.#stream = stream;
    this.video.srcObject = stream;
    for (const track of stream.getVideoTracks()) track.onended = () => stream === this.#stream && this.onEnded?.();
    await this.video.play();
  }

  stop() {
    this.#running++;
    this.#newest = null;
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.video.srcObject = null;
  }

  /** The cameras there are, and the one in use. */
  async list() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(d => d.kind === "videoinput" && d.deviceId);
    return { devices, current: this.#stream?.getVideoTracks()[0]?.getSettings().deviceId };
  }

  /** The size that frames are sent at. */
  get frameSize() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const scale = Math.min(1, longestSide / Math.max(width, height, 1));
    return { width: Math.round(width * scale), height: Math.round(height * scale) };
  }

  /** Calls send with the newest frame whenever ready says so, until the camera stops. */
  run(ready, send) {
    const run = ++this.#running;
    const next = () => this.video.requestVideoFrameCallback ? this.video.requestVideoFrameCallback(step) : requestAnimationFrame(step);
    const step = async () => {
      if (run !== this.#running) return;
      if (ready() && this.video.videoWidth > 0) {
        const { width, height } = this.frameSize;
        if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
        this.#canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, width, height);
        const blob = await new Promise(resolve => this.#canvas.toBlob(resolve, "image/jpeg", 0.85));
        if (run !== this.#running) return;
        if (blob) await send(this.#newest = blob);
      }
      next();
    };
    next();
  }
}

/** What went wrong with the camera and what to do, in words. */
export function explain(error) {
  switch (error.name) {
    case "NotAllowedError":
      return ["The camera was refused.", "Allow it for this page: the sign at the left of the address bar leads to it; on a phone or a Mac the browser itself may need it allowed in the system's settings. Then start again. Pictures work without a camera."];
    case "NotFoundError":
    case "OverconstrainedError":
      return ["No camera was found.", "Plug one in and start again, or use the Pictures tab."];
    case "NotReadableError":
    case "AbortError":
      return ["The camera does not answer.", "Another program may be using it: close that one (a call, another tab) and start again."];
    case "SecurityError":
      return ["The browser gives no camera to this page.", `Browsers do so only for pages of the same machine or over HTTPS. Open http://localhost${location.port ? ":" + location.port : ""} on the machine that runs FerMl, or have it started with --certificate. Pictures work as they are.`];
    default:
      return ["The camera could not be started.", error.message || error.name];
  }
}

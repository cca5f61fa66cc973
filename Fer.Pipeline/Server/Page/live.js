// The connections that carry frames. A camera's has at most two under way: while the server looks at one, the next travels. Where answers
// take long, it is one: a second would only be older when its turn comes. A film's frames go one by one, none is left out.

import { protocols } from "./api.js";

const mostUnderWay = 2, slowMilliseconds = 250;

export class LiveConnection {
  #socket = null;
  #sent = new Map();
  #number = 0;
  #wanted = false;
  #retry = 0;
  #timer = 0;
  #box = null;
  #trip = 0;

  /**
   * @param query  gives the query of the address: which models answer
   * @param onAnswer called with each answer and the milliseconds it took  @param onState called with "open", "lost" or a reason to give up
   */
  constructor(query, onAnswer, onState) {
    this.query = query;
    this.onAnswer = onAnswer;
    this.onState = onState;
  }

  /** True where a frame would be sent at once. */
  get ready() {
    return this.#socket?.readyState === WebSocket.OPEN && this.#sent.size < (this.#trip > slowMilliseconds ? 1 : mostUnderWay) && this.#socket.bufferedAmount === 0;
  }

  open() {
    this.close();
    this.#wanted = true;
    this.#connect();
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#sent.clear();
  }

  /** Says where the face is, in pixels of the frames sent; null leaves it to the detector. */
  setBox(box) {
    this.#box = box;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#sendBox();
  }

  /** Sends a JPEG. */
  async send(blob) {
    const number = ++this.#number;
    const socket = this.#socket;
    this.#sent.set(number, performance.now());
    const message = await framed(number, blob);
    if (socket === this.#socket && socket?.readyState === WebSocket.OPEN) socket.send(message);
  }

  #connect() {
    const socket = connect(this.query());
    this.#socket = socket;
    socket.onopen = () => {
      this.#retry = 0;
      this.#sent.clear();
      if (this.#box) this.#sendBox();
      this.onState("open");
    };
    socket.onmessage = event => {
      if (socket !== this.#socket) return;
      const answer = JSON.parse(event.data);
      const sent = this.#sent.get(answer.frame);
      // Frames before this one were overtaken and get no answer.
      for (const number of this.#sent.keys()) if (number <= answer.frame) this.#sent.delete(number);
      this.#trip = performance.now() - (sent ?? performance.now());
      this.onAnswer(answer, this.#trip);
    };
    socket.onclose = event => {
      if (socket !== this.#socket || !this.#wanted) return;
      this.#sent.clear();
      this.onState("lost", event.reason);
      this.#timer = setTimeout(() => this.#connect(), Math.min(8000, 500 * 2 ** this.#retry++));
    };
  }

  #sendBox() {
    this.#socket.send(JSON.stringify({ box: this.#box }));
  }
}

/** A film's connection: a frame's number is its time in milliseconds. */
export class FilmConnection {
  #socket;
  #waiting = null;

  /** Opens it. @param query which models answer  @param box where the face is, in pixels of the frames; null to have it found */
  async open(query, box) {
    query.set("time", "frames");
    const socket = this.#socket = connect(query);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onclose = () => reject(new Error("The server takes no further video now; try again in a while."));
    });
    socket.onmessage = event => this.#waiting?.resolve(JSON.parse(event.data));
    socket.onclose = event => this.#waiting?.reject(new Error(event.reason || "The connection to the server is lost."));
    if (box) socket.send(JSON.stringify({ box }));
  }

  /** Sends the frame of a time in seconds and gives its answer. */
  async ask(seconds, blob) {
    const message = await framed(Math.round(1000 * seconds), blob);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
      else reject(new Error("The connection to the server is lost."));
    });
  }

  close() {
    this.#waiting = null;
    this.#socket?.close(1000);
  }
}

function connect(query) {
  const asked = String(query);
  return new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/live${asked ? "?" + asked : ""}`, protocols());
}

async function framed(number, blob) {
  const bytes = new Uint8Array(4 + blob.size);
  new DataView(bytes.buffer).setUint32(0, number);
  bytes.set(new Uint8Array(await blob.arrayBuffer()), 4);
  return bytes;
}

// Who is who: faces are counted from left to right as they are shown, and the person that the timeline follows stays the same one when
// the tracker gives a new number after a short loss.

const patienceMilliseconds = 10000, farthestInFaces = 1.5;

/** The faces from left to right as they are shown, each with its place as its number, and the tracker's number as id. */
export function fromLeft(answer, mirrored = false) {
  const middle = face => face.box.x + face.box.width / 2;
  return answer.faces.map((face, i) => ({ ...face, id: face.id ?? i + 1 }))
    .sort((a, b) => mirrored ? middle(b) - middle(a) : middle(a) - middle(b))
    .map((face, i) => ({ ...face, number: i + 1 }));
}

/** The most probable emotion, or "unsure" where it is less probable than the user wants. */
export function shownEmotion(face, threshold) {
  return face.probabilities[face.emotion] >= threshold ? face.emotion : "unsure";
}

export class Person {
  #id = null;
  #box = null;
  #seen = -Infinity;
  #others = new Set();
  #count = 0;

  /** Counts the persons followed so far: another number is another person. */
  get key() {
    return this.#count;
  }

  get id() {
    return this.#id;
  }

  /** Follows this face from now on. */
  choose(face) {
    if (face.id !== this.#id) this.#count++;
    [this.#id, this.#box] = [face.id, face.box];
  }

  /** The followed person's face among these; null while it is out of sight. Where nobody is followed any more, the largest is next. */
  find(faces, now) {
    let face = faces.find(f => f.id === this.#id) ?? null;
    if (!face && now - this.#seen < patienceMilliseconds) {
      face = this.#same(faces);
      if (face) this.#id = face.id;
      else return null;
    }
    if (!face) {
      face = faces.reduce((best, f) => !best || area(f) > area(best) ? f : best, null);
      if (!face) return null;
      this.choose(face);
    }
    [this.#box, this.#seen] = [face.box, now];
    this.#others = new Set(faces.filter(f => f !== face).map(f => f.id));
    return face;
  }

  clear() {
    [this.#id, this.#box, this.#seen] = [null, null, -Infinity];
    this.#others = new Set();
  }

  /** Who is where the person was last seen, and was not there beside it; a lone face after a lone face is the same one anywhere. */
  #same(faces) {
    const fresh = faces.filter(f => !this.#others.has(f.id));
    if (fresh.length === 1 && faces.length === 1 && this.#others.size === 0) return fresh[0];
    const near = fresh.map(face => ({ face, distance: apart(face.box, this.#box) })).sort((a, b) => a.distance - b.distance)[0];
    return near && near.distance <= farthestInFaces ? near.face : null;
  }
}

const area = face => face.box.width * face.box.height;

/** The distance of two boxes' middles, in sides of the larger. */
function apart(a, b) {
  const dx = a.x + a.width / 2 - b.x - b.width / 2, dy = a.y + a.height / 2 - b.y - b.height / 2;
  return Math.hypot(dx, dy) / Math.max(a.width, a.height, b.width, b.height);
}

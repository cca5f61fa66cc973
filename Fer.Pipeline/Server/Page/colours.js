// One colour an emotion, the same everywhere.

const known = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"];

let colours = new Map();

/** Gives each class its colour: an emotion its own, other names those that no emotion among the classes has. */
export function setClasses(names) {
  const free = known.filter(emotion => !names.includes(emotion));
  let next = 0;
  colours = new Map(names.map(name => [name, known.includes(name) || free.length === 0 ? name : free[next++ % free.length]]));
}

/** The CSS variable of a class. */
export function variable(name, index = 0) {
  if (name === "unsure") return "--soft";
  return "--" + (colours.get(name) ?? (known.includes(name) ? name : known[index % known.length]));
}

/** Gives an element the colour of an emotion. */
export function paint(element, name, index) {
  element.style.setProperty("--colour", `var(${variable(name, index)})`);
}

/** The colour as it is now, for a canvas. */
export function value(name, index) {
  return getComputedStyle(document.documentElement).getPropertyValue(variable(name, index)).trim();
}

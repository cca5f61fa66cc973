// One colour an emotion, the same everywhere.

const known = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"];

/** The CSS variable of an emotion; classes with names of the user's own go through the same colours. */
export function variable(name, index = 0) {
  return "--" + (known.includes(name) ? name : known[index % known.length]);
}

/** Gives an element the colour of an emotion. */
export function paint(element, name, index) {
  element.style.setProperty("--colour", `var(${variable(name, index)})`);
}

/** The colour as it is now, for a canvas. */
export function value(name, index) {
  return getComputedStyle(document.documentElement).getPropertyValue(variable(name, index)).trim();
}

// What the model is, and where pictures go.

const names = { validationAccuracy: "Accuracy (validation)", validationMacroF1: "Macro F1 (validation)", accuracy: "Accuracy", macroF1: "Macro F1" };

/** Shows the model's facts and limits. */
export function showModel(model) {
  const facts = [["Model", model.name], ["Views of a face", String(model.views)], ["Network", model.architecture], ["Classes", model.emotions.join(", ")]];
  for (const [name, text] of Object.entries(names)) if (name in model.metrics) facts.push([text, `${(100 * model.metrics[name]).toFixed(1)} %`]);
  facts.push(["Face detector", model.detector ?? "none installed"]);
  document.getElementById("model-facts").replaceChildren(...facts.flatMap(([term, text]) => [make("dt", term), make("dd", text)]));
  document.getElementById("model-limits").replaceChildren(...model.limits.map(text => make("li", text)));
}

/** Says where pictures go: nowhere, where this page comes from the same machine. */
export function showPrivacy() {
  const name = location.hostname;
  const here = name === "localhost" || name.endsWith(".localhost") || name.startsWith("127.") || name === "[::1]";
  if (here) return;
  document.getElementById("privacy-title").textContent = `Pictures go to ${name} and nowhere else`;
  document.getElementById("privacy-detail").textContent = location.protocol === "https:"
    ? "It looks at them in memory and keeps none."
    : "It looks at them in memory and keeps none. The way there is not encrypted.";
}

function make(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

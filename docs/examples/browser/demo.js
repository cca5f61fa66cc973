// Runs a model that `fer export` wrote, with onnxruntime-web alone.

import * as ort from "./onnxruntime-web/ort.wasm.bundle.min.mjs";

const side = 48, at = id => document.getElementById(id);
ort.env.wasm.wasmPaths = new URL("./onnxruntime-web/", import.meta.url).href;
// Several threads need a page that is isolated from others by its server's headers.
ort.env.wasm.numThreads = 1;

/** The middle square of a picture as the model takes it: 48 x 48 grey values of 0 to 255, row by row. */
export function pixelsOf(picture) {
  const { width, height } = picture, square = Math.min(width, height), canvas = at("face"), pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (width - square) / 2, (height - square) / 2, square, square, 0, 0, side, side);
  const { data } = pen.getImageData(0, 0, side, side), pixels = new Float32Array(side * side);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  return pixels;
}

/** The probability of each class, in the order of the classes. */
export async function classify(session, pixels) {
  const { probabilities } = await session.run({ pixels: new ort.Tensor("float32", pixels, [1, 1, side, side]) });
  return [...probabilities.data];
}

function problem(text) {
  at("problem").hidden = false;
  at("problem").textContent = text;
}

async function begin() {
  // Beside the network lies the manifest of its zip, which names the classes.
  const [session, manifest] = await Promise.all([
    ort.InferenceSession.create(new URL("./model.onnx", import.meta.url).href),
    fetch(new URL("./manifest.json", import.meta.url)).then(response => response.json()),
  ]);
  at("status").textContent = `${manifest.architecture}, ${manifest.classNames.length} classes.`;
  at("file").disabled = false;
  at("file").onchange = async event => {
    at("problem").hidden = true;
    try {
      const picture = await createImageBitmap(event.target.files[0]), all = await classify(session, pixelsOf(picture));
      const rows = manifest.classNames.map((name, i) => [name, all[i]]).sort((a, b) => b[1] - a[1]);
      at("answer").hidden = false;
      at("answer").tBodies[0].replaceChildren(...rows.map(([name, probability]) => {
        const row = document.createElement("tr");
        for (const text of [name, `${(100 * probability).toFixed(2)} %`]) row.insertCell().textContent = text;
        return row;
      }));
    } catch (error) {
      problem(`${event.target.files[0]?.name}: this picture cannot be read (${error.message}).`);
    }
  };
}

begin().catch(error => problem(`The model cannot be loaded: ${error.message}. README.md says which files lie where.`));

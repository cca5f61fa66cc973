// A picture of what is shown, with its boxes and labels, saved as PNG.

import { download, stamped } from "./download.js";

/** Saves what a stage shows. source is its video or picture. */
export async function saveSnapshot(stage, source, mirrored = false) {
  const width = source.videoWidth || source.naturalWidth, height = source.videoHeight || source.naturalHeight;
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  [canvas.width, canvas.height] = [width, height];
  if (mirrored) pen.setTransform(-1, 0, 0, 1, width, 0);
  pen.drawImage(source, 0, 0, width, height);
  pen.resetTransform();
  const heat = stage.querySelector(".heat");
  if (heat.width > 0) pen.drawImage(heat, 0, 0, width, height);
  // As on the screen, at the picture's own size.
  const area = stage.getBoundingClientRect(), scale = width / area.width;
  for (const box of stage.querySelectorAll(".box")) {
    const { left, top, width: w, height: h } = box.getBoundingClientRect();
    pen.lineWidth = 3 * scale;
    pen.strokeStyle = getComputedStyle(box).borderTopColor;
    pen.beginPath();
    pen.roundRect((left - area.left + 1.5) * scale, (top - area.top + 1.5) * scale, (w - 3) * scale, (h - 3) * scale, 9 * scale);
    pen.stroke();
  }
  for (const label of stage.querySelectorAll(".label:not([hidden])")) {
    const { left, top, width: w, height: h } = label.getBoundingClientRect(), style = getComputedStyle(label);
    pen.fillStyle = style.backgroundColor;
    pen.beginPath();
    pen.roundRect((left - area.left) * scale, (top - area.top) * scale, w * scale, h * scale, 8 * scale);
    pen.fill();
    pen.fillStyle = style.color;
    pen.font = `600 ${parseFloat(style.fontSize) * scale}px ${style.fontFamily}`;
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    pen.fillText(label.textContent, (left - area.left + w / 2) * scale, (top - area.top + h / 2) * scale, (w - 8) * scale);
  }
  download(await new Promise(resolve => canvas.toBlob(resolve, "image/png")), stamped("picture", "png"));
}

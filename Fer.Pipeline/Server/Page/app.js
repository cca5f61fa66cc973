// Ties the page together.

import { ask } from "./api.js";
import { showModel, showPrivacy } from "./about.js";
import { Boxes } from "./boxes.js";
import { Camera, explain } from "./camera.js";
import { setClasses } from "./colours.js";
import { CropFrame } from "./crop.js";
import { FacesPanel } from "./faces.js";
import { LiveConnection } from "./live.js";
import { predict, prepare, Strip } from "./picture.js";
import { Speed } from "./speed.js";
import { Timeline } from "./timeline.js";

const at = id => document.getElementById(id);
const cameraStage = at("camera-stage"), pictureStage = at("picture-stage"), mirror = at("mirror");
const faces = new FacesPanel(), timeline = new Timeline(), speed = new Speed(), camera = new Camera(at("video"));
const cameraBoxes = new Boxes(cameraStage), pictureBoxes = new Boxes(pictureStage);
let model = null, cameraCrop = null, pictureCrop = null, shown = null, cropTimer = 0;

// ---- The live camera

const live = new LiveConnection(showFrame, (state, reason) => {
  if (state === "open") showProblem("camera-problem");
  else showProblem("camera-problem", "The connection to the server is lost.", `${reason ? reason + " " : ""}It is tried again by itself; if that takes long, see whether the server still runs and is not full.`);
});

function showFrame(answer, trip) {
  if (!camera.isOn) return;
  if (answer.problem) {
    const isSlow = answer.problem.status === 503;
    showProblem("camera-problem", isSlow ? "The server is too slow for this camera." : "The server cannot read the camera's frames.", answer.problem.detail);
    return;
  }
  showProblem("camera-problem");
  if (!cameraCrop) cameraBoxes.show(answer, model.emotions, mirror.checked);
  faces.show(answer, model.emotions);
  timeline.add(faces.chosen, answer.faces.find(f => f.id === faces.chosen));
  speed.add(answer.milliseconds, trip);
}

async function startCamera(deviceId) {
  at("start").disabled = true;
  showProblem("camera-problem");
  try {
    await camera.start(deviceId);
  } catch (error) {
    stopCamera();
    showProblem("camera-problem", ...explain(error));
    return;
  } finally {
    at("start").disabled = false;
  }
  const { width, height } = camera.frameSize;
  cameraStage.style.aspectRatio = `${width} / ${height}`;
  at("camera-cover").hidden = true;
  at("stop").hidden = false;
  at("stop").focus();
  faces.clear("Looking for faces …");
  timeline.clear();
  await showCameras();
  if (cameraCrop) {
    cameraCrop.fit(width, height);
    cameraCrop.hidden = false;
    sendCameraBox();
  }
  live.open();
  camera.run(() => live.ready, blob => live.send(blob));
}

function stopCamera() {
  camera.stop();
  live.close();
  cameraBoxes.clear();
  speed.clear();
  if (cameraCrop) cameraCrop.hidden = true;
  at("camera-cover").hidden = false;
  at("stop").hidden = at("camera-choice").hidden = true;
  faces.clear("Start the camera or choose a picture.");
}

async function showCameras() {
  const { devices, current } = await camera.list();
  at("cameras").replaceChildren(...devices.map((device, i) => new Option(device.label || `Camera ${i + 1}`, device.deviceId, false, device.deviceId === current)));
  at("camera-choice").hidden = devices.length < 1;
}

function sendCameraBox() {
  const { x, y, width, height } = cameraCrop.frame, size = camera.frameSize;
  const left = mirror.checked ? 1 - x - width : x;
  live.setBox({ x: left * size.width, y: y * size.height, width: width * size.width, height: height * size.height });
}

camera.onEnded = () => {
  stopCamera();
  showProblem("camera-problem", "The camera is gone.", "It was unplugged or taken away. Start it again when it is back.");
};
at("start").onclick = () => startCamera();
at("stop").onclick = () => {
  stopCamera();
  at("start").focus();
};
at("cameras").onchange = event => startCamera(event.target.value);
mirror.onchange = () => {
  cameraStage.classList.toggle("mirrored", mirror.checked);
  if (cameraCrop && camera.isOn) sendCameraBox();
};
navigator.mediaDevices?.addEventListener?.("devicechange", () => camera.isOn && showCameras());

// ---- Pictures

const strip = new Strip(entry => {
  shown = entry;
  pictureStage.hidden = false;
  at("picture").src = entry.url;
  at("picture").alt = entry.name;
  pictureStage.style.aspectRatio = `${entry.width} / ${entry.height}`;
  if (pictureCrop) pictureCrop.fit(entry.width, entry.height);
  showPicture();
});

function showPicture() {
  pictureBoxes.clear();
  if (!shown?.answer) {
    faces.clear(shown ? "Looking for faces …" : "Start the camera or choose a picture.");
    return;
  }
  if (!pictureCrop) pictureBoxes.show(shown.answer, model.emotions);
  faces.show(shown.answer, model.emotions);
  if (shown.answer.faces.length === 0) faces.empty.textContent = "No face was found in this picture.";
  speed.clear();
  speed.add(shown.answer.milliseconds);
}

async function look(entry) {
  let box = null;
  if (pictureCrop) {
    const { x, y, width, height } = pictureCrop.frame;
    box = { x: x * entry.width, y: y * entry.height, width: width * entry.width, height: height * entry.height };
  }
  try {
    strip.answered(entry, await predict(entry.blob, box));
    showProblem("picture-problem");
  } catch (error) {
    strip.answered(entry, null);
    showProblem("picture-problem", entry.name, error.message);
    if (entry === shown) faces.clear("This picture could not be looked at.");
    return;
  }
  if (entry === shown) showPicture();
}

async function addPictures(files) {
  select("picture");
  at("picture-controls").hidden = false;
  for (const file of files) {
    try {
      const { blob, width, height } = await prepare(file, model.takes);
      const entry = strip.add(file.name || "Pasted picture", blob, width, height);
      strip.choose(entry);
      await look(entry);
    } catch (error) {
      showProblem("picture-problem", file.name || "Picture", error.message);
    }
  }
}

at("choose").onclick = () => at("files").click();
at("files").onchange = event => {
  addPictures([...event.target.files]);
  event.target.value = "";
};
at("clear").onclick = () => {
  strip.clear();
  shown = null;
  pictureStage.hidden = at("picture-controls").hidden = true;
  speed.clear();
  showProblem("picture-problem");
  showPicture();
  at("choose").focus();
};
const carriesFiles = event => [...event.dataTransfer?.types ?? []].includes("Files");
addEventListener("dragover", event => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
  select("picture");
});
addEventListener("dragleave", event => event.relatedTarget || document.body.classList.remove("dropping"));
addEventListener("drop", event => {
  document.body.classList.remove("dropping");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  addPictures([...event.dataTransfer.files]);
});
addEventListener("paste", event => {
  if (event.clipboardData?.files.length) addPictures([...event.clipboardData.files]);
});

// ---- Tabs

function select(name) {
  if (at(`tab-${name}`).getAttribute("aria-selected") === "true") return;
  for (const tab of ["camera", "picture"]) {
    at(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    at(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    at(`panel-${tab}`).hidden = tab !== name;
  }
  at("timeline-card").hidden = name !== "camera";
  if (name === "picture") {
    // A camera that nobody sees need not be on.
    if (camera.isOn) stopCamera();
    showPicture();
  } else {
    faces.clear("Start the camera or choose a picture.");
    speed.clear();
  }
}

for (const [name, other] of [["camera", "picture"], ["picture", "camera"]]) {
  at(`tab-${name}`).onclick = () => select(name);
  at(`tab-${name}`).onkeydown = event => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    select(other);
    at(`tab-${other}`).focus();
  };
}

// ---- Start

function showProblem(id, title, text) {
  const box = at(id);
  box.hidden = !title;
  if (!title) return;
  const strong = document.createElement("strong"), rest = document.createElement("p");
  strong.textContent = title;
  rest.textContent = text;
  box.replaceChildren(strong, rest);
}

async function begin() {
  showPrivacy();
  cameraStage.classList.toggle("mirrored", mirror.checked);
  try {
    model = await ask("v1/model");
  } catch (error) {
    showProblem("camera-problem", "The page cannot work.", error.message);
    at("start").disabled = at("choose").disabled = true;
    return;
  }
  showModel(model);
  setClasses(model.emotions);
  timeline.setEmotions(model.emotions);
  if (!model.detector) {
    at("no-detector").hidden = false;
    cameraCrop = new CropFrame(cameraStage, sendCameraBox);
    cameraCrop.hidden = true;
    pictureCrop = new CropFrame(pictureStage, () => {
      clearTimeout(cropTimer);
      cropTimer = setTimeout(() => shown && look(shown), 200);
    });
  }
  document.documentElement.dataset.ready = "true";
}

begin();

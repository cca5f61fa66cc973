// Ties the page together.

import { ask } from "./api.js";
import { showModel, showPrivacy } from "./about.js";
import { CameraView } from "./cameraview.js";
import { setClasses } from "./colours.js";
import { FacesPanel } from "./faces.js";
import { FilmView } from "./filmview.js";
import { HeatMap } from "./heat.js";
import { PictureView } from "./pictureview.js";
import { Problems } from "./problems.js";
import { Recording } from "./recording.js";
import { Settings } from "./settings.js";
import { Speed } from "./speed.js";
import { Timeline } from "./timeline.js";

const at = id => document.getElementById(id), tabs = ["camera", "picture", "film"];
const problems = new Problems("page-problem");
let current = null;

/** What the views share. */
const page = {
  model: null,
  idle: "Start the camera or choose a picture.",
  panel: new FacesPanel(face => current.follow(face)),
  heat: new HeatMap(error => error ? problems.show("There is no heat map of this face.", error.message) : problems.clear()),
  recording: new Recording(),
  settings: new Settings(() => changeModels(), () => current.draw()),
  speed: new Speed(),
  timeline: new Timeline(),
  /** Takes files from wherever they came: pictures, or a video. */
  take(files) {
    const film = files.find(file => file.type.startsWith("video/")), pictures = files.filter(file => !file.type.startsWith("video/"));
    if (pictures.length > 0) {
      select("picture");
      views.picture.add(pictures);
    } else if (film) {
      select("film");
      views.film.open(film);
    }
  },
  /** What can be saved may be another thing now. */
  changed() {
    at("snapshot").disabled = !current.canSnap;
  },
};
const views = { camera: new CameraView(page), picture: new PictureView(page), film: new FilmView(page) };
current = views.camera;

async function changeModels() {
  try {
    page.model = await ask(`v1/model?${page.settings.query.has("model") ? `model=${encodeURIComponent(page.settings.query.get("model"))}` : ""}`);
    problems.clear();
  } catch (error) {
    problems.show("This model cannot be taken.", error.message);
    return;
  }
  showModel(page.model);
  setClasses(page.model.emotions);
  page.timeline.setEmotions(page.model.emotions);
  page.heat.clear();
  await current.modelsChanged();
}

// ---- Tools

at("snapshot").onclick = () => current.snapshot();
at("heat").onclick = () => {
  page.heat.isOn = !page.heat.isOn;
  current.draw();
};
at("full").onclick = () => document.fullscreenElement ? document.exitFullscreen() : current.stage.parentElement.requestFullscreen();
at("full").hidden = !document.fullscreenEnabled;

// ---- Files, dropped or pasted

const carriesFiles = event => [...event.dataTransfer?.types ?? []].includes("Files");
addEventListener("dragover", event => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
  if (current === views.camera) select("picture");
});
addEventListener("dragleave", event => event.relatedTarget || document.body.classList.remove("dropping"));
addEventListener("drop", event => {
  document.body.classList.remove("dropping");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  page.take([...event.dataTransfer.files]);
});
addEventListener("paste", event => {
  if (event.clipboardData?.files.length) page.take([...event.clipboardData.files]);
});

// ---- Tabs

function select(name) {
  if (current === views[name]) return;
  current.leave();
  current = views[name];
  for (const tab of tabs) {
    at(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    at(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    at(`panel-${tab}`).hidden = tab !== name;
  }
  at("timeline-card").hidden = name === "picture";
  page.speed.clear();
  current.enter();
  page.changed();
}

tabs.forEach((name, i) => {
  at(`tab-${name}`).onclick = () => select(name);
  at(`tab-${name}`).onkeydown = event => {
    const to = { ArrowLeft: (i + tabs.length - 1) % tabs.length, ArrowRight: (i + 1) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(tabs[to]);
    at(`tab-${tabs[to]}`).focus();
  };
});

// ---- Start

async function begin() {
  showPrivacy();
  try {
    page.model = await ask("v1/model");
    await page.settings.refresh();
  } catch (error) {
    problems.show("The page cannot work.", error.message);
    for (const id of ["start", "choose", "film-choose"]) at(id).disabled = true;
    return;
  }
  showModel(page.model);
  setClasses(page.model.emotions);
  page.timeline.setEmotions(page.model.emotions);
  page.changed();
  if (!page.model.detector) {
    at("no-detector").hidden = false;
    for (const view of Object.values(views)) view.offerCrop();
  }
  document.documentElement.dataset.ready = "true";
}

begin();

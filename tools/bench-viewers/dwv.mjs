// DWV, three layer groups of one data set, its own tools for window and scroll.
import { App, AppOptions, ToolConfig, ViewConfig, WindowLevel } from "dwv";
import { note, shows, start, window } from "./page.mjs";

const PANES = [["a", "axial"], ["b", "coronal"], ["c", "sagittal"]];
const app = new App();
const options = new AppOptions({ "*": PANES.map(([id, orientation]) => new ViewConfig(id, orientation)) });
options.tools = { WindowLevel: new ToolConfig(), Scroll: new ToolConfig() };
app.init(options);

async function open(files) {
  const all = new Promise((done) => app.addEventListener("load", done));
  app.loadFiles(files);
  await shows(() => document.querySelector("#a canvas"));
  note("image");
  await all;
  apply();
  await Promise.all(PANES.map(([id]) => shows(() => document.querySelector(`#${id} canvas`))));
  note("all");
}

function apply() {
  for (const [id] of PANES) {
    app.getLayerGroupByDivId(id).getActiveViewLayer().getViewController().setWindowLevel(new WindowLevel(window.centre, window.width));
  }
}

function scroll(by) {
  const places = app.getLayerGroupByDivId("a").getPositionHelper();
  if (by > 0) places.incrementPositionAlongScroll();
  else places.decrementPositionAlongScroll();
}

start({ open, apply, scroll });

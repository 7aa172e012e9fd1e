// Cornerstone3D as its users write it: the first file in a stack viewport, then the volume in three orthographic ones.
import { Enums, RenderingEngine, imageLoader, init, metaData, setVolumesForViewports, volumeLoader } from "@cornerstonejs/core";
import { init as initLoader, wadouri } from "@cornerstonejs/dicom-image-loader";
import { note, shows, start, window } from "./page.mjs";

const { AXIAL, CORONAL, SAGITTAL } = Enums.OrientationAxis;
const PANES = [["a", AXIAL], ["b", CORONAL], ["c", SAGITTAL]];
const element = (id) => document.getElementById(id);

await init();
await initLoader({ maxWebWorkers: 2, useLegacyMetadataProvider: true });
const engine = new RenderingEngine("engine");

async function open(files) {
  const ids = files.map((file) => wadouri.fileManager.add(file));
  engine.enableElement({ viewportId: "first", element: element("a"), type: Enums.ViewportType.STACK });
  await engine.getViewport("first").setStack(ids.slice(0, 1));
  engine.getViewport("first").render();
  await shows(() => element("a").querySelector("canvas"));
  note("image");

  // What the volume is made of must be known before it: of local files it comes with their pixels.
  const load = async (id) => {
    await imageLoader.loadAndCacheImage(id);
    return [metaData.get("imagePlaneModule", id).imagePositionPatient[2], id];
  };
  const loaded = await Promise.all(ids.map(load));
  const sorted = loaded.sort(([a], [b]) => a - b).map(([, id]) => id);
  const volumeId = "cornerstoneStreamingImageVolume:ct";
  const volume = await volumeLoader.createAndCacheVolume(volumeId, { imageIds: sorted });
  await new Promise((done) => volume.load(() => volume.loadStatus.loaded && done()));
  engine.disableElement("first");
  const type = Enums.ViewportType.ORTHOGRAPHIC;
  engine.setViewports(PANES.map(([id, orientation]) => ({ viewportId: id, element: element(id), type, defaultOptions: { orientation } })));
  await setVolumesForViewports(engine, [{ volumeId }], PANES.map(([id]) => id));
  apply();
  await Promise.all(PANES.map(([id]) => shows(() => element(id).querySelector("canvas"))));
  note("all");
}

function apply() {
  const { centre, width } = window;
  const voiRange = { lower: centre - width / 2, upper: centre + width / 2 };
  PANES.forEach(([id]) => engine.getViewport(id).setProperties({ voiRange }));
  engine.renderViewports(PANES.map(([id]) => id));
}

function scroll(by) {
  const viewport = engine.getViewport("a");
  viewport.scroll(by);
  viewport.render();
}

start({ open, apply, scroll });

// NiiVue with dcm2niix in WebAssembly, which makes NIfTI of the files first; all three planes are one canvas.
import { Dcm2niix } from "@niivue/dcm2niix";
import { DRAG_MODE, Niivue, SLICE_TYPE } from "@niivue/niivue";
import { note, start, window } from "./page.mjs";

const canvas = document.createElement("canvas");
document.querySelector("main").replaceChildren(canvas);
canvas.className = "wide";
const niivue = new Niivue({ dragMode: DRAG_MODE.none, multiplanarShowRender: 0, multiplanarLayout: 3, isResizeCanvas: true, loadingText: "" });
await niivue.attachToCanvas(canvas);
niivue.setSliceType(SLICE_TYPE.MULTIPLANAR);
const converter = new Dcm2niix();
await converter.init();

async function open(files) {
  const made = await converter.input(files).run();
  const nifti = made.find(({ name }) => name.endsWith(".nii"));
  await niivue.loadFromFile(nifti);
  apply();
  niivue.gl.finish();
  note("image");
  note("all");
}

function apply() {
  const { centre, width } = window;
  Object.assign(niivue.volumes[0], { cal_min: centre - width / 2, cal_max: centre + width / 2 });
  niivue.updateGLVolume();
}

function scroll(by) {
  niivue.moveCrosshairInVox(0, 0, by);
}

start({ open, apply, scroll });

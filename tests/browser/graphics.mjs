// Chromium's software GPU, which is right and slow, and how a device of it is lost.
import { openPage } from "./harness.mjs";

export const SOFTWARE_GPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
/** Runs of a worker's start: its self-test as a whole and in part, and the first slice's size likewise. */
export const RUNS_BEFORE = 4;

/** Whether an adapter answers, which is not so on every machine. */
export async function hasAdapter(address) {
  const page = await openPage(address, { args: SOFTWARE_GPU });
  const adapter = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  await page.done();
  if (!adapter) console.log("No GPU adapter answers here: nothing was searched on one.");
  return adapter;
}

/** What a worker begins with whose device is lost in a run. */
export function lose(run) {
  let device;
  let runs = 0;
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    return (device = await request.apply(this, given));
  };
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (...given) {
    if (++runs === run) device.destroy();
    return map.apply(this, given);
  };
}

export const chooseGraphics = (page) => page.getByRole("combobox", { name: "Search on" }).selectOption({ label: "Graphics card" });

// What the pages of all viewers have in common: when files came and what was seen when, and hands on the pictures.
//
// A viewer is { open(files), apply(), scroll(by) }: it opens files, shows its planes under `window`, goes a slice on. A drag
// on the pictures changes the window as ours does, a notch of the wheel is a slice, so that no viewer pays for tools.

export const window = { centre: 60, width: 400 };
const seen = (globalThis.seen = {});
let began = 0;

export function note(what) {
  seen[what] ??= performance.now() - began;
}

const SMALL = 16;
const eye = new OffscreenCanvas(SMALL, SMALL).getContext("2d", { willReadFrequently: true });
/** Waits until a canvas shows something. */
export function shows(canvas) {
  return new Promise((done) => {
    const look = () => {
      const it = canvas();
      if (it?.width > 1) {
        eye.drawImage(it, 0, 0, SMALL, SMALL);
        if (eye.getImageData(0, 0, SMALL, SMALL).data.some((value, n) => n % 4 === 0 && value > 0)) return done();
      }
      requestAnimationFrame(look);
    };
    look();
  });
}

export function start(viewer) {
  const files = document.querySelector("input");
  files.addEventListener("change", () => {
    began = performance.now();
    viewer.open([...files.files]).catch((error) => { seen.error = String(error.error?.stack ?? error.stack ?? error); });
  });
  const pictures = document.querySelector("main");
  let [held, moved] = [false, false];
  const frame = () => {
    moved = false;
    viewer.apply();
  };
  pictures.addEventListener("pointerdown", () => (held = true), true);
  addEventListener("pointerup", () => (held = false), true);
  pictures.addEventListener("pointermove", (event) => {
    if (!held) return;
    event.stopPropagation();
    window.width = Math.max(2, window.width + event.movementX);
    window.centre += event.movementY;
    if (!moved) requestAnimationFrame(frame);
    moved = true;
  }, true);
  pictures.addEventListener("wheel", (event) => {
    event.stopPropagation();
    event.preventDefault();
    viewer.scroll(Math.sign(event.deltaY));
  }, { capture: true, passive: false });
  seen.ready = true;
}

// What a person does with the viewer, and what they then see.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { grey } from "./dicom.mjs";
import { built, pixels } from "./harness.mjs";

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const picture = (page, plane) => page.getByRole("img", { name: new RegExp(`^${plane}(, |$)`) });

/** Opens the toolbar's menu. */
export async function menu(page) {
  await button(page, /^(More|더 보기)$/).click();
  return page.getByRole("group", { name: /^(More|더 보기)$/ });
}

/** Does a command of the menu, which closes over it. */
export async function inMenu(page, name) {
  const opened = await menu(page);
  await button(opened, name).click();
  await opened.waitFor({ state: "hidden" });
}

/** Chooses a language in the menu. */
export async function speak(page, code) {
  const opened = await menu(page);
  await opened.getByRole("combobox", { name: /^(Language|언어)$/ }).selectOption(code);
  await page.keyboard.press("Escape");
  await opened.waitFor({ state: "hidden" });
}

async function open(page, name, path) {
  const chooser = page.waitForEvent("filechooser");
  await button(page, name).first().click();
  await (await chooser).setFiles(path);
}

/** Only Chromium's driver can choose a folder: elsewhere its files are chosen one by one. */
export function openFolder(page, folder) {
  if (!process.env.FIREFOX && !process.env.WEBKIT) return open(page, "Open folder", folder);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return openFiles(page, entries.map(({ parentPath, path, name }) => `${parentPath ?? path}/${name}`));
}

export const openFiles = (page, files) => open(page, "Open files", files);

export const loaded = (page, count) =>
  page.getByRole("region", { name: "Series" }).getByText(new RegExp(`\\b${count} / ${count} slices?\\b`)).waitFor({ timeout: 120_000 });

/** The slice that a plane's picture says it shows, from 1. */
export async function sliceShown(page, plane) {
  const name = await picture(page, plane).getAttribute("aria-label");
  return Number(/slice (\d+) of/.exec(name)[1]);
}

/** Types a number into a field. Firefox's driver would add it to what is there. */
export async function enter(field, value) {
  await field.press("ControlOrMeta+a");
  await field.pressSequentially(String(value));
  await field.press("Tab");
}

export async function windowShown(page) {
  const value = async (name) => Number(await page.getByRole("spinbutton", { name }).inputValue());
  return { width: await value("Window width"), centre: await value("Window level") };
}

/** Retries what is checked until it holds: painting follows a command by a frame or two, on a busy machine by seconds. */
export async function eventually(check, milliseconds = 20_000) {
  for (const until = Date.now() + milliseconds; ; await new Promise((done) => setTimeout(done, 50))) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** Compares a picture with the greys that `hu(x, y)` gives under a window or a function of HU, over a grid of points. */
export async function shows(page, plane, hu, window = { width: 400, centre: 60 }) {
  const shade = typeof window === "function" ? window : (value) => grey(value, window);
  await eventually(async () => {
    const shown = await pixels(picture(page, plane));
    assert.ok(shown.width > 1 && shown.height > 1, `${plane} is painted`);
    const step = (length) => Math.max(1, Math.floor(length / 16));
    for (let y = 0; y < shown.height; y += step(shown.height)) {
      for (let x = 0; x < shown.width; x += step(shown.width)) {
        const [red, green, blue, alpha] = shown.at(x, y);
        const expected = shade(hu(x, y));
        const told = `${plane} (${x}, ${y}): ${red}, expected ${expected}`;
        assert.ok(Math.abs(red - expected) <= 0.5 && green === red && blue === red && alpha === 255, told);
      }
    }
  });
}

/** The picture that `lithoscope render` makes of a folder, as the canvas of a browser has it. */
export async function rendered(page, folder, ...options) {
  const file = `${folder}.png`;
  execFileSync(built("lithoscope"), ["render", folder, ...options, "-o", file]);
  const base64 = readFileSync(file).toString("base64");
  rmSync(file);
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, image.width, image.height).data];
  }, base64);
}

/** Where a plane's picture lies on the screen. */
export const place = (page, plane) => picture(page, plane).boundingBox();

/** Where on the screen the middle of a plane's pixel lies. */
export async function onPixel(page, plane, [u, v]) {
  const canvas = picture(page, plane);
  const { x, y, width, height } = await canvas.boundingBox();
  const [columns, rows] = await canvas.evaluate((canvas) => [canvas.width, canvas.height]);
  return [x + (width * (u + 0.5)) / columns, y + (height * (v + 0.5)) / rows];
}

/** Drags over the middle of a plane. */
export async function drag(page, plane, [dx, dy]) {
  const { x, y, width, height } = await place(page, plane);
  const [fromX, fromY] = [x + width / 2, y + height / 2];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  for (const part of [0.25, 0.5, 0.75, 1]) await page.mouse.move(fromX + dx * part, fromY + dy * part);
  await page.mouse.up();
}

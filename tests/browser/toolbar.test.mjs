// The toolbar on every screen, the menu of what it has no room for, panels that close, and keys that a person changes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, writeCt } from "./dicom.mjs";
import { openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, inMenu, loaded, menu, openFolder, sliceShown } from "./viewer.mjs";

let origin, folder;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(folder);
});
after(async () => {
  await origin.stop();
  rmSync(folder, { recursive: true });
});

async function opened(options) {
  const page = await openPage(`${origin.address}/`, options);
  await openFolder(page, folder);
  await loaded(page, made.slices);
  return page;
}

const SCREENS = {
  "1440 × 900": { viewport: { width: 1440, height: 900 } },
  "1440 × 900 in Korean": { viewport: { width: 1440, height: 900 }, locale: "ko-KR" },
  "1024 × 768": { viewport: { width: 1024, height: 768 } },
  "1024 × 768, touch": { viewport: { width: 1024, height: 768 }, hasTouch: true, isMobile: true },
  "390 × 844, touch": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};
for (const [screen, options] of Object.entries(SCREENS)) {
  test(`the toolbar is one row at ${screen}, and the menu has what it leaves out`, async () => {
    const page = await openPage(`${origin.address}/`, options);
    await page.getByRole("banner").waitFor();
    const bar = page.locator(".toolbar");
    const { height, missing, small } = await bar.evaluate((bar) => {
      const boxes = [...bar.querySelectorAll(":scope button, :scope select")].filter((it) => it.checkVisibility()).map((it) => it.getBoundingClientRect());
      const least = matchMedia("(pointer: coarse)").matches ? 44 : 24;
      return {
        height: bar.getBoundingClientRect().height,
        missing: bar.scrollWidth - bar.clientWidth,
        small: boxes.filter((box) => Math.min(box.width, box.height) < least).length,
      };
    });
    assert.ok(height <= 64, `${height} pixels high`);
    assert.equal(missing, 0, "nothing is out of sight");
    assert.equal(small, 0, "all can be hit");
    await screenshot(page, `toolbar-${screen.replaceAll(/\W+/g, "-")}`);
    const names = async () => new Set(await page.locator(".toolbar button:visible .word, .menu button:visible span:first-of-type, .pane button:visible").allTextContents());
    const inBar = await names();
    const opened = await menu(page);
    const all = await names();
    for (const name of options.locale ? ["길이", "이동"] : ["Length", "Pan", "Next slice", "KUB view", "Zoom in", "Hide patient text"]) assert.ok(all.has(name), name);
    assert.ok(all.size > inBar.size);
    const targets = await opened.getByRole("button").evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
    assert.ok(Math.min(...targets) >= (options.hasTouch ? 44 : 24));
    await screenshot(page, `menu-${screen.replaceAll(/\W+/g, "-")}`);
    await page.done();
  });
}

test("a command of the menu works, and the menu closes over it; Esc closes it and ends nothing else", async () => {
  const page = await opened();
  const before = (await page.getByRole("img", { name: /^Axial/ }).boundingBox()).width;
  await inMenu(page, "Zoom in");
  await eventually(async () => assert.ok((await page.getByRole("img", { name: /^Axial/ }).boundingBox()).width > before));
  await button(page, "Cine").click();
  const opened_ = await menu(page);
  await page.keyboard.press("Escape");
  await opened_.waitFor({ state: "hidden" });
  assert.equal(await button(page, "Cine").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Escape");
  await eventually(async () => assert.equal(await button(page, "Cine").getAttribute("aria-pressed"), "false"));
  await page.done();
});

test("the side and the list of series close by button and key, and stay closed", async () => {
  const page = await opened();
  const axial = page.getByRole("region", { name: "Axial", exact: true });
  const list = page.getByRole("region", { name: "Series" }).getByRole("button");
  const { width } = await axial.boundingBox();
  await page.getByRole("region", { name: "Series" }).getByText("Series", { exact: true }).click();
  await list.waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+S");
  await list.waitFor();
  await inMenu(page, "Series list");
  await list.waitFor({ state: "hidden" });
  await button(page, "Side panel").click();
  await eventually(async () => assert.ok((await axial.boundingBox()).width > width + 100));
  await page.reload();
  await openFolder(page, folder);
  await axial.waitFor();
  await page.getByRole("region", { name: "Series" }).waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+F");
  await page.getByRole("region", { name: "Series" }).waitFor();
  await list.waitFor({ state: "hidden" });
  // What stands at the side opens it.
  await page.keyboard.press("Shift+F");
  await page.keyboard.press("t");
  await page.getByRole("region", { name: "Series" }).waitFor();
  await page.done();
});

test("a command's key is changed in the help sheet: told when it is taken, remembered, taken back", async () => {
  const page = await opened();
  const sheet = page.getByRole("dialog", { name: "Keys and gestures" });
  const pressed = (name) => button(page, name).getAttribute("aria-pressed");
  await page.keyboard.press("?");
  await button(sheet, "Pan: M").click();
  await sheet.getByText("Press a key.").waitFor();
  await page.keyboard.press("z");
  await sheet.getByText("Z already means “Zoom”. Press another key.").waitFor();
  await page.keyboard.press("Escape");
  await button(sheet, "Pan: M").click();
  await page.keyboard.press("F8");
  await button(sheet, "Pan: F8").waitFor();
  await button(sheet, "Zoom: Z").click();
  await page.keyboard.press("Backspace");
  await button(sheet, "Zoom: none").waitFor();
  await screenshot(page, "keys");
  await button(sheet, "Close").click();

  await page.keyboard.press("F8");
  assert.equal(await pressed("Pan"), "true");
  await page.keyboard.press("z");
  await page.keyboard.press("m");
  assert.deepEqual([await pressed("Pan"), await pressed("Zoom")], ["true", "false"]);
  assert.equal(await button(page, "Pan").getAttribute("title"), "Pan (F8)");
  await page.reload();
  await openFolder(page, folder);
  await loaded(page, made.slices);
  await button(page, "Window").click();
  await page.keyboard.press("F8");
  assert.equal(await pressed("Pan"), "true");

  await page.keyboard.press("?");
  await button(sheet, "Default keys").click();
  await button(sheet, "Zoom: Z").waitFor();
  assert.ok(await button(sheet, "Default keys").isDisabled());
  await button(sheet, "Close").click();
  await page.keyboard.press("z");
  assert.equal(await pressed("Zoom"), "true");
  const at = await sliceShown(page, "Axial");
  await page.keyboard.press("ArrowDown");
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), at + 1));
  await page.done();
});

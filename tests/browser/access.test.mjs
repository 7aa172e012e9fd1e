// Every state of the page by axe, and open → predict → read by keys alone and by what a screen reader is told.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, writeCt, writePrior } from "./dicom.mjs";
import { openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, menu, openFiles, openFolder, sliceShown } from "./viewer.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SLICES = 130;

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

/** Every rule of WCAG 2.2 AA that axe finds broken now. */
async function broken(page, state) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), LEVELS);
  return violations.map(({ id, nodes }) => `${state}, ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

const findings = (page) => page.getByRole("region", { name: "Findings" });
const searched = (page) => findings(page).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });

/** Goes through the states of the page, and does `look` at each. */
async function throughStates(page, look) {
  await button(page, "Try the demo CT").waitFor();
  await look("welcome");
  await openFiles(page, [{ name: "report.txt", mimeType: "text/plain", buffer: Buffer.from("no image") }]);
  await page.getByRole("alert").getByText("No CT image was found").waitFor();
  await look("error");
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
  await look("loaded");
  const opened = await menu(page);
  await look("menu");
  await page.keyboard.press("Escape");
  await opened.waitFor({ state: "hidden" });
  await button(page, "Predict").click();
  await searched(page);
  await findings(page).getByRole("button", { name: /Model finding/ }).first().click();
  await look("findings");
  await button(page, "Geometry and values").click();
  await page.getByRole("region", { name: "Geometry and values" }).waitFor();
  await look("geometry");
  await page.keyboard.press("Escape");
  // On a phone its button is in the menu.
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys and gestures" }).waitFor();
  await look("help");
  await page.keyboard.press("Escape");
  await page.getByRole("contentinfo").getByRole("button").click();
  await page.getByRole("dialog", { name: "What leaves, what stays" }).waitFor();
  await look("trust");
  await page.keyboard.press("Escape");
}

for (const [screen, options] of Object.entries({
  desktop: {},
  large: { viewport: { width: 2560, height: 1440 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
})) {
  test(`every state is accessible on a ${screen} screen`, async () => {
    const page = await openPage(`${origin.address}/`, options);
    const told = [];
    await throughStates(page, async (state) => {
      await screenshot(page, `${screen}-${state}`);
      told.push(...(await broken(page, state)));
    });
    await page.done();
    assert.deepEqual(told, []);
  });
}

test("a prior beside the study is accessible, and its planes have names and letters of their own", async () => {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`);
  try {
    writeCt(folder);
    writePrior(`${folder}/before`, 2);
    await openFolder(page, folder);
    await loaded(page, made.slices);
    await button(page, /^Prior beside: /).first().click();
    const prior = page.getByRole("region", { name: "Prior", exact: true });
    for (const [plane, letters] of [["Axial", "RLAP"], ["Coronal", "RLHF"], ["Sagittal", "APHF"]]) {
      const pane = prior.getByRole("region", { name: `Prior: ${plane}`, exact: true });
      await pane.getByRole("img", { name: new RegExp(`^Prior: ${plane}, slice \\d+ of \\d+$`) }).waitFor();
      const told = await Promise.all(["left", "right", "top", "bottom"].map((side) => pane.locator(`.letter.${side}`).textContent()));
      assert.equal(told.join(""), letters, plane);
    }
    await screenshot(page, "desktop-prior");
    const told = await broken(page, "prior");
    await page.done();
    assert.deepEqual(told, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Presses Tab until what has the focus has this name. */
async function tabTo(page, name, key = "Tab") {
  for (let n = 0; n < 200; n++) {
    await page.keyboard.press(key);
    const focused = page.locator(":focus");
    if ((await focused.count()) && (await focused.first().evaluate((it) => it.ariaLabel || it.textContent.trim())) === name) return;
  }
  assert.fail(`no way by ${key} to ${name}`);
}

test("open, predict, read and save by keys alone", async () => {
  const page = await openPage(`${origin.address}/`);
  await tabTo(page, "Try the demo CT");
  await page.keyboard.press("Enter");
  await loaded(page, SLICES);
  await page.keyboard.press("d");
  await searched(page);
  const before = await sliceShown(page, "Axial");
  await page.keyboard.press("n");
  await eventually(async () => assert.notEqual(await sliceShown(page, "Axial"), before));
  await findings(page).getByRole("button", { name: /Model finding 1/, pressed: false }).or(
    findings(page).locator("[aria-current=true]")).first().waitFor();
  const at = await sliceShown(page, "Axial");
  await page.keyboard.press("ArrowDown");
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), at + 1));
  await tabTo(page, "Visible: finding 1");
  await page.keyboard.press("Space");
  await eventually(async () => assert.equal(await page.getByRole("checkbox", { name: "Visible: finding 1", exact: true }).isChecked(), false));
  await tabTo(page, "Save");
  await page.keyboard.press("Enter");
  await tabTo(page, "Table (CSV)");
  const table = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  assert.match((await table).suggestedFilename(), /\.csv$/);
  // A picture keeps nobody: Tab goes on past all of them.
  await tabTo(page, "Open files", "Shift+Tab");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys and gestures" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+C");
  await button(page, "Try the demo CT").waitFor();
  await page.done();
});

test("open, predict, read and save by the accessibility tree alone", async () => {
  const page = await openPage(`${origin.address}/`);
  const client = await page.context().newCDPSession(page);
  await client.send("Accessibility.enable");
  await client.send("DOM.enable");
  const tree = async () => {
    const { nodes } = await client.send("Accessibility.getFullAXTree");
    return nodes.filter(({ ignored }) => !ignored).map(({ role, name, backendDOMNodeId }) => (
      { role: role?.value, name: name?.value ?? "", id: backendDOMNodeId }));
  };
  const heard = (role, name) => eventually(async () => {
    const nodes = await tree();
    return nodes.find((node) => node.role === role && name.test(node.name)) ?? assert.fail(`no ${role} ${name}`);
  }, 120_000);
  const press = async (name, role = "button") => {
    const { id } = await heard(role, name);
    const { object } = await client.send("DOM.resolveNode", { backendNodeId: id });
    await client.send("Runtime.callFunctionOn", { objectId: object.objectId, functionDeclaration: "function () { this.click(); }" });
  };
  await heard("heading", /^Find urinary stones in a CT$/);
  await press(/^Try the demo CT$/);
  await heard("StaticText", /^130 \/ 130 slices$/);
  await heard("image", /^Axial, slice \d+ of 130$/);
  await press(/^Predict$/);
  await heard("StaticText", /^\d model findings$/);
  await press(/^Model finding 1\b/);
  for (const plane of ["Axial", "Coronal", "Sagittal"]) await heard("image", new RegExp(`^${plane}, slice \\d+ of \\d+$`));
  await heard("slider", /^Axial slice$/);
  await press(/^Save$/, "DisclosureTriangle");
  const report = page.waitForEvent("download");
  await press(/^DICOM report \(SR\)$/);
  assert.match((await report).suggestedFilename(), /\.dcm$/);
  await page.done();
});

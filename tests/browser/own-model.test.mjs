// A model of one's own, given to the page: it searches in place of ours, or is refused with a reason.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { built, inRepository, openPage, startOrigin } from "./harness.mjs";
import { button, loaded, openFiles } from "./viewer.mjs";

const [SIDE, SLICES] = [96, 24];
/** Column, row, slice and radius of balls of 600 HU in a cylinder of 40 HU; voxels are 1 mm wide. */
const BALLS = [[40, 50, 8, 3.2], [60, 52, 15, 4.1]];

function hu(i, j, k) {
  if (BALLS.some(([x, y, z, r]) => Math.hypot(i - x, j - y, k - z) <= r)) return 600;
  return Math.hypot(i - 48, j - 48) < 40 ? 40 : -1000;
}

/** The balls as NIfTI-1. */
function nifti() {
  const file = Buffer.alloc(352 + 2 * SIDE * SIDE * SLICES);
  file.writeInt32LE(348, 0);
  [3, SIDE, SIDE, SLICES].forEach((size, n) => file.writeInt16LE(size, 40 + 2 * n));
  [70, 254].forEach((at, n) => file.writeInt16LE([4, 1][n], at));
  file.writeInt16LE(16, 72);
  file.writeFloatLE(352, 108);
  file[123] = 2;
  [280, 300, 320].forEach((at) => file.writeFloatLE(1, at));
  file.write("n+1", 344, "latin1");
  for (let at = 0; at < SIDE * SIDE * SLICES; at++) {
    const [i, j, k] = [at % SIDE, Math.floor(at / SIDE) % SIDE, Math.floor(at / SIDE / SIDE)];
    file.writeInt16LE(hu(i, j, k), 352 + 2 * at);
  }
  return file;
}

let origin, folder, ct;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  ct = `${folder}/balls.nii`;
  writeFileSync(ct, nifti());
});
after(async () => {
  rmSync(folder, { recursive: true });
  await origin.stop();
});

const model = (kind) => ["tiny.onnx", "manifest.json"].map((name) => inRepository(`tests/models/${kind}/${name}`));

/** The two files of a model with its manifest, or its network, changed. */
function changed(name, { manifest = (it) => it, network = (it) => it }) {
  const [onnx, json] = model("pytorch");
  const [to, text] = [`${folder}/${name}`, readFileSync(json, "utf8")];
  mkdirSync(to);
  writeFileSync(`${to}/network.onnx`, network(readFileSync(onnx)));
  writeFileSync(`${to}/manifest.json`, JSON.stringify(manifest(JSON.parse(text))));
  return [`${to}/network.onnx`, `${to}/manifest.json`];
}

async function give(page, files) {
  const chooser = page.waitForEvent("filechooser");
  await button(page, "Use another model").click();
  await (await chooser).setFiles(files);
}

async function open() {
  const page = await openPage(`${origin.address}/`);
  await openFiles(page, ct);
  await loaded(page, SLICES);
  return page;
}

const findings = (page) => page.getByRole("region", { name: "Findings" });

async function search(page) {
  await button(page, "Predict").click();
  await findings(page).getByText(new RegExp(`^${SLICES} slices searched in`)).waitFor({ timeout: 120_000 });
}

/** The built-in model knows that these balls lie in no kidney. */
async function searchByOurs(page) {
  await button(page, "Predict").click();
  await findings(page).getByText(/^No candidate above the threshold in/).waitFor({ timeout: 120_000 });
  await findings(page).getByText(`Rejected (${BALLS.length})`).waitFor();
  assert.match(await findings(page).locator("dl.model").textContent(), /stone-unet/);
}

for (const kind of ["pytorch", "keras"]) {
  test(`a model made with ${kind} finds on the page what it finds on the command line`, async () => {
    const page = await open();
    await give(page, model(kind));
    await findings(page).getByText(`tiny-${kind} 1.0.0`).waitFor();
    await search(page);
    const told = JSON.parse(execFileSync(built("lithoscope"), ["predict", ct, "--json", "--model", model(kind)[0]]));
    assert.equal(told.stones.length, BALLS.length);
    assert.equal(told.model.name, `tiny-${kind}`);
    const rows = findings(page).getByRole("button", { name: /Model finding/ });
    assert.equal(await rows.count(), BALLS.length);
    const card = await findings(page).locator("dl.model").textContent();
    assert.match(card, new RegExp(`tiny-${kind} 1.0.0.*None.`));
    assert.match(card, /relaxed-simd|simd128/);
    assert.match(card, /self-test within \de-\d/);

    await button(page, "Use the built-in model").click();
    await searchByOurs(page);
    await page.done();
  });
}

/** Drops models on the page, one right after the other. */
function drop(page, ...kinds) {
  const files = (kind) => model(kind).map((path) => [path.split("/").at(-1), readFileSync(path).toString("base64")]);
  return page.evaluate((all) => {
    for (const given of all) {
      const data = new DataTransfer();
      for (const [name, content] of given) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      document.querySelector(".page").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, kinds.map(files));
}

test("files of a model that are dropped on the page are taken as one", async () => {
  const page = await open();
  await drop(page, "pytorch");
  await findings(page).getByText("tiny-pytorch 1.0.0").waitFor();
  await page.done();
});

test("of models given in the same moment the last is taken, and named", async () => {
  const page = await open();
  await page.evaluate(() => {
    window.named = new Set();
    const look = () => document.querySelectorAll(".findings [role=status]").forEach((it) => window.named.add(it.textContent));
    new MutationObserver(look).observe(document.querySelector(".findings"), { childList: true, subtree: true, characterData: true });
  });
  await drop(page, "pytorch", "keras");
  await findings(page).getByText("tiny-keras 1.0.0").waitFor();
  await search(page);
  assert.match(await findings(page).locator("dl.model").textContent(), /tiny-keras/);
  const named = await page.evaluate(() => [...window.named].filter((text) => text.includes("tiny-pytorch")));
  assert.deepEqual(named, [], "the first is never named");
  await page.done();
});

/** What is wrong with a model, where it comes out, and what the page says of it. */
const REFUSED = [
  ["alone", () => [model("pytorch")[0]], "given", /One network and one manifest are needed/],
  ["of another file", () => changed("other", { network: (it) => Buffer.concat([it, Buffer.from(" ")]) }), "given",
    /not the one that its manifest speaks of.*SHA-256/],
  ["without a threshold", () => changed("field", { manifest: ({ threshold, ...rest }) => rest }), "given",
    /manifest can't be used.*threshold/],
  ["of another kind", () => changed("schema", { manifest: (it) => ({ ...it, schema: "x" }) }), "given", /it is not a lithoscope/],
  ["with channels that it has not", () => changed("channels", {
    manifest: (it) => ({ ...it, input: { ...it.input, channels: [...it.input.channels, ...it.input.channels] } }),
  }), "searched", /names 2 channels, and it has 1/],
  ["whose images are padded to too little", () => changed("padding", {
    manifest: (it) => ({ ...it, input: { ...it.input, multiple_of: 2 } }),
  }), "searched", /poolings need 4/],
  ["with an output that it has not", () => changed("output", { manifest: (it) => ({ ...it, output: 1 }) }), "searched",
    /reads output 1 \(from 0\), and it has 1/],
];

test("a model that can't be used is refused with the reason, and ours is there again", async () => {
  const page = await open();
  for (const [what, files, when, reason] of REFUSED) {
    await give(page, files());
    if (when === "searched") {
      await findings(page).getByText("tiny-pytorch 1.0.0").waitFor();
      await button(page, "Predict").click();
    }
    await page.getByRole("alert").getByText(reason).waitFor({ timeout: 60_000 }).catch(() => assert.fail(`a model ${what}`));
    await page.getByRole("alert").getByRole("button", { name: "Close" }).click();
    if (when === "searched") await button(page, "Use the built-in model").click();
  }
  await searchByOurs(page);
  await page.done();
});

test("a file that only calls itself ONNX is refused", async () => {
  const noise = Buffer.from("this is no network");
  const sha256 = createHash("sha256").update(noise).digest("hex");
  const page = await open();
  await give(page, changed("noise", { network: () => noise, manifest: (it) => ({ ...it, sha256 }) }));
  await findings(page).getByText("tiny-pytorch 1.0.0").waitFor();
  await button(page, "Predict").click();
  await page.getByRole("alert").getByText(/did not pass its trial/).waitFor({ timeout: 60_000 });
  await page.done();
});

test("what a manifest says of itself is text, whatever it holds", async () => {
  const name = '<img src=x onerror="document.title=1">\u202e';
  const page = await open();
  await give(page, changed("html", { manifest: (it) => ({ ...it, name, validation: name }) }));
  await findings(page).getByText(`${name} 1.0.0`).waitFor();
  await search(page);
  assert.ok((await findings(page).locator("dl.model").textContent()).includes(name));
  assert.equal(await page.locator("img[src=x]").count(), 0);
  assert.notEqual(await page.title(), "1");
  await page.done();
});

// From the PACS and back to it, with a real one: Debian's Orthanc behind the origin.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { inRepository, openPage, screenshot, startOrigin } from "./harness.mjs";
import { hasOrthanc, startOrthanc } from "./orthanc.mjs";
import { button, eventually, loaded } from "./viewer.mjs";

const SLICES = 130;
const NAME = "Hospital PACS";
const skip = !hasOrthanc && "no Orthanc with DICOMweb here";
let orthanc, origin, address, study, series;

before(async () => {
  if (!hasOrthanc) return;
  orthanc = await startOrthanc();
  assert.equal((await orthanc.upload(readFileSync(inRepository("demo/demo.zip")))).status, 200);
  origin = await startOrigin(["--dicomweb", orthanc.dicomWeb, "--dicomweb-name", NAME]);
  address = `${origin.address}/`;
  const rows = await (await fetch(`${address}dicomweb/studies`)).json();
  study = rows[0]["0020000D"].Value[0];
  const all = await (await fetch(`${address}dicomweb/studies/${study}/series`)).json();
  series = all.find((row) => row["00201209"].Value[0] === SLICES)["0020000E"].Value[0];
});
after(async () => {
  await origin?.stop();
  await orthanc?.stop();
});

const sheet = (page, name) => page.getByRole("dialog", { name: `${name} ${NAME}` });
const toPacs = (page) => page.asked.filter((url) => url.startsWith(`${address}dicomweb/`));
const alert = (page, text) => page.getByRole("alert").getByText(text).waitFor();

test("search, open, predict, store, and read back what was stored", { skip }, async () => {
  const page = await openPage(address, { pacs: "dicomweb/" });
  await button(page, `Open from ${NAME}`).first().waitFor();
  await page.waitForLoadState("networkidle");
  assert.ok(!page.asked.some((url) => /dicomweb|pacs.*\.(js|wasm)/.test(url)), "nothing of it is fetched before it is asked for");
  await screenshot(page, "pacs-welcome");

  await button(page, `Open from ${NAME}`).last().click();
  const search = sheet(page, "Open from");
  await search.getByLabel("Patient ID").fill("nobody & nothing");
  await button(search, "Search").click();
  await search.getByText("No CT study matches.").waitFor();
  await search.getByLabel("Patient ID").fill("");
  await search.getByLabel("Patient name").fill("Nobody");
  await button(search, "Search").click();
  await search.getByText("No CT study matches.").waitFor();
  await search.getByLabel("Patient name").fill("Demo^Syn");
  await search.getByLabel("Patient ID").fill("DEMO");
  await search.getByLabel("Study date from").fill("2023-12-31");
  await search.getByLabel("Study date to").fill("2024-01-01");
  await search.getByLabel("Patient ID").press("Enter");
  await button(search, "Demo Synthetic").click();
  await search.getByRole("button", { name: /130 images$/ }).waitFor();
  await screenshot(page, "pacs-search");
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot(page, "pacs-search-narrow");
  await page.setViewportSize({ width: 1440, height: 900 });
  const before = page.asked.length;
  await search.getByRole("button", { name: /130 images$/ }).click();
  await loaded(page, SLICES);
  assert.equal(page.url(), address, "the page writes no address of its own");
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])), '[{},{},""]');
  assert.equal(await page.getByRole("region", { name: /Not loaded/ }).count(), 0);

  // The foot tells of these requests, and to whom they went: the script that brings the policy is asked for anew.
  const asked = page.asked.slice(before);
  const [of, others] = [toPacs({ asked }).length, asked.filter((url) => !toPacs({ asked }).includes(url))];
  assert.deepEqual(others.map((url) => url.replace(/-\w{16}\./, ".")), [`${address}pacs-boot.js`]);
  const counter = page.getByRole("contentinfo").getByRole("button", { name: new RegExp(`opened files: ${asked.length}, of them (for files of this page: \\d+, )?to ${NAME}: ${of}$`) });
  await counter.waitFor();
  await counter.click();
  await page.getByRole("dialog", { name: "What leaves, what stays" }).getByText(NAME, { exact: true }).first().waitFor();
  await screenshot(page, "pacs-trust");
  await page.keyboard.press("Escape");

  await button(page, "Predict").click();
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  const { CountInstances } = await orthanc.json("/statistics");
  await findings.getByText("Save", { exact: true }).click();
  await button(page, `Send findings to ${NAME}`).click();
  const sending = sheet(page, "Send findings to");
  await sending.getByText(/^Demo Synthetic · DEMO · 2024-01-01 · Demonstration/).waitFor();
  await sending.getByText(/DICOM segmentation.*kB/).waitFor();
  await eventually(async () => assert.ok(await button(sending, "Send").isEnabled()));
  await screenshot(page, "pacs-send");
  await button(sending, "Cancel").click();
  assert.deepEqual([page.posted.length, (await orthanc.json("/statistics")).CountInstances], [0, CountInstances], "nothing goes without a yes");

  await button(page, `Send findings to ${NAME}`).click();
  await button(sending, "Send").click();
  await eventually(async () => assert.equal(await sending.getByText("stored", { exact: true }).count(), 2), 30_000);
  await screenshot(page, "pacs-sent");
  await page.setViewportSize({ width: 390, height: 844 });
  await screenshot(page, "pacs-sent-narrow");
  await page.setViewportSize({ width: 1440, height: 900 });
  await button(sending, "Close").click();

  // What the PACS has is what was sent, byte for byte, in the study it belongs to; and the report refers to the segmentation.
  assert.equal(page.posted.length, 1);
  const uids = [];
  for (const modality of ["SEG", "SR"]) {
    const [file, ...more] = await orthanc.filesOf(modality);
    assert.ok(more.length === 0 && page.posted[0].includes(file), `${modality} is kept as it was sent`);
    const rows = await (await fetch(`${address}dicomweb/studies/${study}/series?Modality=${modality}`)).json();
    const own = rows[0]["0020000E"].Value[0];
    const [instance] = await (await fetch(`${address}dicomweb/studies/${study}/series/${own}/instances`)).json();
    uids.push(instance["00080018"].Value[0]);
    assert.ok(file.includes(uids.at(-1)));
    if (modality === "SR") assert.ok(file.includes(uids[0]), "the report names the segmentation");
  }
  assert.equal(toPacs(page).filter((url) => url === `${address}dicomweb/studies`).length, 1, "stored once");
  await page.done();
});

test("a link opens one exam, and one that names none is refused", { skip }, async () => {
  const page = await openPage(address, { pacs: "dicomweb/", search: `?study=${study}&series=${series}` }, /Failed to load resource/);
  await loaded(page, SLICES);
  await page.goto(`${address}?study=${study}`);
  await sheet(page, "Open from").getByRole("button", { name: /130 images$/ }).click();
  await loaded(page, SLICES);
  for (const bad of ["?study=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "?study=1.2/../../system", `?study=${study}&series=x`]) {
    const before = toPacs(page).length;
    await page.goto(`${address}${bad}`);
    await alert(page, "The link names no exam");
    assert.equal(toPacs(page).length, before);
  }
  await page.goto(`${address}?study=1.2.3&series=1.2.4`);
  await alert(page, "The PACS does not have it");
  await page.done();
});

test("without a PACS there is no word of one, and nothing of it is fetched", async () => {
  const plain = await startOrigin();
  const page = await openPage(`${plain.address}/`, { search: "?study=1.2&series=1.3" });
  await alert(page, "this page has no PACS");
  assert.equal(await page.getByRole("button", { name: /Open from|Send findings/ }).count(), 0);
  await page.keyboard.press("?");
  assert.equal(await page.getByRole("dialog").getByText(/PACS/).count(), 0);
  await page.waitForLoadState("networkidle");
  assert.ok(!page.asked.some((url) => /dicomweb|pacs.*\.(js|wasm)/.test(url)));
  await page.done();
  await plain.stop();
});

// lithoscope.html from a disk: the whole job, without a server and without a request.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inRepository, launch, screenshot } from "./harness.mjs";
import { button, loaded, openFiles } from "./viewer.mjs";

test("one file does the whole job", async () => {
  process.stdout.write(execFileSync("node", [inRepository("tools/single-file.mjs")]));
  const html = readFileSync(inRepository("lithoscope.html"), "utf8");
  assert.doesNotMatch(html, /(src|href)="(?!data:)/, "it names no other file");
  const browser = await launch(["--disable-gpu"]);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", offline: true });
  const page = await context.newPage();
  const [errors, asked] = [[], []];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  try {
    await page.goto(`file://${inRepository("lithoscope.html")}`);
    await openFiles(page, inRepository("demo/demo.zip"));
    await loaded(page, 130);
    await button(page, "Predict").click();
    const findings = page.getByRole("region", { name: "Findings" });
    await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
    assert.ok((await findings.getByRole("button", { name: /Model finding/ }).count()) >= 5);
    await findings.getByText("Save", { exact: true }).click();
    const download = page.waitForEvent("download");
    await button(page, "DICOM segmentation").click();
    assert.ok((await download).suggestedFilename().endsWith("stones-seg.dcm"));
    await screenshot(page, "single-file");
    assert.deepEqual(errors, []);
    assert.deepEqual(asked.filter((url) => !/^(file|blob|data):/.test(url)), [], "nothing is asked of a network");
  } finally {
    await browser.close();
  }
});

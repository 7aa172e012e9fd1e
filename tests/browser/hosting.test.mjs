// The same dist/ from servers that know nothing of it, and from none at all.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { dist, listen, openPage } from "./harness.mjs";
import { button, eventually, loaded, openFolder, shows } from "./viewer.mjs";

const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };

let folder;
before(() => writeCt((folder = mkdtempSync(`${tmpdir()}/lithoscope-`))));
after(() => rmSync(folder, { recursive: true }));

/** Serves dist under a sub-path with no header but the type, and none for WebAssembly. `change` may alter files. */
async function plainServer(change = (_name, content) => content) {
  const server = createServer((request, response) => {
    const name = request.url.slice("/some/where/".length) || "index.html";
    const type = TYPES[name.split(".").at(-1)];
    response.writeHead(200, type ? { "content-type": type } : {}).end(change(name, readFileSync(`${dist}/${name}`)));
  });
  const address = `${await listen(server)}/some/where/`;
  return { address, stop: () => server.close() };
}

async function opensTheFolder(page) {
  await openFolder(page, folder);
  await loaded(page, made.slices);
  await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
}

test("a plain server, under a sub-path", async () => {
  const server = await plainServer();
  const page = await openPage(server.address);
  await opensTheFolder(page);
  await page.done();
  server.stop();
});

test("no network, once the page is there", async () => {
  const server = await plainServer();
  const page = await openPage(server.address);
  // The last that comes are the workers that search.
  await eventually(async () => {
    const roles = await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.role)));
    assert.ok(roles.filter((role) => role === "infer").length >= 2);
  });
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await opensTheFolder(page);
  await button(page, "Predict").click();
  await page.getByRole("region", { name: "Findings" }).getByText(`No candidate above the threshold in ${made.slices} slices`).waitFor();
  await page.done();
  server.stop();
});

const altered = {
  "a model that is not the page's own": [/manifest-\w+\.json$/, (content) => content.replace(/("sha256": ")\w{8}/, "$100000000")],
  "a model that came damaged": [/stone-unet-\w+\.plan$/, (content) => content.slice(0, -100)],
};
for (const [what, [file, alter]] of Object.entries(altered)) {
  test(`${what} is refused, and the viewer goes on`, async () => {
    const server = await plainServer((name, content) => (
      file.test(name) ? Buffer.from(alter(content.toString("latin1")), "latin1") : content
    ));
    const page = await openPage(server.address);
    await opensTheFolder(page);
    await button(page, "Predict").click();
    await page.getByRole("alert").getByText("not the one that belongs to this page").waitFor();
    await button(page, "Next slice").click();
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2 - 1));
    await page.done();
    server.stop();
  });
}

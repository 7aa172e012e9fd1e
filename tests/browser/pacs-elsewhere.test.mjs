// A PACS on another origin than the page's: asked by CORS, and allowed by its very address.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, slice } from "./dicom.mjs";
import { dist, inRepository, listen, openPage, startOrigin } from "./harness.mjs";
import { hasOrthanc, startOrthanc } from "./orthanc.mjs";
import { button, eventually, loaded, openFiles, shows } from "./viewer.mjs";

const NAME = "PACS next door";
const skip = !hasOrthanc && "no Orthanc with DICOMweb here";

/** Orthanc behind a server that lets pages of `allowed` origins have what it says, and that counts what it was asked. */
async function startDoor(orthanc) {
  const door = { allowed: [], asked: [] };
  const server = createServer((request, response) => {
    const { origin } = request.headers;
    door.asked.push({ method: request.method, path: request.url, headers: request.headers });
    const cors = door.allowed.includes(origin) ? { "access-control-allow-origin": origin, vary: "origin" } : {};
    if (request.method === "OPTIONS") {
      return response.writeHead(204, { ...cors, "access-control-allow-headers": "accept, content-type" }).end();
    }
    const { method, headers } = request;
    const onward = forward(`${new URL(orthanc.dicomWeb).origin}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, { ...answer.headers, ...cors });
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  door.address = `${await listen(server)}/dicom-web/`;
  door.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return door;
}

let orthanc, door, origin, address, folder;
const site = (url) => writeFileSync(`${folder}/page/site.json`, JSON.stringify({ dicomweb: { name: NAME, url } }));
before(async () => {
  if (!hasOrthanc) return;
  orthanc = await startOrthanc();
  for (let k = 0; k < made.slices; k++) await orthanc.upload(slice(k));
  door = await startDoor(orthanc);
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  cpSync(dist, `${folder}/page`, { recursive: true });
  site(door.address);
  origin = await startOrigin([], `${folder}/page`);
  address = `${origin.address}/`;
});
after(async () => {
  await origin?.stop();
  door?.stop();
  await orthanc?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

const sheet = (page, what) => page.getByRole("dialog", { name: `${what} ${NAME}` });
const named = (pattern) => readdirSync(dist).find((name) => pattern.test(name));
const policyOf = async (name, of = address) => (await fetch(of + name)).headers.get("content-security-policy");

async function search(page) {
  await button(page, `Open from ${NAME}`).first().click();
  await button(sheet(page, "Open from"), "Search").click();
}

test("only the worker that speaks to it may, and below its address only", { skip }, async () => {
  assert.ok((await policyOf(named(/^pacs-boot-\w+\.js$/))).endsWith(`connect-src ${door.address}`));
  assert.ok((await policyOf(named(/^boot-\w+\.js$/))).endsWith("connect-src 'none'"));
  assert.match(await policyOf(""), /connect-src 'self';/);
});

test("search, open and store there, without a cookie and without the page's address", { skip }, async () => {
  door.allowed = [origin.address];
  const page = await openPage(address, { pacs: door.address });
  await search(page);
  await sheet(page, "Open from").getByRole("row").nth(1).getByRole("button").first().click();
  await sheet(page, "Open from").getByRole("button", { name: /12 images$/ }).click();
  await loaded(page, made.slices);
  await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
  assert.equal(await page.getByRole("region", { name: /Not loaded/ }).count(), 0);
  await page.getByRole("contentinfo").getByRole("button", { name: new RegExp(`of them (for files of this page: \\d+, )?to ${NAME}: \\d+$`) }).waitFor();
  await button(page, "Close study").click();

  // A finding of the demo, of which that PACS knows nothing yet.
  await openFiles(page, inRepository("demo/demo.zip"));
  await loaded(page, 130);
  await button(page, "Predict").click();
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  await findings.getByText("Save", { exact: true }).click();
  await button(page, `Send findings to ${NAME}`).click();
  const sending = sheet(page, "Send findings to");
  await eventually(async () => assert.ok(await button(sending, "Send").isEnabled()));
  await button(sending, "Send").click();
  await eventually(async () => assert.equal(await sending.getByText("stored", { exact: true }).count(), 2), 30_000);
  for (const modality of ["SEG", "SR"]) {
    const [file, ...more] = await orthanc.filesOf(modality);
    assert.ok(more.length === 0 && page.posted.at(-1).includes(file), `${modality} is kept as it was sent`);
  }
  assert.ok(door.asked.some(({ method }) => method === "OPTIONS"), "the browser asked whether it may");
  for (const { path, headers } of door.asked) {
    assert.ok(path.startsWith("/dicom-web/studies"), path);
    assert.deepEqual([headers.cookie, headers.referer, headers.authorization], [undefined, undefined, undefined]);
  }
  await page.done();
});

test("a PACS that does not let this page have it can't be reached, and the page says so", { skip }, async () => {
  door.allowed = ["https://another.example"];
  const page = await openPage(address, { pacs: door.address }, /CORS policy|Failed to load resource/);
  await search(page);
  await page.getByRole("alert").getByText("can’t be reached").waitFor();
  await page.done();
});

test("a site that names another PACS is followed by a page that was kept", { skip }, async () => {
  const next = await startDoor(orthanc);
  const page = await openPage(address, { pacs: door.address, weights: next.address });
  try {
    door.allowed = next.allowed = [origin.address];
    await page.getByText("Works offline").waitFor({ timeout: 60_000 });
    await page.reload();
    await search(page);
    await sheet(page, "Open from").getByRole("row").nth(1).waitFor();
    const port = new URL(address).port;
    await origin.stop();
    site(next.address);
    origin = await startOrigin(["--port", port], `${folder}/page`);
    await page.reload();
    const before = door.asked.length;
    await search(page);
    await sheet(page, "Open from").getByRole("row").nth(1).waitFor();
    assert.equal(door.asked.length, before, "the one before is asked nothing");
    assert.ok(next.asked.length > 0);
  } finally {
    await page.done();
    next.stop();
  }
});

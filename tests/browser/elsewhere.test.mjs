// The page from one server, its networks from another: `tools/build --weights ADDRESS`.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { inRepository, listen, openPage, startOrigin } from "./harness.mjs";
import { button, loaded, openFiles, openFolder, shows } from "./viewer.mjs";

/** What the other server does now. `change` may alter files. */
let now;
const asked = [];
const network = createServer((request, response) => {
  const name = request.url.slice("/of/stones/".length);
  if (now.cut) return request.socket.destroy();
  asked.push({ name, headers: request.headers });
  if (!existsSync(`${folder}/hosted/weights/${name}`)) return response.writeHead(404).end();
  response.writeHead(200, now.headers).end(now.change(name, readFileSync(`${folder}/hosted/weights/${name}`)));
});
const usual = () => ({ headers: { "access-control-allow-origin": "*" }, change: (_name, content) => content });

let folder, weights, origin;
before(async () => {
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(`${folder}/ct`);
  weights = `${await listen(network)}/of/stones/`;
  execFileSync("node", [inRepository("tools/elsewhere.mjs"), weights, `${folder}/hosted`]);
  origin = await startOrigin([], `${folder}/hosted/page`);
});
after(async () => {
  await origin.stop();
  network.close();
  network.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const NETWORK = /\.(plan|onnx)$/;
const found = (page) => page.getByRole("region", { name: "Findings" });

async function openAndPredict(page) {
  await openFolder(page, `${folder}/ct`);
  await loaded(page, made.slices);
  await button(page, "Predict").click();
}

test("the networks come from there, are what they must be, and are there without any network later", async () => {
  now = usual();
  assert.deepEqual(readdirSync(`${folder}/hosted/page`).filter((name) => NETWORK.test(name)), [], "the page's server has none");
  const policy = (await fetch(origin.address)).headers.get("content-security-policy");
  assert.ok(policy.includes(`connect-src 'self' ${weights};`), policy);

  const page = await openPage(`${origin.address}/`, { weights }, /net::ERR|Failed to load resource/);
  await page.getByText("Works offline").waitFor({ timeout: 60_000 });
  await openAndPredict(page);
  await found(page).getByText(`No candidate above the threshold in ${made.slices} slices`).waitFor({ timeout: 120_000 });
  const names = asked.map(({ name }) => name.replace(/-\w{16}\./, "."));
  assert.deepEqual([...new Set(names)].sort(), ["stone-tract.plan", "stone-unet.plan"]);
  for (const { headers } of asked) assert.deepEqual([headers.cookie, headers.referer, headers.authorization], [undefined, undefined, undefined]);

  now.cut = true;
  await page.context().setOffline(true);
  await page.reload();
  await openFiles(page, inRepository("demo/demo.zip"));
  await loaded(page, 130);
  await button(page, "Predict").click();
  await found(page).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  assert.ok((await found(page).getByRole("button", { name: /Model finding/ }).count()) >= 5);
  await page.done();
});

const flipped = (content) => Buffer.concat([content.subarray(0, -9), Buffer.from([content.at(-9) ^ 1]), content.subarray(-8)]);
for (const [what, does, told] of [
  ["a network that was altered", { change: (name, content) => (/^stone-unet/.test(name) ? flipped(content) : content) }, "not the one that belongs to this page"],
  ["a network of the tract that was altered", { change: (name, content) => (/^stone-tract/.test(name) ? flipped(content) : content) }, "not the one that belongs to this page"],
  ["a server that lets no other page have it", { headers: {} }, "The stone model is missing"],
]) {
  test(`${what}: nothing is searched, and the viewer goes on`, async () => {
    now = { ...usual(), ...does };
    const page = await openPage(`${origin.address}/`, { weights }, /is of another version|CORS policy|Failed to load resource/);
    await openAndPredict(page);
    await page.getByRole("alert").getByText(told).waitFor();
    assert.equal(await found(page).getByText(/searched in|No candidate/).count(), 0);
    await button(page, "Next slice").click();
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2 - 1));
    await page.done();
  });
}

test("an address that can't stand in a policy is refused", () => {
  for (const bad of ["", "cdn.example/", "https://cdn.example/stones", "https://x/; script-src */", "https://cdn.example/?a=/", "file:///tmp/"]) {
    const { status, stderr } = spawnSync("node", [inRepository("tools/elsewhere.mjs"), bad, `${folder}/none`], { encoding: "utf8" });
    assert.deepEqual([status, stderr.startsWith("usage:"), existsSync(`${folder}/none`)], [1, true, false], bad);
  }
});

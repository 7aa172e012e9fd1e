// A start without network: the browser keeps the page's own files, all that the whole job needs, and never a study.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { dist, inRepository, listen, openPage } from "./harness.mjs";
import { button, loaded, openFiles } from "./viewer.mjs";

const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json", wasm: "application/wasm" };

/** Serves dist under a sub-path, until it is cut off; `change` alters files as another version would have them. */
async function startServer() {
  const server = { cut: false, change: (_name, content) => content };
  const http = createServer((request, response) => {
    if (server.cut) return request.socket.destroy();
    const name = request.url.slice("/at/a/path/".length) || "index.html";
    const type = TYPES[name.split(".").at(-1)];
    response.writeHead(200, type ? { "content-type": type } : {}).end(server.change(name, readFileSync(`${dist}/${name}`)));
  });
  server.address = `${await listen(http)}/at/a/path/`;
  server.stop = () => http.close();
  return server;
}

const kept = (page) => page.evaluate(async () => {
  const all = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) all.push([name, new URL(request.url).pathname]);
  }
  return all;
});

test("the network is cut after the first visit, and the whole job is done", async () => {
  const server = await startServer();
  // What is cut off is told in the console.
  const page = await openPage(server.address, {}, /net::ERR|Failed to load resource/);
  const version = await page.locator(".version").textContent();
  assert.match(version, /Version \d+\.\d+\.\d+ [0-9a-f]{8}/);
  await page.getByText("Works offline").waitFor({ timeout: 60_000 });
  server.cut = true;
  await page.context().setOffline(true);
  await page.reload();
  assert.equal(await page.locator(".version").textContent(), version);
  await openFiles(page, inRepository("demo/demo.zip"));
  await loaded(page, 130);
  await button(page, "Predict").click();
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  assert.ok((await findings.getByRole("button", { name: /Model finding/ }).count()) >= 5);

  const all = await kept(page);
  assert.equal(new Set(all.map(([name]) => name)).size, 1, "one version is kept");
  for (const [, path] of all) {
    const name = path.slice("/at/a/path/".length) || "index.html";
    readFileSync(`${dist}/${name}`);
    assert.doesNotMatch(name, /demo/, "no study is kept, the demo neither");
  }
  await page.done();
  server.stop();
});

test("a newer version is told of, and the one that is there goes on until the next start", async () => {
  const server = await startServer();
  const page = await openPage(server.address);
  await page.getByText("Works offline").waitFor({ timeout: 60_000 });
  // As after an update: another page, and a list that names its hash.
  const changed = Buffer.from(readFileSync(`${dist}/index.html`, "utf8").replace("<title>Lithoscope", "<title>Newer Lithoscope"));
  const { createHash } = await import("node:crypto");
  const hash = (content) => createHash("sha256").update(content).digest("hex");
  const old = hash(readFileSync(`${dist}/index.html`));
  server.change = (name, content) => {
    if (name === "index.html") return changed;
    if (name !== "offline.js") return content;
    return Buffer.from(content.toString().replace(old, hash(changed)).replace(/VERSION = "\w+"/, 'VERSION = "newer"'));
  };
  await page.reload();
  assert.equal(await page.title(), "Lithoscope");
  await page.getByText("A newer version is there and starts next time").waitFor({ timeout: 60_000 });
  const context = page.context();
  await page.close();
  const next = await context.newPage();
  await next.waitForTimeout(500);
  await next.goto(server.address);
  assert.equal(await next.title(), "Newer Lithoscope");
  assert.deepEqual([...new Set((await kept(next)).map(([name]) => name))], ["lithoscope-newer"]);
  await page.done();
  server.stop();
});

test("a file of another version is not kept", async () => {
  const server = await startServer();
  server.change = (name, content) => (/^stone-unet-\w+\.plan$/.test(name) ? Buffer.concat([content, Buffer.from("?")]) : content);
  const page = await openPage(server.address, {}, /is of another version/);
  await page.waitForTimeout(16_000);
  assert.equal(await page.getByText("Works offline").count(), 0);
  assert.deepEqual((await kept(page)).filter(([, path]) => /stone-unet-\w+\.plan$/.test(path)), []);
  await page.done();
  server.stop();
});

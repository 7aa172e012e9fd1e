// Opens the built page in a real browser and keeps account of all it asks the network for.
//
// The page knows no way out but a proxy of this file's, so that no request, of a worker neither, can go unseen.
// The proxy is the page's and not the browser's, which has requests of its own (updates) that prove nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium, firefox } from "playwright-core";
import { launchWebKit } from "./webkit.mjs";

export { chromium };

/** Firefox where FIREFOX names its program, by WebDriver BiDi; else Chromium. */
export async function launch(args) {
  if (process.env.FIREFOX) return launchFirefox();
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [...args, "--no-sandbox", "--disable-quic", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-features=AutofillServerCommunication"],
  });
}

/**
 * Where a page reads what a worker paints, Firefox has it wait for the worker, so long at most, and go on with nothing; and
 * the worker may be waiting for the page. By itself it waits for 10 s.
 */
const READ_MS = 250;

async function launchFirefox() {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.FIREFOX,
    downloadsPath: folder,
    firefoxUserPrefs: { "network.proxy.allow_hijacking_localhost": true, "gfx.offscreencanvas.snapshot-timeout-ms": READ_MS },
  });
  browser.on("disconnected", () => rmSync(folder, { recursive: true }));
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.on("page", (page) => {
      const waitForEvent = page.waitForEvent.bind(page);
      page.waitForEvent = (name, ...more) => (name === "download" ? downloaded(folder) : waitForEvent(name, ...more));
    });
    return context;
  };
  return browser;
}

/** What comes into an empty folder next: Firefox's driver does not tell of downloads. */
async function downloaded(folder) {
  for (const until = Date.now() + 30_000; ; await sleep(50)) {
    const [name, ...more] = readdirSync(folder).filter((name) => !name.startsWith("."));
    // It is given its name when it is all there, and may be gone by then under another one.
    if (more.length === 0 && name && statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.size > 0) {
      const path = `${folder}/.${name}`;
      renameSync(`${folder}/${name}`, path);
      return { suggestedFilename: () => name, path: async () => path, saveAs: async (to) => copyFileSync(path, to) };
    }
    assert.ok(Date.now() < until, "nothing was downloaded");
  }
}

const repository = new URL("../../", import.meta.url);
export const inRepository = (path) => fileURLToPath(new URL(path, repository));
export const dist = inRepository("dist");
/** A program that ./test has built. */
export const built = (name) => `${process.env.CARGO_TARGET_DIR ?? inRepository("target")}/debug/${name}`;

/** The origin on a free port: its address, and a way to end it. */
export async function startOrigin(options = [], folder = dist) {
  const origin = spawn(built("lithoscope-origin"), [folder, "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(origin.stdout, "data");
  const address = /http:\S+/.exec(line)[0];
  return {
    address,
    async stop() {
      origin.kill("SIGTERM");
      const [code] = await once(origin, "exit");
      assert.equal(code, 0, "the origin ends in order when it is told to");
    },
  };
}

export async function freePort() {
  const server = createServer();
  const { port } = new URL(await listen(server));
  server.close();
  await once(server, "close");
  return Number(port);
}

export async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * A proxy that lets through what goes to `origins`, and keeps a list of all that was asked, and of what was sent. Workers
 * boot with `before`.
 */
async function startProxy(origins, before) {
  const [asked, posted] = [[], []];
  const server = createServer((request, response) => {
    asked.push(request.url);
    if (!origins.includes(new URL(request.url).origin)) return response.writeHead(502).end();
    const { method, headers } = request;
    const boots = before && /\/boot-/.test(request.url);
    if (boots) headers["accept-encoding"] = "identity";
    const onward = forward(request.url, { method, headers }, (answer) => {
      if (boots) delete answer.headers["content-length"];
      response.writeHead(answer.statusCode, answer.headers);
      if (boots) response.write(before);
      answer.on("error", () => response.destroy()).on("aborted", () => response.destroy());
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    if (method === "POST") {
      const sent = [];
      request.on("data", (bytes) => sent.push(bytes)).on("end", () => posted.push(Buffer.concat(sent)));
    }
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    asked.push(request.url);
    socket.end("HTTP/1.1 502 Refused\r\n\r\n");
  });
  return { asked, posted, server, address: await listen(server) };
}

/**
 * Opens the page at `address` (a folder's, with the slash at its end). `page.done()` closes it, and fails on any
 * request but for a file of dist, or below a `pacs` or `weights`, there or elsewhere, and on any error in the console that is
 * not `expected`. `args` are the browser's, `before` is a script that every worker begins with, `search` goes behind the
 * address.
 */
export async function openPage(address, { args = ["--disable-gpu"], before, pacs, weights, search = "", ...options } = {}, expected = /(?!)/) {
  const allowed = [pacs, weights].filter(Boolean).map((it) => new URL(it, address).href);
  const proxy = await startProxy([address, ...allowed].map((it) => new URL(it).origin), before);
  const viewport = options.viewport ?? { width: 1440, height: 900 };
  if (process.env.WEBKIT) {
    const page = await launchWebKit({ proxy: proxy.address, viewport });
    await page.goto(address + search);
    return watched(page, page.close, { proxy, address, allowed });
  }
  const browser = await launch(args);
  const context = await browser.newContext({
    proxy: { server: proxy.address, bypass: "<-loopback>" },
    locale: "en-GB",
    ...options,
    viewport,
  });
  const page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  // Firefox calls so what was still on its way when a page is left.
  const unexpected = () => errors.filter((error) => !expected.test(error) && error !== "NS_BINDING_ABORTED");
  await page.goto(address + search);

  return watched(page, async () => {
    await browser.close();
    assert.deepEqual(unexpected(), [], "errors in the console");
  }, { proxy, address, allowed });
}

/** A page that tells what was asked of the network, and judges it when it is done. */
function watched(page, close, { proxy, address, allowed }) {
  page.asked = proxy.asked;
  page.posted = proxy.posted;
  page.done = async () => {
    await close().finally(() => proxy.server.close());
    for (const url of proxy.asked) {
      const path = url.startsWith(address) ? new URL(url).pathname.slice(new URL(address).pathname.length) : null;
      assert.ok(allowed.some((it) => url.startsWith(it)) || (path !== null && existsSync(`${dist}/${path || "index.html"}`)), `foreign request: ${url}`);
    }
    return proxy.asked;
  };
  return page;
}

/** What a canvas shows, also one that a worker paints. */
export async function pixels(canvas, tries = 20) {
  const { width, height, base64, ms } = await canvas.evaluate((canvas) => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d");
    const began = performance.now();
    copy.drawImage(canvas, 0, 0);
    const ms = performance.now() - began;
    const { data } = copy.getImageData(0, 0, width, height);
    let text = "";
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return { width, height, base64: btoa(text), ms };
  });
  if (process.env.FIREFOX && ms >= READ_MS && tries > 0) return pixels(canvas, tries - 1);
  const data = Buffer.from(base64, "base64");
  return { width, height, data, at: (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)] };
}

/** A picture for a person to look at, in target/screenshots. Firefox's driver would break the page's policy for it. */
export async function screenshot(page, name) {
  if (process.env.FIREFOX || process.env.WEBKIT) return;
  const folder = inRepository("target/screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}

/** The end of a file of tests: a page that complains takes its server and its folder with it all the same. */
export async function leave(page, origin, folder) {
  try {
    await page?.done();
  } finally {
    await origin?.stop();
    if (folder) rmSync(folder, { recursive: true });
  }
}

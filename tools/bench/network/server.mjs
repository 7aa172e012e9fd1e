// Serves the engines, built for a bare page, and what is made for them; and opens that page.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { chromium, inRepository, listen } from "../../../tests/browser/harness.mjs";

const FOLDERS = { engines: "target/engines", ort: "tools/bench/node_modules/onnxruntime-web/dist", bench: "tools/bench/network" };
const TYPES = { ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm" };

/** A server; `made` holds what has no file: a path and its bytes. */
export async function serve(made) {
  const server = createServer(({ url }, response) => {
    const [, folder, path] = /^\/(\w+)\/([\w./-]*)$/.exec(url) ?? [];
    const body = made.get(url) ?? (FOLDERS[folder] ? readFileSync(inRepository(`${FOLDERS[folder]}/${path}`)) : "");
    response.writeHead(200, {
      "Content-Type": TYPES[extname(url)] ?? "text/html",
      // What onnxruntime needs for its threads; ours needs none of it.
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    }).end(body);
  });
  return { address: await listen(server), stop: () => server.close() };
}

/** Does `work` with the page that knows `race`, `raceSlices` and `loop`. */
export async function onPage(address, work, args = ["--disable-gpu"]) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", ...args] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${address}/`);
    await page.addScriptTag({ url: "/bench/page.mjs", type: "module" });
    await page.waitForFunction(() => globalThis.loop);
    return await work(page, browser.version());
  } finally {
    await browser.close();
  }
}

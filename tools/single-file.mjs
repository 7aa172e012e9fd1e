// Packs dist/ into one file, lithoscope.html, that works from a disk: page, workers, model, and with --with-demo the
// demo. Each part is gzipped text in the page; a start script unpacks them into Blobs, and nothing is asked of anyone.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../", import.meta.url));
const withDemo = process.argv.includes("--with-demo");
const page = readFileSync(`${root}dist/index.html`, "utf8");
const merged = new Map();
const content = (address) => merged.get(address) ?? readFileSync(`${root}dist/${address.slice(2)}`);

const files = JSON.parse(/<script type="application\/json" id="files">(.*?)<\/script>/.exec(page)[1]);
// There is a plan, so nothing reads ONNX; and no server, so nothing is kept of one.
delete files.foreign;
delete files.model.weights;
delete files.offline;
delete files.pacs;
delete files.site;
if (!withDemo) delete files.demo;

// A worker from a disk may load no script but its first: that holds its program as well.
const IMPORT = "importScripts(script);";
for (const program of [files.worker, files.decoder, files.relaxed, files.graphics]) {
  const boot = content(program.boot).toString();
  if (!boot.includes(IMPORT)) throw new Error("src/boot.js loads its program in another way");
  const whole = program.script.replace(".js", ".boot.js");
  merged.set(whole, Buffer.from(`${content(program.script)}\n${boot.replace(IMPORT, "")}`));
  Object.assign(program, { boot: whole, script: "" });
}

const start = /<script type="module" src="(\.\/start-\w+\.js)"><\/script>/.exec(page);
const [, script, wasm] = /from '([^']+)'[\s\S]*module_or_path: '([^']+)'/.exec(content(start[1]).toString());
const names = new Set();
JSON.stringify([files, script, wasm], (_, value) => (typeof value === "string" && value.startsWith("./") ? names.add(value) && value : value));

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
const blocks = [...names].map((name) => {
  const type = TYPES[extname(name)] ?? "application/octet-stream";
  return `<script type="text/plain" data-file="${name}" data-type="${type}">${gzipSync(content(name), { level: 9 }).toString("base64")}</script>`;
});

const unpack = `
const addresses = {};
await Promise.all([...document.querySelectorAll("script[data-file]")].map(async (block) => {
  const packed = Uint8Array.from(atob(block.textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const plain = await new Response(stream).arrayBuffer();
  addresses[block.dataset.file] = URL.createObjectURL(new Blob([plain], { type: block.dataset.type }));
  block.remove();
}));
const files = document.getElementById("files");
files.textContent = JSON.stringify(JSON.parse(files.textContent), (_, value) => addresses[value] ?? value);
const { default: init } = await import(addresses["${script}"]);
await init({ module_or_path: addresses["${wasm}"] });
`;

const styles = [...page.matchAll(/<link rel="stylesheet" href="(\.\/[^"]+)"[^>]*>/g)];
const style = styles.map(([, address]) => content(address)).join("\n");
const icon = readdirSync(`${root}dist`).find((name) => /^icon-\w+\.svg$/.test(name));
const allowed = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'", `script-src ${allowed(unpack)} blob: 'wasm-unsafe-eval'`, "worker-src blob:", "connect-src blob:",
  `style-src ${allowed(style)}`, "img-src data: blob:", "base-uri 'none'", "form-action 'none'",
].join("; ");

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Lithoscope</title>
<link rel="icon" href="data:image/svg+xml;base64,${readFileSync(`${root}dist/${icon}`).toString("base64")}">
<style>${style}</style>
<script type="application/json" id="files">${JSON.stringify(files)}</script>
</head>
<body>
${blocks.join("\n")}
<script type="module">${unpack}</script>
</body>
</html>
`;
writeFileSync(`${root}lithoscope.html`, html);
console.log(`lithoscope.html: ${(html.length / 1e6).toFixed(2)} MB${withDemo ? ", with the demo" : ""}`);

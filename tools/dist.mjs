// Trunk's post_build hook: makes what was built fit for any static server.
//
// Every file but index.html gets the hash of its content in its name, so that it may be cached for ever; the
// page learns the names from one JSON block in index.html. Trunk's inline start script becomes a file, as the
// page's policy allows none in line. What compresses is laid down compressed, too.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { runInThisContext } from "node:vm";
import { pack } from "./pack.mjs";

const dist = process.env.TRUNK_STAGING_DIR;
const root = process.env.TRUNK_SOURCE_DIR;

function hashed(name, content) {
  const { name: stem, ext } = parse(name);
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}${ext}`;
}

/** Gives a file of dist its hashed name; returns its address relative to the page. */
function rename(name) {
  const to = hashed(name, readFileSync(join(dist, name)));
  renameSync(join(dist, name), join(dist, to));
  return `./${to}`;
}

/** Copies a file of the repository, if it is there. */
function copy(path, name = parse(path).base) {
  if (!existsSync(join(root, path))) return undefined;
  const to = hashed(name, readFileSync(join(root, path)));
  copyFileSync(join(root, path), join(dist, to));
  return `./${to}`;
}

function program(name, boot) {
  return { boot, script: rename(`${name}.js`), wasm: rename(`${name}_bg.wasm`) };
}

function externalStart(html) {
  const inline = /<script type="module">([\s\S]*?)<\/script>/;
  const script = inline.exec(html)?.[1];
  if (!script) throw new Error("Trunk's start script is not where it used to be in index.html");
  const name = hashed("start.js", script);
  writeFileSync(join(dist, name), script);
  return html.replace(inline, `<script type="module" src="./${name}"></script>`);
}

/** Lowers networks to their plans, by the program that reads ONNX. Outside a worker its `main` does nothing. */
function plans(...names) {
  const foreign = runInThisContext(`${readFileSync(join(dist, "foreign.js"), "utf8")}\nwasm_bindgen`);
  foreign.initSync({ module: readFileSync(join(dist, "foreign_bg.wasm")) });
  return names.map((network) => {
    const content = foreign.plan(readFileSync(join(root, `models/${network}.onnx`)));
    const name = hashed(`${network}.plan`, content);
    writeFileSync(join(dist, name), content);
    return `./${name}`;
  });
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** What a browser installs the page by. */
function installable() {
  const icon = readdirSync(dist).find((name) => /^icon-\w+\.svg$/.test(name));
  const manifest = {
    name: "Lithoscope",
    short_name: "Lithoscope",
    description: "Finds urinary stones in a CT, on this computer. Research use, not a medical device.",
    start_url: "./",
    display: "standalone",
    background_color: "#000000",
    theme_color: "#0b0d10",
    icons: [{ src: `./${icon}`, sizes: "any", type: "image/svg+xml" }],
  };
  writeFileSync(join(dist, "lithoscope.webmanifest"), `${JSON.stringify(manifest, null, 1)}\n`);
  return '<link rel="manifest" href="./lithoscope.webmanifest">';
}

/** The service worker, told of every file by its hash. What few need is kept once it was asked for, the demo never. */
function offline() {
  // Which PACS there is, a site may say anew every day.
  const kept = readdirSync(dist).filter((name) => !["index.html", ".stage", "site.json"].includes(name));
  const rare = [files.foreign, files.graphics, files.pacs];
  const later = new Set([...rare.flatMap((program) => Object.values(program)), files.model.weights]);
  [files.worker.boot].forEach((name) => later.delete(name));
  const entry = (name) => {
    const address = name === "index.html" ? "./" : `./${name}`;
    // With the script that speaks to the PACS comes the policy that names it, and that the site may change.
    const keep = ![files.demo, files.pacs.boot].includes(address);
    return [address, { sha256: sha256(readFileSync(join(dist, name))), keep, first: keep && !later.has(address) }];
  };
  const list = JSON.stringify(Object.fromEntries(["index.html", ...kept].map(entry)), null, 1);
  const script = readFileSync(join(root, "src/offline.js"), "utf8")
    .replace('"unbuilt"', JSON.stringify(sha256(list).slice(0, 16)))
    .replace("const FILES = {};", `const FILES = ${list};`);
  writeFileSync(join(dist, "offline.js"), script);
}

const [plan, tract] = plans("stone-unet", "stone-tract");
const boot = copy("src/boot.js");
const files = {
  worker: program("worker", boot),
  decoder: program("decoder", boot),
  relaxed: program("relaxed", boot),
  graphics: program("graphics", boot),
  foreign: program("foreign", boot),
  // The same script under a name of its own: a server gives it a policy of its own.
  pacs: program("pacs", copy("src/boot.js", "pacs-boot.js")),
  site: "./site.json",
  model: {
    manifest: copy("models/manifest.json"),
    plan,
    weights: copy("models/stone-unet.onnx"),
    tract,
  },
  demo: copy("demo/demo.zip"),
};
// A page without a PACS, until the site writes another one.
writeFileSync(join(dist, "site.json"), "{}\n");
const head = installable();
files.build = sha256(readdirSync(dist).sort().join("\n")).slice(0, 8);
files.offline = "./offline.js";
const list = `<script type="application/json" id="files">${JSON.stringify(files)}</script>`;
const html = externalStart(readFileSync(join(dist, "index.html"), "utf8")).replace("</head>", `${head}${list}</head>`);
writeFileSync(join(dist, "index.html"), html);
offline();

const sizes = readdirSync(dist).sort().map((name) => ({ name, ...pack(join(dist, name)) }));
writeFileSync(join(dist, "sizes.json"), `${JSON.stringify(sizes, null, 1)}\n`);

// The invariants of ARCHITECTURE.md that can be held by reading the sources.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const git = (...arguments_) => execFileSync("git", arguments_, { cwd: root, encoding: "utf8" });
// Also what is not committed yet.
const paths = git("ls-files", "--cached", "--others", "--exclude-standard", "*.rs").split("\n").filter(Boolean);
const sources = paths.map((path) => {
  const text = readFileSync(root + path, "utf8");
  return { path, text, code: text.replaceAll(/\/\/.*/g, "") };
});

/** Names the files outside `allowed` whose code, without comments, has `pattern`. */
function offenders(pattern, allowed) {
  return sources.filter(({ path, code }) => pattern.test(code) && !allowed.test(path)).map(({ path }) => path);
}

const BROWSER = /\b(web_sys|js_sys|wasm_bindgen|gloo|leptos)\b/;
const PROGRAMS = /^(src|crates\/workers|tools\/(codecs|engines|gpu|rten))\//;

test("the browser is known to the programs only", () => {
  assert.deepEqual(offenders(BROWSER, PROGRAMS), []);
});

test("Leptos is known to the page only", () => {
  assert.deepEqual(offenders(/\bleptos\b/, /^src\//), []);
});

test("unsafe is forbidden everywhere but in the network's kernels", () => {
  assert.match(readFileSync(`${root}Cargo.toml`, "utf8"), /\[workspace\.lints\.rust\]\nunsafe_code = "forbid"/);
  const manifests = git("ls-files", "crates/*/Cargo.toml", "tools/*/Cargo.toml", "Cargo.toml").split("\n").filter(Boolean);
  const free = manifests.filter((path) => !readFileSync(root + path, "utf8").includes("[lints]\nworkspace = true"));
  assert.deepEqual(free, ["crates/unet/Cargo.toml"]);
  assert.match(readFileSync(`${root}crates/unet/Cargo.toml`, "utf8"), /\[lints\.rust\]\n(#.*\n)*unsafe_code = "deny"/);
  assert.deepEqual(offenders(/allow\(unsafe_code\)/, /^crates\/unet\/src\/kernels\/mod\.rs$/), []);
  assert.deepEqual(offenders(/\bunsafe\s+(\{|fn|impl|extern|trait)/, /^crates\/unet\/src\/kernels/), []);
});

test("two ways out: the page's own files, and the PACS that a site names", () => {
  const names = offenders(/\bfetch(_with\w+)?\b|\bRequest::|XmlHttpRequest|WebSocket|EventSource|send_beacon/,
    /^crates\/origin\//);
  assert.deepEqual(names, ["crates/workers/src/pacs/web.rs", "src/statics.rs"]);
  // The second is in no program but the one whose policy allows it.
  const reached = offenders(/\bpacs::start\b/, /^crates\/workers\/src\/bin\/pacs\.rs$/);
  assert.deepEqual(reached, []);
  assert.match(readFileSync(`${root}crates/workers/src/lib.rs`, "utf8"), /#\[cfg\(feature = "pacs"\)\]\npub mod pacs;/);
  // Beside it the service worker, which asks for the page's own files by their hashes, and for nothing else.
  const scripts = git("ls-files", "--cached", "--others", "--exclude-standard", "src/*.js").split("\n").filter(Boolean);
  const fetching = scripts.filter((path) => /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/.test(readFileSync(root + path, "utf8")));
  assert.deepEqual(fetching, ["src/offline.js"]);
});

test("arrows between the rooms go one way", () => {
  const rooms = {
    volume: [],
    reader: ["volume"],
    paint: ["volume"],
    unet: [],
    gpu: ["unet"],
    label: ["volume"],
    stones: ["volume", "reader", "unet"],
    export: ["volume", "reader", "stones"],
    dicomweb: [],
    workers: ["volume", "reader", "paint", "unet", "gpu", "label", "stones", "export", "dicomweb"],
    page: ["volume", "stones", "workers", "dicomweb"],
    cli: ["volume", "reader", "paint", "unet", "stones", "export"],
    origin: ["dicomweb"],
    codecs: ["reader"],
    engines: ["unet", "workers"],
    "gpu-check": ["unet", "workers"],
  };
  const room = (name) => (name === "lithoscope" ? "page" : name.replace("lithoscope-", ""));
  const arguments_ = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
  const { packages } = JSON.parse(execFileSync("cargo", arguments_, { cwd: root, maxBuffer: 1 << 28 }));
  assert.deepEqual(packages.map(({ name }) => room(name)).sort(), Object.keys(rooms).sort());
  for (const { name, dependencies } of packages) {
    const uses = dependencies.filter((it) => it.kind !== "dev" && it.name.startsWith("lithoscope")).map((it) => room(it.name));
    assert.deepEqual(uses.filter((it) => !rooms[room(name)].includes(it)), [], `${name} may not use`);
  }
});

test("every file says in its first line what it is for, and is under 400 lines", () => {
  const silent = sources.filter(({ text }) => !text.startsWith("//! ")).map(({ path }) => path);
  assert.deepEqual(silent, []);
  const long = sources.filter(({ text }) => text.split("\n").length > 400).map(({ path }) => path);
  assert.deepEqual(long, []);
});

test("the same pixels and measures everywhere: no platform's own sine", () => {
  const rooms = sources.filter(({ path }) => /^crates\/(volume|paint|stones|reader)\/src\//.test(path));
  const pattern = /\.(sin|cos|tan|sin_cos|asin|acos|atan|atan2|exp|ln|log10|log2|powf|cbrt|hypot)\(/;
  assert.deepEqual(rooms.filter(({ code }) => pattern.test(code)).map(({ path }) => path), []);
});

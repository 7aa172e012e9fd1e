// Parts dist/ in two: OUT/page for the page's server, and OUT/weights for another one, at ADDRESS, that the page fetches its
// networks from. Which bytes they must be stands in the page: what comes is held to its SHA-256.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pack } from "./pack.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const [address, out = `${root}hosted`] = process.argv.slice(2);
// It is to stand in a policy, and with a slash at its end allows what lies below it.
if (!/^https?:\/\/[\w.~%[\]:\/-]+\/$/.test(address ?? "") || new URL(address).href !== address) {
  console.error("usage: tools/build --weights https://HOST/PATH/");
  process.exit(1);
}
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** Puts something in the place of all that matches, of which there is some. */
function replaced(text, pattern, by) {
  if (!text.match(pattern)) throw new Error(`${pattern} is not where it used to be`);
  return text.replace(pattern, by);
}

rmSync(out, { recursive: true, force: true });
cpSync(`${root}dist`, `${out}/page`, { recursive: true });
mkdirSync(`${out}/weights`);
const read = (name) => readFileSync(`${out}/page/${name}`, "utf8");
function write(name, text) {
  writeFileSync(`${out}/page/${name}`, text);
  pack(`${out}/page/${name}`);
}

const page = read("index.html");
const [, list] = /<script type="application\/json" id="files">(.*?)<\/script>/.exec(page);
const files = JSON.parse(list);
const moved = {};
for (const network of ["plan", "weights", "tract"]) {
  const here = files.model[network];
  const name = here.slice(2);
  moved[here] = files.model[network] = address + name;
  files.model.elsewhere = { ...files.model.elsewhere, [address + name]: sha256(readFileSync(`${out}/page/${name}`)) };
  const packed = readdirSync(`${out}/page`).filter((it) => [name, `${name}.br`, `${name}.gz`].includes(it));
  for (const it of packed) renameSync(`${out}/page/${it}`, `${out}/weights/${it}`);
}
// A function, as `$` stands for something in a text.
const html = replaced(replaced(page, list, () => JSON.stringify(files)), "connect-src 'self'", () => `connect-src 'self' ${address}`);
write("index.html", html);

const kept = replaced(read("offline.js"), /(?<=^const FILES = )\{.*?\}(?=;$)/ms, (list) => {
  const entries = Object.entries(JSON.parse(list)).map(([name, entry]) => [moved[name] ?? name, entry]);
  const all = Object.fromEntries(entries);
  all["./"].sha256 = sha256(html);
  return JSON.stringify(all, null, 1);
});
write("offline.js", replaced(kept, /(?<=^const VERSION = )"\w+"/m, () => JSON.stringify(sha256(kept).slice(0, 16))));
console.log(`${out}/page for the page's server, ${out}/weights for ${address}`);

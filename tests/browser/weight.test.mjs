// What a first visit waits for before it can open anything: the page's program, scripts and styles, as they travel.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { dist } from "./harness.mjs";

test("the page itself is at most 400 kB", () => {
  const page = readFileSync(`${dist}/index.html`, "utf8").replace(/<script type="application\/json"[^]*?<\/script>/, "");
  const sizes = JSON.parse(readFileSync(`${dist}/sizes.json`)).filter(({ name }) => /\.(wasm|js|css)$/.test(name) && page.includes(name));
  assert.ok(sizes.some(({ name }) => name.endsWith(".wasm")) && sizes.some(({ name }) => name.endsWith(".css")));
  // The start script names the program, where index.html does not.
  const sum = sizes.reduce((sum, { brotli }) => sum + brotli, 0);
  assert.ok(sum <= 400_000, `${sum} bytes: ${sizes.map(({ name, brotli }) => `${name} ${brotli}`).join(", ")}`);
});

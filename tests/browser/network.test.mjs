// The executor in the browser, against its native self.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { onPage, serve } from "../../tools/bench/network/server.mjs";
import { inRepository } from "./harness.mjs";

const made = new Map();
const [rows, columns, channels] = [96, 160, 4];
const network = { plan: "/made/plan", rows, columns, channels };
let server, native;

before(async () => {
  const plan = inRepository("target/plans/stone-unet.plan");
  const words = ["run", "--quiet", "--package", "lithoscope-unet", "--features", "tract", "--example", "plan"];
  native = execFileSync("cargo", [...words, "models/stone-unet.onnx", plan], { cwd: inRepository("."), encoding: "utf8" }).trim();
  made.set("/made/plan", readFileSync(plan));
  server = await serve(made);
});
after(() => server.stop());

const answersOf = (kind) => onPage(server.address, (page) =>
  page.evaluate(([engine, net]) => globalThis.answers(engine, net), [{ kind }, network]));

test("without relaxed SIMD the browser gives the same bits as the machine", async () => {
  const answers = Float32Array.from(await answersOf("plain"));
  assert.equal(createHash("sha256").update(new Uint8Array(answers.buffer)).digest("hex"), native);
});

test("with relaxed SIMD it gives nearly the same", async () => {
  const [plain, relaxed] = [await answersOf("plain"), await answersOf("relaxed")];
  const off = plain.reduce((off, value, at) => Math.max(off, Math.abs(value - relaxed[at])), 0);
  console.log(`network: relaxed SIMD is off by ${off.toExponential(1)}`);
  assert.ok(off <= 1e-5, `off by ${off}`);
});

test("wanted pixels are those of the whole image, bit for bit", async () => {
  for (const kind of ["plain", "relaxed"]) {
    const differing = await onPage(server.address, (page) => page.evaluate(
      ([engine, net]) => globalThis.compareWanted(engine, net), [{ kind }, network]));
    assert.deepEqual(differing, { compared: 300, different: 0, outside: 0 }, kind);
  }
});

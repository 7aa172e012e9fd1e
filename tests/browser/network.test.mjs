// The executor in the browser, against its native self.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { onPage, serve } from "../../tools/bench/network/server.mjs";
import { built, dist, inRepository } from "./harness.mjs";

const made = new Map();
const [rows, columns, channels] = [96, 160, 4];
const network = { plan: "/made/plan", rows, columns, channels };
let server, native, bits;

before(async () => {
  native = join(mkdtempSync(`${tmpdir()}/lithoscope-`), "native.plan");
  const told = execFileSync(built("lithoscope"), ["plan", inRepository("models/stone-unet.onnx"), "-o", native], { encoding: "utf8" });
  bits = /self-test (\w+)/.exec(told)[1];
  made.set("/made/plan", readFileSync(native));
  server = await serve(made);
});
after(() => {
  server.stop();
  rmSync(dirname(native), { recursive: true });
});

const answersOf = (kind) => onPage(server.address, (page) =>
  page.evaluate(([engine, net]) => globalThis.answers(engine, net), [{ kind }, network]));

/** Header and weights of a plan file. */
function parsed(file) {
  const line = file.indexOf("\n");
  return { header: JSON.parse(file.subarray(0, line)), weights: file.subarray(line + 1, -32) };
}

test("the page's plan, made in WebAssembly, is the one that is made natively", () => {
  const name = readdirSync(dist).find((file) => /^stone-unet-\w+\.plan$/.test(file));
  const [page, own] = [parsed(readFileSync(join(dist, name))), parsed(readFileSync(native))];
  const answers = [page, own].map(({ header }) => header.self_test.outputs.splice(0));
  assert.deepEqual(page.header, own.header);
  assert.ok(page.weights.equals(own.weights));
  const off = answers[0].reduce((off, value, at) => Math.max(off, Math.abs(value - answers[1][at])), 0);
  assert.ok(off <= 1e-5, `tract's answers differ by ${off}`);
});

test("without relaxed SIMD the browser gives the same bits as the machine", async () => {
  const answers = Float32Array.from(await answersOf("plain"));
  assert.equal(createHash("sha256").update(new Uint8Array(answers.buffer)).digest("hex"), bits);
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

// Every stream of crates/reader/tests/data decodes in WebAssembly to the samples that its encoder was given.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import codecs from "../target/codecs/lithoscope_codecs.js";
import { ctFile, SYNTAX } from "../tools/codecs/part10.mjs";

const data = fileURLToPath(new URL("../crates/reader/tests/data/", import.meta.url));
const SYNTAX_OF = [
  [/\.p[1-7]\.jpg$/, SYNTAX.jpegLossless],
  [/\.jpg$/, SYNTAX.jpegExtended],
  [/\.jls$/, SYNTAX.jpegLs],
  [/\.j2k$/, SYNTAX.jpeg2000],
  [/\.jph$/, SYNTAX.htj2k],
  [/\.rle$/, SYNTAX.rle],
];
/** Two decoders of a stream with loss may round otherwise; everything else is exact. */
const LOSSY = /lossy|dct/;

for (const name of readdirSync(data).filter((it) => /\./.test(it) && !/\.(raw|py)$/.test(it))) {
  test(name, () => {
    // make.py's rule for names: u12-33x17.p1.jpg is a form of u12-33x17.raw, 12 bits without sign.
    const raw = Uint8Array.from(readFileSync(`${data}${name.split(".")[0]}.raw`));
    const expected = new Int16Array(raw.buffer);
    const [columns, rows] = (/(\d+)x(\d+)/.exec(name) ?? [0, 32, 24]).slice(1).map(Number);
    // 16 bits without sign do not fit HU: taken as signed, they pass as they are.
    const bits = Number(/^[su](\d+)/.exec(name)?.[1] ?? 16);
    const signed = name.startsWith("s") || bits === 16;
    const syntax = SYNTAX_OF.find(([pattern]) => pattern.test(name))?.[1];
    const file = ctFile({ syntax, stream: readFileSync(data + name), columns, rows, bits, signed });
    const hu = new codecs.Header(file, file.length).decode(file);
    assert.equal(hu.length, expected.length);
    const off = hu.map((value, n) => Math.abs(value - expected[n])).reduce((a, b) => Math.max(a, b));
    assert.ok(off <= (LOSSY.test(name) ? 2 : 0), `off by ${off}`);
  });
}

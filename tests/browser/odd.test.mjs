// What is odd about a series, and what its files suggest, is seen where the doctor looks.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, madeHu, nameOf, writeCt } from "./dicom.mjs";
import { leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, openFolder, picture, shows, speak } from "./viewer.mjs";

let origin, page;
before(async () => {
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
});
after(() => leave(page, origin));

/** Opens the CT of these tests, with `extra` elements in its headers, without some of its slices, and with other files beside it. */
async function open(extra, without = [], others = {}) {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  try {
    writeCt(folder, Buffer.concat(extra));
    for (const k of without) rmSync(`${folder}/${nameOf(k)}`);
    for (const [name, bytes] of Object.entries(others)) writeFileSync(`${folder}/${name}`, bytes);
    await openFolder(page, folder);
    await loaded(page, made.slices - without.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const badge = (name) => page.getByRole("list", { name: "Please note" }).getByRole("button", { name });
const axial = (x, y) => madeHu(x, y, made.slices / 2);
const middle = made.rows / 2;

test("a hole is hatched, named over the pictures, and measured in the geometry panel", async () => {
  const missing = 3;
  await open([], [missing]);
  const hatched = await eventually(async () => {
    const shown = await pixels(picture(page, "Coronal"));
    assert.equal(shown.height, made.slices, "slices stand where they are");
    const rows = new Set();
    for (let at = 0; at < shown.data.length; at += 4) {
      if (shown.data[at] !== shown.data[at + 1]) rows.add(Math.floor(at / 4 / shown.width));
    }
    assert.ok(rows.size > 0, "something is hatched");
    return [...rows];
  });
  assert.deepEqual(hatched, [made.slices - 1 - missing], "the missing slice, and no other");
  await screenshot(page, "hole");
  await badge("Missing slices").click();
  const panel = page.getByRole("region", { name: "Geometry and values" });
  await panel.getByText("z -95.0 to -90.0 mm: 5.0 mm, 1 slice missing").waitFor();
  await panel.getByText(String(missing + 1), { exact: true }).waitFor();
  await button(panel, "Close").click();
});

test("loss, text in the pixels and a contrast agent are badges", async () => {
  await open([
    element(0x0018, 0x0010, "LO", "Iohexol"),
    element(0x0028, 0x0301, "CS", "YES"),
    element(0x0028, 0x2110, "CS", "01"),
    element(0x0028, 0x1054, "LO", "US"),
  ]);
  for (const name of ["Lossy", "Text in the pixels", "Contrast agent", "Not HU"]) await badge(name).waitFor();
  await badge("Contrast agent").click();
  const panel = page.getByRole("region", { name: "Geometry and values" });
  await panel.getByText("Iohexol").waitFor();
  await button(panel, "Close").click();
});

test("windows and VOI LUTs of the file are presets", async () => {
  const words = (...values) => Buffer.from(Int16Array.from(values).buffer);
  // 256 greys from white to black, from -128 HU on.
  const lut = Buffer.concat([
    element(0x0028, 0x3002, "SS", words(256, -128, 8)),
    element(0x0028, 0x3003, "LO", "NEGATIVE"),
    element(0x0028, 0x3006, "US", words(...Array.from({ length: 256 }, (_, n) => 255 - n))),
  ]);
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, lut.length & 255, lut.length >> 8, 0, 0]), lut]);
  await open([
    element(0x0028, 0x1050, "DS", "100\\-50.5"),
    element(0x0028, 0x1051, "DS", "300\\700"),
    element(0x0028, 0x1055, "LO", "FIRST\\SECOND"),
    element(0x0028, 0x1056, "CS", "SIGMOID"),
    element(0x0028, 0x3010, "SQ", item),
  ]);
  await shows(page, "Axial", axial);
  const sigmoid = (centre, width) => (hu) => 255 / (1 + Math.exp((-4 * (hu - centre)) / width));
  await page.keyboard.press("6");
  await shows(page, "Axial", axial, sigmoid(100, 300));
  await page.keyboard.press("7");
  await shows(page, "Coronal", (x, y) => madeHu(x, middle, made.slices - 1 - y), sigmoid(-50.5, 700));
  const preset = page.getByRole("combobox", { name: "Window preset" });
  const options = await preset.locator("option").allTextContents();
  const negative = options.findIndex((option) => option.includes("NEGATIVE"));
  await preset.selectOption({ index: negative });
  await shows(page, "Axial", axial, (hu) => 255 - Math.min(255, Math.max(0, hu + 128)));
});

/** A zip of one entry that is stored, or so it says, under a password. */
function lockedZip() {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(1, 2);
  fields.writeUInt32LE(12, 14);
  fields.writeUInt16LE(1, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from("a"), Buffer.alloc(12)]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), fields, Buffer.alloc(14), Buffer.from("a")]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}

test("headers of careless writers are read, and other archives are told what to do with, in both languages", async () => {
  const bytes = (text) => Buffer.from(text, "latin1");
  await open(
    [
      element(0x0028, 0x0008, "IS", "0"),
      element(0x0028, 0x1052, "DS", "-1024\\"),
      // Hangul in KS X 1001, and no character set named.
      element(0x0010, 0x0010, "PN", Buffer.from("c8ab5eb1e6b5bf", "hex")),
      // A length of 32 bits where 16 are due, and the other way round.
      bytes("\x28\0\x10\0US\0\0\x02\0\0\0\x28\0"),
      bytes("\x29\0\x10\x10OB\x02\0AB"),
    ],
    [],
    { "CT.egg": bytes(`EGGA${"x".repeat(60)}`), "CT.iso": bytes(`${"\0".repeat(32769)}CD001`), "CT.zip": lockedZip() },
  );
  await shows(page, "Axial", axial);
  await page.getByText("홍 길동").first().waitFor();
  const panel = page.getByRole("region", { name: /^(Not loaded|읽지 못함)/ });
  const told = async (...sentences) => {
    const text = await panel.textContent();
    for (const sentence of sentences) assert.ok(text.includes(sentence), `${sentence} in ${text}`);
  };
  await told("Unpack it and open the folder.", "choose the folder in it", "Unpack it with the password");
  await speak(page, "ko");
  try {
    await told("압축을 풀어 폴더를 여세요", "디스크로 연 다음", "암호로 압축을 풀어");
  } finally {
    await speak(page, "en");
  }
});

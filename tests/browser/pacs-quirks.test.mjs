// A PACS as none should be: odd parts, answers that end early or never, pages in place of lists, text that would be more
// than text. It serves the page, too, so that the site's own file says how patient to be.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { made, madeHu, slice } from "./dicom.mjs";
import { dist, listen, openPage, screenshot } from "./harness.mjs";
import { button, eventually, loaded, shows } from "./viewer.mjs";

const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json", wasm: "application/wasm" };
const HOSTILE = '<img src=x onerror="document.title=1">\u202e</td><script>document.title=2</script>';
const NAME = 'Archive <b>"A"</b>';
const PARTS = 'multipart/related; type="application/dicom"; boundary=b0';
const files = Array.from({ length: made.slices }, (_, k) => slice(k));
const uidOf = (k) => `1.2.826.0.1.3680043.10.1.3.${k + 1}`;
const element = (value) => ({ vr: "LO", Value: [value] });

/** What the server does now: `search`, `whole` (of a series), `one` (instance), `store`. */
let quirk, server, address, page;

const json = (response, value, status = 200) =>
  response.writeHead(status, { "content-type": "application/dicom+json" }).end(JSON.stringify(value));
const part = (k, { head = "Content-Type: application/dicom\r\n", end = "\r\n" } = {}) =>
  Buffer.concat([Buffer.from(`--b0${end}${head}${end}`), files[k], Buffer.from(end)]);
const parts = (range, options) => Buffer.concat(range.map((k) => part(k, options)));
const all = [...files.keys()];
const last = Buffer.from("--b0--");

function dicomWeb(request, response, path) {
  const of = path.split("?")[0].split("/");
  if (request.method === "POST") return quirk.store(request, response);
  if (of.length === 1) return quirk.search(response);
  if (of.length === 3) {
    return json(response, [{ "0020000E": element("1.2"), "00080060": element("CT"), "0008103E": element(HOSTILE), "00201209": element(made.slices) }]);
  }
  if (of.length === 4) return quirk.whole(response);
  if (of.length === 5) return json(response, all.map((k) => ({ "00080018": element(uidOf(k)), "00200013": element(k + 1) })));
  return quirk.one(response, all.find((k) => uidOf(k) === of[5]));
}

before(async () => {
  server = createServer((request, response) => {
    const path = request.url.slice(1);
    if (path.startsWith("pacs/")) return dicomWeb(request, response, path.slice(5));
    const name = path.split("?")[0] || "index.html";
    if (name === "site.json") return json(response, { dicomweb: { name: NAME, url: "pacs", timeout_seconds: 3 } });
    response.writeHead(200, { "content-type": TYPES[name.split(".").at(-1)] ?? "application/octet-stream" }).end(readFileSync(`${dist}/${name}`));
  });
  address = `${await listen(server)}/`;
  page = await openPage(address, { pacs: "pacs/" }, /Failed to load resource|ERR_/);
});
after(async () => {
  await page.done();
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  quirk = {
    search: (response) => json(response, [{ "0020000D": element("1.1"), "00100010": { vr: "PN", Value: [{ Alphabetic: HOSTILE }] }, "00081030": element(HOSTILE) }]),
    whole: (response) => response.writeHead(200, { "content-type": PARTS }).end(Buffer.concat([parts(all), last])),
    one: (response) => response.writeHead(404).end(),
    store: (_, response) => response.writeHead(500).end(),
  };
});

const dialog = (of = page) => of.getByRole("dialog", { name: `Open from ${NAME}`, exact: true });
const alert = (text, within = page) => within.getByRole("alert").getByText(text).first().waitFor();

async function search() {
  if (!(await dialog().isVisible())) await button(page, `Open from ${NAME}`).first().click();
  await button(dialog(), "Search").click();
}

async function retrieve() {
  await search();
  await dialog().getByRole("row").nth(1).getByRole("button").first().click();
  await dialog().getByRole("button", { name: /12 images$/ }).click();
}

async function whole() {
  await loaded(page, made.slices);
  await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
  assert.equal(await page.getByRole("region", { name: /Not loaded/ }).count(), 0);
  assert.equal(await page.getByText("Not all images of the series").count(), 0);
}

const close = () => button(page, "Close study").click();

test("names and descriptions are text, whatever they say", async () => {
  await search();
  await dialog().getByText("<img src=x onerror=").first().waitFor();
  await dialog().getByRole("row").nth(1).getByRole("button").first().click();
  await dialog().getByRole("button", { name: /<script>.*12 images$/ }).waitFor();
  await screenshot(page, "pacs-hostile");
  assert.equal(await page.title(), "Lithoscope");
  assert.equal(await dialog().locator("img, script").count(), 0);
  await button(dialog(), "Close").click();
});

test("what is no answer is said to be none", async () => {
  const html = (status) => (response) => response.writeHead(status, { "content-type": "text/html" }).end("<!doctype html><h1>Sign in</h1>");
  for (const [answer, told] of [
    [html(401), "does not let you in"], [html(403), "does not let you in"], [html(404), "does not have it"], [html(400), "refused the request"],
    [html(500), "The PACS failed"], [html(200), "The answer is not DICOM"], [(response) => response.writeHead(204).end(), null],
    [(response) => json(response, { error: "x" }), "The answer is not DICOM"], [(response) => response.destroy(), "can’t be reached"], [() => {}, "does not answer"],
  ]) {
    quirk.search = answer;
    await search();
    if (told) await alert(told, dialog());
    else await dialog().getByText("No CT study matches.").waitFor();
  }
  await button(dialog(), "Close").click();
});

test("an answer leads nowhere else, whatever it names, and a link no further than to an exam", async () => {
  const asked = page.asked.length;
  const away = "http://127.0.0.1:9/stolen";
  const rows = (uids) => uids.map((uid) => ({
    "0020000D": element(uid), "0020000E": element(uid), "00081190": { vr: "UR", Value: [away] }, "00080060": element("CT"),
    "00100010": { vr: "PN", Value: [{ Alphabetic: HOSTILE.repeat(10_000) }] }, "00081030": element("\u202e".repeat(1 << 20)), "__proto__": { ran: 1 },
  }));
  for (const [answer, told] of [
    [(response) => json(response, rows(["../../../secret", "1.2/../../secret", "1.2?x=", away, "1.2#", "1 2", ""])), "No CT study matches."],
    [(response) => json(response, rows(["1.1"])), /<img src=x/],
    [(response) => response.writeHead(200, { "content-type": "application/dicom+json" }).end("[".repeat(1 << 20)), "The answer is not DICOM"],
    [(response) => response.writeHead(302, { location: `${away}/studies` }).end(), /can’t be reached|answer is not DICOM|The PACS/],
    [(response) => response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src *", refresh: `0; url=${away}` }).end("<script>window.ran=1</script>"), "The answer is not DICOM"],
  ]) {
    quirk.search = answer;
    await search();
    await dialog().getByText(told).first().waitFor();
  }
  assert.equal(await page.evaluate(() => window.ran ?? Object.prototype.ran ?? null), null);
  assert.equal(await dialog().locator("img, script").count(), 0);
  await button(dialog(), "Close").click();
  // The browser looks by itself whether there is another offline.js.
  const asks = page.asked.slice(asked).filter((url) => !url.endsWith("/offline.js"));
  for (const url of asks) assert.match(url, /\/pacs(-\w|\/studies(\?|$))/, url);

  for (const search of ["?study=../../secret", `?study=${encodeURIComponent("1.2/../../secret")}`, "?study=1.2&series=3/../4", `?study=${away}`]) {
    const linked = await openPage(address, { pacs: "pacs/", search });
    await alert("The link names no exam", linked);
    assert.ok(!linked.asked.some((url) => new URL(url).pathname.startsWith("/pacs/")), "nothing is asked of the PACS");
    await linked.done();
  }
});

test("parts as servers have them", async () => {
  const send = (type, ...chunks) => (response) => {
    response.writeHead(200, type ? { "content-type": type } : {});
    chunks.forEach((chunk) => response.write(chunk));
    response.end();
  };
  const preamble = Buffer.from("To whom it may concern --b0\r\n\r\n");
  const whole_ = Buffer.concat([parts(all), last]);
  for (const answer of [
    send("Multipart/Related; boundary = \"b0\"; type=\"application/dicom\"", preamble, parts(all, { head: "" }), last),
    // Lines that end in a bare line feed, no type, no boundary told.
    send(undefined, parts(all, { end: "\n" }), last),
    // Without the last delimiter, where a part tells its length.
    send("multipart/related", parts(all.slice(0, -1)), part(11, { head: `content-length: ${files[11].length}\r\n` })),
    // By one byte, and by pieces that cut every delimiter.
    send(PARTS, ...Array.from({ length: Math.ceil(whole_.length / 1009) }, (_, n) => whole_.subarray(1009 * n, 1009 * (n + 1)))),
    // A server that does not know the star.
    (() => {
      let first = true;
      return (response) => {
        if (!first) return send(PARTS, whole_)(response);
        first = false;
        response.writeHead(406).end();
      };
    })(),
  ]) {
    quirk.whole = answer;
    await retrieve();
    await whole();
    await close();
  }
});

test("what is cut off is asked for again, one by one", async () => {
  quirk.whole = (response) => response.writeHead(200, { "content-type": PARTS }).write(parts(all.slice(0, 5)), () => setTimeout(() => response.destroy(), 200));
  quirk.one = (response, k) => response.writeHead(200, { "content-type": "application/dicom" }).end(files[k]);
  await retrieve();
  await whole();
  await close();
});

test("what does not come is named, and what came is shown", async () => {
  const five = Buffer.concat([parts(all.slice(0, 5)), Buffer.from("--b0\r\n")]);
  quirk.whole = (response) => response.writeHead(200, { "content-type": PARTS }).end(five);
  await retrieve();
  await loaded(page, 5);
  await alert("Not all images of the series are here");
  await page.getByRole("region", { name: "Not loaded (7)" }).getByText("7 × The PACS did not give it").waitFor();
  await screenshot(page, "pacs-incomplete");
  await close();
  await page.getByText("Find urinary stones in a CT").waitFor();
  assert.equal(await page.getByRole("region", { name: /Not loaded/ }).count(), 0);

  // Nothing at all: the page is as it was.
  quirk.whole = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>It works</h1>".repeat(20));
  await retrieve();
  await alert("The answer of the PACS is broken");
  await page.getByText("Find urinary stones in a CT").waitFor();
});

test("a slow series has progress, and can be stopped", async () => {
  quirk.whole = (response) => response.writeHead(200, { "content-type": PARTS }).write(parts(all.slice(0, 4)));
  await retrieve();
  // A part is whole with the delimiter behind it.
  await page.getByText("3 / 12 images retrieved").first().waitFor();
  await button(page, "Cancel").click();
  await loaded(page, 3);
  await alert("Not all images of the series are here");
  await close();
  // One that stays silent within is not waited for without end.
  await retrieve();
  await loaded(page, 3);
  await alert("Not all images of the series are here");
  await close();
});

test("what became of each object is told, in the PACS' own codes", async () => {
  await retrieve();
  await whole();
  await button(page, "Predict").click();
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(/^No candidate above the threshold in 12 slices/).waitFor({ timeout: 300_000 });
  await findings.getByText("Save", { exact: true }).click();
  const sending = page.getByRole("dialog", { name: `Send findings to ${NAME}`, exact: true });
  let sent;
  const store = (answer) => (request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      sent = Buffer.concat(chunks).toString("latin1");
      answer(response, /2\.25\.\d+/.exec(sent)[0]);
    });
  };
  const reference = (uid, tag, reason) => ({ vr: "SQ", Value: [{ "00081155": element(uid), [tag]: { vr: "US", Value: [reason] } }] });
  for (const [answer, told] of [
    [(response, uid) => json(response, { "00081198": reference(uid, "00081197", 0xa700) }, 409), "refused (code A700)"],
    [(response, uid) => json(response, { "00081199": reference(uid, "00081196", 0xb000) }, 202), "stored with changes (code B000)"],
    [(response) => response.writeHead(200).end("<ok/>"), "the answer does not say"],
  ]) {
    quirk.store = store(answer);
    await button(page, `Send findings to ${NAME}`).click();
    // Nothing was found in it, so there is no segmentation.
    await button(sending, "Send").click();
    await sending.getByText(told).waitFor();
    assert.match(sent, /Content-Type: application\/dicom\r\n\r\n/);
    await button(sending, "Close").click();
  }
  // A refusal of all of it leaves the question open.
  for (const [status, told] of [[403, "does not let you in"], [500, "The PACS failed"]]) {
    quirk.store = store((response) => response.writeHead(status).end());
    await button(page, `Send findings to ${NAME}`).click();
    await button(sending, "Send").click();
    await alert(told, sending);
    await eventually(async () => assert.ok(await button(sending, "Send").isEnabled()));
    await button(sending, "Cancel").click();
  }
  // An address that leads elsewhere is not followed.
  let followed = false;
  quirk.store = (request, response) => {
    if (request.url.endsWith("?elsewhere")) followed = true;
    request.resume().on("end", () => response.writeHead(307, { location: "/pacs/studies?elsewhere" }).end());
  };
  await button(page, `Send findings to ${NAME}`).click();
  await button(sending, "Send").click();
  await alert("can’t be reached", sending);
  assert.ok(!followed);
  await button(sending, "Cancel").click();
});

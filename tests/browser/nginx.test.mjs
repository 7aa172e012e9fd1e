// The page from Debian's nginx, by the configuration in deploy/.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { made, madeHu, slice, writeCt } from "./dicom.mjs";
import { dist, freePort, inRepository, openPage } from "./harness.mjs";
import { hasOrthanc, startOrthanc } from "./orthanc.mjs";
import { eventually, loaded, openFolder, shows } from "./viewer.mjs";

const nginx = ["nginx", "/usr/sbin/nginx"].find((name) => !spawnSync(name, ["-v"]).error);

/** nginx with the page under /lithoscope/, and what else belongs into its `server` block. */
async function startNginx(more = "") {
  const [folder, port] = [mkdtempSync(`${tmpdir()}/lithoscope-`), await freePort()];
  const location = readFileSync(inRepository("deploy/nginx.conf"), "utf8").replace("/srv/lithoscope/dist/", `${dist}/`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(`${folder}/nginx.conf`, `daemon off; pid ${folder}/pid; ${process.getuid() === 0 ? "user root;" : ""}
    events {} http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; ${location} ${more} } }`);
  const server = spawn(nginx, ["-p", folder, "-e", `${folder}/error`, "-c", `${folder}/nginx.conf`], { stdio: "inherit" });
  const address = `http://127.0.0.1:${port}/lithoscope/`;
  await eventually(() => fetch(address));
  return {
    address,
    stop() {
      server.kill("SIGTERM");
      rmSync(folder, { recursive: true });
    },
  };
}

test("nginx under a sub-path: the whole page, its policies, what may be kept", { skip: !nginx && "no nginx here" }, async () => {
  const ct = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const { address, stop } = await startNginx();
  try {
    const header = async (name, key) => (await fetch(address + name)).headers.get(key);
    const named = (pattern) => readdirSync(dist).find((name) => pattern.test(name));
    const boot = named(/^boot-\w+\.js$/);
    assert.match(await header("", "content-security-policy"), /worker-src 'self'; connect-src 'self'.*frame-ancestors 'none'/);
    assert.match(await header(boot, "content-security-policy"), /connect-src 'none'$/);
    assert.match(await header(named(/^pacs-boot-\w+\.js$/), "content-security-policy"), /connect-src 'self'$/);
    assert.match(await header(boot, "cache-control"), /immutable/);
    for (const name of ["", "offline.js", "lithoscope.webmanifest", named(/^pacs-boot-\w+\.js$/)]) assert.equal(await header(name, "cache-control"), "no-cache");
    const wasm = named(/^lithoscope-page-\w+_bg\.wasm$/);
    assert.deepEqual([await header(wasm, "content-type"), await header(wasm, "content-encoding")], ["application/wasm", "gzip"]);
    assert.equal((await fetch(address, { method: "POST", body: "a study" })).status, 403);

    writeCt(ct);
    const page = await openPage(address);
    await openFolder(page, ct);
    await loaded(page, made.slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
    await page.done();
  } finally {
    stop();
    rmSync(ct, { recursive: true });
  }
});

test("nginx passes DICOMweb on to a PACS, and nothing else of it", { skip: !(nginx && hasOrthanc) && "no nginx or no Orthanc here" }, async () => {
  const orthanc = await startOrthanc();
  const block = readFileSync(inRepository("deploy/nginx-dicomweb.conf"), "utf8").replace("http://127.0.0.1:8042/dicom-web", orthanc.dicomWeb);
  const { address, stop } = await startNginx(block);
  try {
    for (let k = 0; k < made.slices; k++) await orthanc.upload(slice(k));
    const found = await fetch(`${address}dicomweb/studies?PatientID=MADE-1&limit=5`);
    const [study] = await found.json();
    assert.equal(study["00201208"].Value[0], made.slices);
    assert.deepEqual(["cache-control", "content-security-policy"].map((name) => found.headers.get(name)), ["no-store", "default-src 'none'; sandbox"]);
    const uid = study["0020000D"].Value[0];
    const series = (await (await fetch(`${address}dicomweb/studies/${uid}/series`)).json())[0]["0020000E"].Value[0];
    const parts = await (await fetch(`${address}dicomweb/studies/${uid}/series/${series}`, { headers: { accept: 'multipart/related; type="application/dicom"' } })).arrayBuffer();
    assert.ok(Buffer.from(parts).includes(slice(3)));
    for (const path of ["dicomweb/", "dicomweb/../system", "dicomweb/%2e%2e/system", "dicomweb/servers"]) assert.equal((await fetch(address + path)).status, 404, path);
    assert.equal((await fetch(`${address}dicomweb/studies`, { method: "DELETE" })).status, 403);
  } finally {
    stop();
    await orthanc.stop();
  }
});

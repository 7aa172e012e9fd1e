// The page from Debian's nginx, by the configuration in deploy/.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { dist, inRepository, openPage } from "./harness.mjs";
import { eventually, loaded, openFolder, shows } from "./viewer.mjs";

const nginx = ["nginx", "/usr/sbin/nginx"].find((name) => !spawnSync(name, ["-v"]).error);

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

test("nginx under a sub-path: the whole page, its policies, what may be kept", { skip: !nginx && "no nginx here" }, async () => {
  const [folder, ct, port] = [mkdtempSync(`${tmpdir()}/lithoscope-`), mkdtempSync(`${tmpdir()}/lithoscope-`), await freePort()];
  const location = readFileSync(inRepository("deploy/nginx.conf"), "utf8").replace("/srv/lithoscope/dist/", `${dist}/`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(`${folder}/nginx.conf`, `daemon off; pid ${folder}/pid; ${process.getuid() === 0 ? "user root;" : ""}
    events {} http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; ${location} } }`);
  const server = spawn(nginx, ["-p", folder, "-e", `${folder}/error`, "-c", `${folder}/nginx.conf`], { stdio: "inherit" });
  const address = `http://127.0.0.1:${port}/lithoscope/`;
  try {
    await eventually(() => fetch(address));
    const header = async (name, key) => (await fetch(address + name)).headers.get(key);
    const named = (pattern) => readdirSync(dist).find((name) => pattern.test(name));
    const boot = named(/^boot-\w+\.js$/);
    assert.match(await header("", "content-security-policy"), /worker-src 'self'; connect-src 'self'.*frame-ancestors 'none'/);
    assert.match(await header(boot, "content-security-policy"), /connect-src 'none'$/);
    assert.match(await header(boot, "cache-control"), /immutable/);
    for (const name of ["", "offline.js", "lithoscope.webmanifest"]) assert.equal(await header(name, "cache-control"), "no-cache");
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
    server.kill("SIGTERM");
    for (const made of [folder, ct]) rmSync(made, { recursive: true });
  }
});

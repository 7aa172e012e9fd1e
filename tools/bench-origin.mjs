// The origin under load, beside Debian's nginx with the same folder in the same run: wrk on loopback asks for a small file
// and for the largest; then connections that say nothing are held open while others are answered.
//
//     cargo build --release -p lithoscope-origin
//     node tools/bench-origin.mjs [SECONDS] [IDLE CONNECTIONS]
//
// Needs dist/ (tools/build), wrk and nginx.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const [seconds, many] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 10_000)];
const root = fileURLToPath(new URL("../", import.meta.url));
const dist = `${root}dist`;
const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);

async function startOrigin() {
  const program = `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/release/lithoscope-origin`;
  const server = spawn(program, [dist, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(server.stdout, "data");
  return { name: "lithoscope-origin", server, port: Number(/:(\d+)/.exec(/http:\S+/.exec(line)[0].slice(5))[1]), path: "/" };
}

async function startNginx() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  const location = readFileSync(`${root}deploy/nginx.conf`, "utf8").replace("/srv/lithoscope/dist/", `${dist}/`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(`${folder}/nginx.conf`, `daemon off; pid ${folder}/pid; ${process.getuid() === 0 ? "user root;" : ""}
    worker_rlimit_nofile 20000; events { worker_connections 15000; }
    http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; ${location} } }`);
  const server = spawn("/usr/sbin/nginx", ["-p", folder, "-e", `${folder}/error`, "-c", `${folder}/nginx.conf`], { stdio: "inherit" });
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/lithoscope/site.json`).then((it) => it.ok, () => false)) break;
    await new Promise((go) => setTimeout(go, 50));
  }
  return { name: "nginx", server, port, path: "/lithoscope/" };
}

/** Resident memory of a server and its children, in MB. */
function memory({ server }) {
  const { stdout } = spawnSync("ps", ["-o", "rss=", "--pid", String(server.pid), "--ppid", String(server.pid)], { encoding: "utf8" });
  return stdout.trim().split("\n").reduce((sum, line) => sum + Number(line), 0) / 1024;
}

function wrk({ port, path }, name, connections) {
  const { stdout } = spawnSync("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", `http://127.0.0.1:${port}${path}${name}`], { encoding: "utf8" });
  const number = (pattern) => pattern.exec(stdout)?.[1] ?? "?";
  const amount = /Transfer\/sec:\s+([\d.]+)(KB|MB|GB)/.exec(stdout);
  return {
    each: Number(number(/Requests\/sec:\s+([\d.]+)/)),
    megabytes: Number(amount?.[1]) * { KB: 1 / 1024, MB: 1, GB: 1024 }[amount?.[2]],
    slowest: number(/99%\s+(\S+)/),
    errors: /Socket errors.*|Non-2xx.*/.exec(stdout)?.[0] ?? "none",
  };
}

/** Opens connections of which half send the beginning of a header, and nothing more. */
async function hold({ port }, count) {
  const open = [];
  for (let n = 0; n < count; n++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    open.push(socket);
    if (n % 2) socket.write("GET / HTTP/1.1\r\nHost: x\r\nX: ");
    if (n % 200 === 199) await new Promise((go) => setTimeout(go, 10));
  }
  await Promise.all(open.map((socket) => (socket.connecting ? Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {}) : null)));
  return open;
}

const largest = readdirSync(dist).filter((name) => /\.(plan|onnx|wasm)$/.test(name))
  .sort((a, b) => statSync(`${dist}/${b}`).size - statSync(`${dist}/${a}`).size)[0];
console.log(`small: site.json; large: ${largest}, ${(statSync(`${dist}/${largest}`).size / 1e6).toFixed(1)} MB; ${seconds} s each, wrk with one thread`);
const servers = [await startOrigin(), await startNginx()];
try {
  for (const server of servers) {
    const before = memory(server);
    const [small, large] = [wrk(server, "site.json", 64), wrk(server, largest, 8)];
    console.log(`${server.name}: ${small.each.toFixed(0)} small GET/s (99 % within ${small.slowest}, errors: ${small.errors}); ` +
      `${large.megabytes.toFixed(0)} MB/s of the large file (errors: ${large.errors}); memory ${before.toFixed(0)} → ${memory(server).toFixed(0)} MB`);
    const idle = await hold(server, many);
    const held = idle.filter((socket) => !socket.destroyed && !socket.connecting).length;
    const beside = wrk(server, "site.json", 16);
    console.log(`  with ${held} of ${many} connections held open: ${beside.each.toFixed(0)} small GET/s (errors: ${beside.errors}), memory ${memory(server).toFixed(0)} MB`);
    idle.forEach((socket) => socket.destroy());
  }
} finally {
  for (const { server } of servers) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
}

// The service worker: keeps the page's own files, each by the hash of its content, so that the page starts without a
// network. tools/dist.mjs writes VERSION and FILES. A study is never here: it is never asked of any server.
const VERSION = "unbuilt";
// By address, relative to this script where it lies beside it: the SHA-256 of its content, and whether it is kept before it is asked for.
const FILES = {};

const CACHE = `lithoscope-${VERSION}`;
const scope = new URL("./", self.location);
const site = new URL("site.json", scope).href;

/** The file of the page that a request is for, by its address; nothing else is any of ours. */
function named(request) {
  const url = new URL(request.url);
  const here = url.origin === scope.origin && url.pathname.startsWith(scope.pathname);
  // The network's files may lie elsewhere.
  const name = here ? `./${url.pathname.slice(scope.pathname.length)}` : url.href;
  return request.method === "GET" && Object.hasOwn(FILES, name) ? name : undefined;
}

/** The file from the server, kept if it is the one that belongs to this version. */
async function take(cache, name) {
  const answer = await fetch(new URL(name, scope), { cache: name === "./" ? "no-cache" : "default", credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const content = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== FILES[name].sha256) {
    throw new Error(`${name} is of another version`);
  }
  // What is kept is unpacked; what the server said of policy and kind stays.
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  await cache.put(new URL(name, scope), new Response(content, { headers }));
}

async function install() {
  const cache = await caches.open(CACHE);
  const first = Object.keys(FILES).filter((name) => FILES[name].first);
  await Promise.all(first.map((name) => take(cache, name)));
}

/** The versions before this one are in nobody's hands any more. */
async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("lithoscope-") && name !== CACHE).map((name) => caches.delete(name)));
}

async function answer(name, request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(new URL(name, scope));
  if (kept) return kept;
  if (!FILES[name].keep) return fetch(request);
  await take(cache, name);
  return cache.match(new URL(name, scope));
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const name = named(event.request);
  if (name) event.respondWith(answer(name, event.request));
  // Without a network there is no PACS.
  else if (event.request.url === site) event.respondWith(fetch(event.request).catch(() => new Response("{}")));
});

// The bill of materials: what Cargo.lock pins of the page and of what serves it, no more, and each part with its licence.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

test("every part is one that Cargo.lock pins, with checksum and licence", () => {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  try {
    execFileSync(`${root}tools/sbom`, [folder], { stdio: ["ignore", "inherit", "inherit"] });
    const pinned = new Map();
    for (const [, name, version, rest] of readFileSync(`${root}Cargo.lock`, "utf8").matchAll(/name = "(.+)"\nversion = "(.+)"\n((?:\w+ = ".*"\n)*)/g)) {
      pinned.set(`${name} ${version}`, /checksum = "(\w+)"/.exec(rest)?.[1]);
    }
    for (const [file, has, lacks] of [
      ["page", ["leptos", "tract-onnx", "lithoscope-workers", "lithoscope-gpu"], ["tokio", "axum", "lithoscope-cli"]],
      ["origin", ["axum", "tokio", "lithoscope-dicomweb"], ["tract-onnx", "leptos"]],
      ["cli", ["tract-onnx", "lithoscope-reader"], ["leptos", "axum", "web-sys"]],
    ]) {
      const list = JSON.parse(readFileSync(`${folder}/${file}.cdx.json`, "utf8"));
      assert.equal(list.bomFormat, "CycloneDX");
      const names = list.components.map(({ name }) => name);
      assert.deepEqual(has.filter((name) => !names.includes(name)), [], `missing in ${file}`);
      assert.deepEqual(lacks.filter((name) => names.includes(name)), [], `not in ${file}`);
      for (const { name, version, hashes, licenses, purl } of list.components) {
        assert.ok(pinned.has(`${name} ${version}`), `${name} ${version} is not in Cargo.lock`);
        assert.equal(hashes?.find(({ alg }) => alg === "SHA-256").content, pinned.get(`${name} ${version}`), name);
        assert.ok(licenses?.length > 0 && purl.startsWith(`pkg:cargo/${name}@`), name);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

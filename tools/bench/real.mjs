// Real CTs for benchmarks: the files of an archive, and the HU of its axial slices.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { image, parse, text } from "../../tests/browser/dicom.mjs";

export function unzipped(archive) {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  try {
    execFileSync("python3", ["-m", "zipfile", "-e", archive, folder]);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map((entry) => readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From the feet up. */
export function axial(files) {
  const slices = files.map(parse).filter((file) => text(file, "00080008").includes("AXIAL")).map(image).sort((a, b) => a.z - b.z);
  return slices.map(({ hu, z, rows, columns }) => ({
    z, rows, columns, hu: Int16Array.from({ length: rows * columns }, (_, at) => hu(at % columns, Math.floor(at / columns))),
  }));
}

// Prints the sizes of the built page as the table that docs/figures.md shows.
import { readFileSync } from "node:fs";

const sizes = JSON.parse(readFileSync(new URL("../dist/sizes.json", import.meta.url)));
const kB = (bytes) => (bytes / 1000).toLocaleString("en", { maximumFractionDigits: 1 });

console.log("| file | kB | gzip | brotli |\n|---|--:|--:|--:|");
for (const { name, raw, gzip, brotli } of sizes) {
  const plain = name.replace(/-[0-9a-f]{12,16}(?=[._])/, "");
  console.log(`| ${plain} | ${kB(raw)} | ${kB(gzip)} | ${kB(brotli)} |`);
}

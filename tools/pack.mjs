// Lays Brotli and gzip beside a file, for servers that send what is packed before.
import { readFileSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Returns the file's sizes. */
export function pack(path) {
  const content = readFileSync(path);
  const gzip = gzipSync(content, { level: 9 });
  const brotli = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      [constants.BROTLI_PARAM_QUALITY]: 11,
      // The largest blocks: WebAssembly is alike all through.
      [constants.BROTLI_PARAM_LGBLOCK]: constants.BROTLI_MAX_INPUT_BLOCK_BITS,
    },
  });
  // An archive gains nothing, and would cost the server memory.
  const compressible = extname(path) !== ".zip" && brotli.length < 0.95 * content.length;
  if (compressible) {
    writeFileSync(`${path}.gz`, gzip);
    writeFileSync(`${path}.br`, brotli);
  }
  return { raw: content.length, gzip: gzip.length, brotli: brotli.length };
}

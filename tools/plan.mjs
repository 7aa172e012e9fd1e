#!/usr/bin/env node
// Lowers an ONNX file to the plan that the browser runs: node tools/plan.mjs NETWORK.onnx OUT.plan
//
// By the same code as natively, in WebAssembly: the page needs tract built for it in any case.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [network, out] = process.argv.slice(2);
const { default: engines } = await import("../target/engines/tract/nodejs/lithoscope_engines.js");
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, engines.plan(readFileSync(network)));

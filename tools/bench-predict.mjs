#!/usr/bin/env node
// `lithoscope predict` beside onnxruntime on the processor, on the real CT of 99 slices: node tools/bench-predict.mjs [ROUNDS]
//
// Both in two threads, in turn, from HU in memory: ours to the list of stones, onnxruntime to the probabilities of every slice.
// Medians of the rounds' ratios count. Wants LITHOSCOPE_ONNXRUNTIME_PYTHON, a Python that has onnxruntime, and the CT beside the
// repository; without them it says so. The table also goes to target/bench-predict.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { inRepository } from "../tests/browser/harness.mjs";
import { axial, unzipped } from "./bench/real.mjs";

const THREADS = 2;
const GOAL = 1.5;
const rounds = Number(process.argv[2] ?? 5);
const ct = inRepository("../shared/data/acrin-abdomen/acrin-abdomen.zip");
const python = process.env.LITHOSCOPE_ONNXRUNTIME_PYTHON;
if (!python) leave("LITHOSCOPE_ONNXRUNTIME_PYTHON names no Python that has onnxruntime");
if (!existsSync(ct)) leave(`there is no ${ct}`);

function leave(why) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

execFileSync("cargo", ["build", "--quiet", "--release", "--package", "lithoscope-cli"], { cwd: inRepository("."), stdio: "inherit" });
const lithoscope = `${process.env.CARGO_TARGET_DIR ?? inRepository("target")}/release/lithoscope`;

/** Seconds from the slices in memory to the list of stones. */
function ours() {
  // No study takes more threads than there are cores to run on.
  const command = ["-c", `0-${THREADS - 1}`, lithoscope, "predict", ct, "--json"];
  const { seconds, engine, complete } = JSON.parse(execFileSync("taskset", command, { maxBuffer: 1 << 26 }));
  if (!complete || engine.workers !== THREADS) throw new Error(`complete: ${complete}, threads: ${engine.workers}`);
  return seconds.predict + seconds.measure;
}

const slices = axial(unzipped(ct));
const side = slices[0].columns;
const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
writeFileSync(`${folder}/stack`, Buffer.concat(slices.map(({ hu }) => Buffer.from(hu.buffer))));

function theirs() {
  const told = [inRepository("models/stone-unet.onnx"), `${folder}/stack`, slices.length, side, slices[1].z - slices[0].z, THREADS].map(String);
  const input = readFileSync(inRepository("models/manifest.json"));
  return Number(execFileSync(python, [inRepository("tools/bench/predict.py"), ...told], { input }));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
try {
  const load = loadavg()[0];
  const runs = Array.from({ length: rounds }, () => ({ ours: ours(), theirs: theirs() }));
  const [own, other] = ["ours", "theirs"].map((whose) => median(runs.map((run) => run[whose])));
  const times = median(runs.map((run) => run.theirs / run.ours));
  console.log("| what | lithoscope predict | onnxruntime | times | goal |\n|---|--:|--:|--:|--:|");
  console.log(`| the shipped network, ${slices.length} slices of ${side} × ${side}, ${THREADS} threads | ${own.toFixed(2)} s | ${other.toFixed(2)} s | ${times.toFixed(2)} × | ${GOAL} × |`);
  console.log(`${cpus()[0].model}, medians of ${rounds} rounds, load before ${load.toFixed(1)}`);
  mkdirSync(inRepository("target"), { recursive: true });
  writeFileSync(inRepository("target/bench-predict.json"), `${JSON.stringify({ runs, times, load })}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

// What the benchmark's page does: engines in workers, one after another in every round, so that other work on the
// machine meets all of them.

const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

function ask(worker, message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
}

async function start(engine, { plan, onnx, rows, columns, channels }) {
  const worker = new Worker("/bench/worker.mjs", { type: "module" });
  const network = await bytes(["plain", "relaxed", "webgpu"].includes(engine.kind) ? plan : onnx);
  await ask(worker, { start: { ...engine, network, rows, columns, channels } });
  return worker;
}

function noise(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  });
}

/** Milliseconds of every engine in every round; how far its outputs are from the first one's; of ours, the ceiling. */
globalThis.race = async (engines, network, rounds) => {
  const image = noise(network.channels * network.rows * network.columns);
  const crews = [];
  for (const engine of engines) {
    const workers = [];
    for (let n = 0; n < (engine.workers ?? 1); n++) workers.push(await start(engine, network));
    crews.push(workers);
  }
  const results = engines.map(() => ({ ms: [], off: 0 }));
  let reference;
  for (let round = -2; round < rounds; round++) {
    for (const [n, workers] of crews.entries()) {
      const run = { image, keep: round === -1 };
      const began = performance.now();
      const answers = await Promise.all(workers.map((worker) => ask(worker, { run })));
      // Several workers do as many slices at once.
      const ms = workers.length > 1 ? (performance.now() - began) / workers.length : answers[0].ms;
      if (round >= 0) results[n].ms.push(ms);
      if (round === -1) {
        const { outputs } = answers[0];
        reference ??= outputs;
        results[n].off = outputs.reduce((off, value, at) => Math.max(off, Math.abs(value - reference[at])), 0);
      }
    }
  }
  for (const [n, workers] of crews.entries()) {
    const { gigaflops, ...ceiling } = await ask(workers[0], { ceiling: true });
    Object.assign(results[n], ceiling, { gigaflops: gigaflops && gigaflops * workers.length });
  }
  crews.flat().forEach((worker) => worker.terminate());
  return results;
};

/** What an engine answers to the self-test of its plan. */
globalThis.answers = async (engine, network) => {
  const worker = await start(engine, network);
  const { answers } = await ask(worker, { test: true });
  worker.terminate();
  return [...answers];
};

/** The same over real slices, whose wanted pixels our own engines are told: milliseconds of all of them in each round. */
globalThis.raceSlices = async (engines, network, slices, rounds) => {
  const workers = [];
  for (const engine of engines) workers.push(await start(engine, network));
  const inputs = [];
  for (const path of slices) {
    const all = await bytes(path);
    const image = new Float32Array(all.buffer, 0, network.channels * network.rows * network.columns);
    inputs.push({ image, wanted: all.subarray(image.byteLength) });
  }
  const results = engines.map(() => ({ ms: [], share: 0 }));
  for (let round = -1; round < rounds; round++) {
    const sums = engines.map(() => 0);
    for (const { image, wanted } of inputs) {
      for (const [n, worker] of workers.entries()) {
        const answer = await ask(worker, { run: { image, wanted, weigh: round === -1 } });
        sums[n] += answer.ms;
        if (round === -1) results[n].share += answer.share / inputs.length;
      }
    }
    if (round >= 0) sums.forEach((sum, n) => results[n].ms.push(sum / inputs.length));
  }
  workers.forEach((worker) => worker.terminate());
  return results;
};

/** Seconds for a whole series, as users of an engine write it: slice after slice, nothing known of what is wanted. */
globalThis.loop = async (engine, network, path, slices) => {
  const hu = new Int16Array((await bytes(path)).buffer);
  const worker = await start(engine, network);
  const pixels = network.rows * network.columns;
  const image = new Float32Array(network.channels * pixels);
  const windows = [[-140, 260], [-140, 260], [-140, 260], [-200, 1400]];
  await ask(worker, { run: { image } });
  const began = performance.now();
  let stones = 0;
  for (let k = 0; k < slices; k++) {
    [-1, 0, 1, 0].forEach((step, channel) => {
      const [low, high] = windows[channel];
      const from = Math.min(slices - 1, Math.max(0, k + step)) * pixels;
      for (let at = 0; at < pixels; at++) {
        image[channel * pixels + at] = Math.min(1, Math.max(0, (hu[from + at] - low) / (high - low)));
      }
    });
    const { outputs } = await ask(worker, { run: { image, keep: true } });
    stones += outputs.reduce((sum, p) => sum + (p >= 0.4), 0);
  }
  worker.terminate();
  return { seconds: (performance.now() - began) / 1000, stones };
};

/** Whether 300 wanted pixels come out as those of the whole image, and all others as 0. */
globalThis.compareWanted = async (engine, network) => {
  const worker = await start(engine, network);
  const pixels = network.rows * network.columns;
  const image = noise(network.channels * pixels);
  const wanted = new Uint8Array(pixels);
  for (let n = 0; n < 300; n++) wanted[(n * 7919) % pixels] = 1;
  const whole = (await ask(worker, { run: { image, keep: true } })).outputs;
  const part = (await ask(worker, { run: { image, wanted, keep: true } })).outputs;
  worker.terminate();
  const is = (test) => part.reduce((sum, value, at) => sum + test(value, at), 0);
  return {
    compared: wanted.reduce((sum, value) => sum + value, 0),
    different: is((value, at) => wanted[at] === 1 && value !== whole[at]),
    outside: is((value, at) => wanted[at] === 0 && value !== 0),
  };
};

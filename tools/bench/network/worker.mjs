// One engine with one network, in a worker of its own.
//
// { start: { kind, network, rows, columns, channels, threads } } makes it; { run: { image, wanted } } runs an image and
// answers { ms, outputs, share }; { test } answers the
// network's self-test, { ceiling } what the machine could do, and the memory in use. The network is a plan file for our own engines, an ONNX file for the others.

const clock = () => performance.now();
let engine;

const makers = {
  async plain(job) {
    return own("plain", job);
  },
  async relaxed(job) {
    return own("relaxed", job);
  },
  async tract({ network, rows, columns, channels }) {
    const { default: init, Tract } = await import("/engines/tract/engine.js");
    await init();
    const tract = new Tract(network, channels, rows, columns);
    return { run: (image) => tract.run(image), share: () => 1 };
  },
  async rten({ network, rows, columns, channels }) {
    const { default: init, Rten } = await import("/engines/rten/engine.js");
    await init();
    const rten = new Rten(network, channels, rows, columns);
    return { run: (image) => rten.run(image), share: () => 1 };
  },
  async webgpu({ network, rows, columns }) {
    const { default: init, WebGpu } = await import("/engines/webgpu/engine.js");
    await init();
    const gpu = await WebGpu.of(network, rows, columns);
    return { run: (image) => gpu.run(image), share: () => 1 };
  },
  async ort({ network, rows, columns, channels, threads, on = "wasm" }) {
    const ort = await import(`/ort/ort.${on}.min.mjs`);
    ort.env.wasm.wasmPaths = "/ort/";
    ort.env.wasm.numThreads = threads;
    const session = await ort.InferenceSession.create(network, { executionProviders: [on] });
    const run = async (image) => {
      const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", image, [1, channels, rows, columns]) };
      return (await session.run(feeds))[session.outputNames[0]].data;
    };
    return { run, share: () => 1 };
  },
};

async function own(kind, { network, rows, columns }) {
  const { default: init, Engine, peak, floating_point_operations } = await import(`/engines/${kind}/engine.js`);
  const { memory } = await init();
  const made = new Engine(network, rows, columns);
  const all = new Uint8Array();
  return {
    run: (image, wanted) => made.run(image, wanted ?? all),
    share: (wanted) => (wanted ? made.share(wanted) : 1),
    answers: () => made.answers(),
    ceiling() {
      const STEPS = 4e6;
      const times = Array.from({ length: 9 }, () => {
        const began = clock();
        peak(STEPS);
        return clock() - began;
      });
      const fastest = times.sort((a, b) => a - b)[times.length >> 1];
      return {
        gigaflops: floating_point_operations(STEPS) / fastest / 1e6,
        multiplications: made.multiplications(),
        bytes: memory.buffer.byteLength,
      };
    },
  };
}

self.onmessage = async ({ data: { start, run, test, ceiling } }) => {
  try {
    if (start) {
      engine = await makers[start.kind](start);
      return self.postMessage({ isolated: self.crossOriginIsolated });
    }
    if (test) return self.postMessage({ answers: engine.answers() });
    if (ceiling) return self.postMessage(engine.ceiling?.() ?? {});
    const began = clock();
    const outputs = await engine.run(run.image, run.wanted);
    const ms = clock() - began;
    self.postMessage({ ms, outputs: run.keep ? outputs : undefined, share: run.weigh ? engine.share(run.wanted) : undefined });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

// The first script of every worker. Its first message names the program: `script` is wasm-bindgen's,
// `module` the compiled WebAssembly, `role` what the program is to be, `requests` the channel on which the page
// hears what this worker has asked the network for. The program's `main` then takes `onmessage` over and says that
// it is ready.
self.onmessage = ({ data: { script, module, role, requests } }) => {
  self.role = role;
  account(new BroadcastChannel(requests));
  importScripts(script);
  wasm_bindgen({ module_or_path: module }).catch(reportError);
};

/**
 * Passes on what the browser itself accounts for: address, milliseconds since 1970, bytes from the network, of the body.
 * What was asked of a PACS may name a patient: the address ends before it.
 */
function account(channel) {
  new PerformanceObserver((list) => {
    const told = ({ name, startTime, transferSize, encodedBodySize }) =>
      [name.split("?")[0], performance.timeOrigin + startTime, transferSize, encodedBodySize];
    channel.postMessage(JSON.stringify(list.getEntries().map(told)));
  }).observe({ type: "resource", buffered: true });
}

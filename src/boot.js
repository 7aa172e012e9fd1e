// The first script of every worker. Its first message names the program: `script` is wasm-bindgen's,
// `module` the compiled WebAssembly, `role` what the program is to be. The program's `main` then takes
// `onmessage` over and says that it is ready.
self.onmessage = ({ data: { script, module, role } }) => {
  self.role = role;
  importScripts(script);
  wasm_bindgen({ module_or_path: module }).catch(reportError);
};

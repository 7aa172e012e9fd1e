// Debian's WebKitGTK as a page of Playwright's, as far as the tests need that run in every browser: MiniBrowser under Xvfb,
// by WebDriver. What stands under a role and a name is looked up in the page.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const KEYS = {
  ArrowUp: "\uE013", ArrowDown: "\uE015", ArrowLeft: "\uE012", ArrowRight: "\uE014", Escape: "\uE00C", Enter: "\uE007",
  Tab: "\uE004", Backspace: "\uE003", Delete: "\uE017", Home: "\uE011", End: "\uE010", PageUp: "\uE00E", PageDown: "\uE00F",
  Shift: "\uE008", Control: "\uE009", Space: " ",
};

/** Runs in the page: the elements that a locator's steps lead to, from `root` on. */
function find(root, steps) {
  const ROLES = {
    alert: "[role=alert]", button: "button,[role=button]", checkbox: "input[type=checkbox]", combobox: "select",
    contentinfo: "footer", dialog: "dialog[open]", group: "[role=group],fieldset", img: "[role=img]", list: "ul,ol", listitem: "li",
    region: "section[aria-label]", slider: "input[type=range]", spinbutton: "input[type=number]", status: "[role=status]",
    tab: "[role=tab]",
  };
  const flat = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const meets = (text, { source, flags, string, exact }) => {
    if (source !== undefined) return new RegExp(source, flags).test(flat(text));
    return exact ? flat(text) === flat(string) : flat(text).toLowerCase().includes(flat(string).toLowerCase());
  };
  const seen = (it) => it.checkVisibility({ visibilityProperty: true });
  // Words of different boxes stand apart.
  const said = (it) => [...it.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[aria-hidden=true], select, input")) return "";
    return getComputedStyle(node).display.startsWith("inline") ? said(node) : ` ${said(node)} `;
  }).join("");
  const named = (it) => it.getAttribute("aria-label") ?? said(it.matches("input, select") && it.labels.length ? it.labels[0] : it);
  const within = (roots, css) => [...new Set(roots.flatMap((root) => [...root.querySelectorAll(css)]))];
  let found = [root];
  for (const step of steps) {
    if (step.css !== undefined) found = within(found, step.css);
    if (step.role !== undefined) {
      found = within(found, ROLES[step.role]).filter((it) => seen(it) && (!step.name || meets(named(it), step.name))
        && (step.pressed === undefined || it.getAttribute("aria-pressed") === String(step.pressed)));
    }
    if (step.text !== undefined) {
      const all = within(found, "*").filter((it) => !["SCRIPT", "STYLE"].includes(it.tagName) && meets(it.textContent, step.text));
      // The innermost has it.
      found = all.filter((it) => !all.some((other) => other !== it && it.contains(other)));
    }
    if (step.hasText !== undefined) found = found.filter((it) => meets(it.textContent, step.hasText));
    if (step.has !== undefined) found = found.filter((it) => find(it, step.has).length > 0);
    if (step.nth !== undefined) found = found.slice(step.nth, step.nth < 0 ? undefined : step.nth + 1);
  }
  return found;
}

const told = (text, exact) => (text instanceof RegExp ? { source: text.source, flags: text.flags } : { string: text, exact });

class Locator {
  constructor(page, steps) {
    Object.assign(this, { page, steps });
  }
  #with(step) {
    return new Locator(this.page, [...this.steps, step]);
  }
  getByRole(role, { name, exact, pressed } = {}) {
    return this.#with({ role, pressed, name: name === undefined ? undefined : told(name, exact) });
  }
  getByText(text, { exact } = {}) {
    return this.#with({ text: told(text, exact) });
  }
  locator(css, { hasText } = {}) {
    const all = this.#with({ css });
    return hasText === undefined ? all : all.#with({ hasText: told(hasText) });
  }
  filter({ has, hasText }) {
    return this.#with({ has: has?.steps, hasText: hasText === undefined ? undefined : told(hasText) });
  }
  nth(nth) {
    return this.#with({ nth });
  }
  first() {
    return this.nth(0);
  }
  last() {
    return this.nth(-1);
  }
  evaluateAll(work, argument) {
    return this.page.run(`(all, argument) => (${work})(all, argument)`, this.steps, argument);
  }
  /** Once there is one. */
  async evaluate(work, argument) {
    await this.waitFor({ state: "attached" });
    return this.page.run(`(all, argument) => (${work})(all[0], argument)`, this.steps, argument);
  }
  count = () => this.evaluateAll((all) => all.length);
  allTextContents = () => this.evaluateAll((all) => all.map((it) => it.textContent));
  textContent = () => this.evaluate((it) => it.textContent);
  inputValue = () => this.evaluate((it) => it.value);
  isChecked = () => this.evaluate((it) => it.checked);
  isVisible = () => this.evaluateAll((all) => all.some((it) => it.checkVisibility()));
  isDisabled = () => this.evaluate((it) => it.disabled);
  getAttribute = (name) => this.evaluate((it, name) => it.getAttribute(name), name);
  boundingBox = () => this.evaluate((it) => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return it.checkVisibility() ? { x, y, width, height } : null;
  });
  async waitFor({ state = "visible", timeout = 30_000 } = {}) {
    const is = { visible: ([seen]) => seen, attached: ([, there]) => there, hidden: ([seen]) => !seen, detached: ([, there]) => !there }[state];
    for (const until = Date.now() + timeout; ; await this.page.waitForTimeout(50)) {
      const now = await this.evaluateAll((all) => [all.some((it) => it.checkVisibility()), all.length > 0]);
      if (is(now)) return;
      assert.ok(Date.now() < until, `${JSON.stringify(this.steps)} does not become ${state}`);
    }
  }
  async #middle() {
    await this.waitFor();
    return this.evaluate((it) => {
      it.scrollIntoView({ block: "nearest" });
      const { x, y, width, height } = it.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    });
  }
  async click() {
    await this.page.mouse.click(...(await this.#middle()));
  }
  async hover() {
    await this.page.mouse.move(...(await this.#middle()));
  }
  async focus() {
    await this.evaluate((it) => it.focus());
  }
  async press(keys) {
    await this.focus();
    await this.page.keyboard.press(keys.replace("ControlOrMeta", "Control"));
  }
  async pressSequentially(text) {
    for (const key of text) await this.press(key);
  }
  async #put(value, kind) {
    await this.waitFor();
    await this.evaluate((it, [value, kind]) => {
      if (kind === "label") it.value = [...it.options].find((option) => option.textContent.trim() === value).value;
      else if (kind === "checked") it.checked = value;
      else it.value = value;
      for (const name of ["input", "change"]) it.dispatchEvent(new Event(name, { bubbles: true }));
    }, [value, kind]);
  }
  fill = (value) => this.#put(String(value));
  check = () => this.#put(true, "checked");
  uncheck = () => this.#put(false, "checked");
  async selectOption(option) {
    const value = typeof option === "string" ? option : option.label;
    const known = await this.evaluate((it, value) => [...it.options].some((option) => option.value === value), value);
    await this.#put(value, known ? "value" : "label");
  }
}

class Page extends Locator {
  constructor(call, close) {
    super(undefined, []);
    this.page = this;
    this.call = call;
    this.close = close;
    const at = { x: 0, y: 0 };
    const act = (actions) => call("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    const to = (x, y) => ({ type: "pointerMove", duration: 0, origin: "viewport", ...Object.assign(at, { x: Math.round(x), y: Math.round(y) }) });
    const [down, up] = ["pointerDown", "pointerUp"].map((type) => ({ type, button: 0 }));
    this.mouse = {
      move: (x, y, { steps = 1 } = {}) => {
        const [fromX, fromY] = [at.x, at.y];
        const part = (n) => to(fromX + ((x - fromX) * n) / steps, fromY + ((y - fromY) * n) / steps);
        return act(Array.from({ length: steps }, (_, n) => part(n + 1)));
      },
      down: () => act([down]),
      up: () => act([up]),
      click: (x, y) => act([to(x, y), down, up]),
      wheel: (deltaX, deltaY) => call("POST", "/actions", { actions: [{ type: "wheel", id: "wheel", actions: [{ type: "scroll", ...at, deltaX, deltaY, duration: 0, origin: "viewport" }] }] }),
    };
    this.keyboard = {
      press: (keys) => {
        const all = keys.split("+").map((key) => KEYS[key] ?? key);
        const actions = [...all.map((value) => ({ type: "keyDown", value })), ...all.toReversed().map((value) => ({ type: "keyUp", value }))];
        return call("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
      },
    };
  }
  async run(work, steps, argument = null) {
    const script = `const done = arguments[arguments.length - 1];
      ${find}
      const [steps, argument] = arguments;
      Promise.resolve().then(() => (${work})(find(document, steps), argument)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.call("POST", "/execute/async", { script, args: [steps, argument] });
    if (error) throw new Error(error);
    return value;
  }
  evaluate(work, argument) {
    return this.run(`(all, argument) => (${work})(argument)`, [], argument);
  }
  waitForTimeout(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds));
  }
  goto(url) {
    return this.call("POST", "/url", { url });
  }
  reload() {
    return this.call("POST", "/refresh", {});
  }
  /** A chooser, or a file that is saved, once what asks for it was pressed. */
  waitForEvent(name) {
    return name === "download" ? this.#download() : this.#chooser();
  }
  /** The driver tells of no downloads: the file is taken from the link that is pressed for it. */
  async #download() {
    await this.evaluate(() => {
      const blobs = new Map();
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        const address = make(blob);
        blobs.set(address, blob);
        return address;
      };
      HTMLAnchorElement.prototype.click = function () {
        if (this.download) globalThis.saved = { name: this.download, blob: blobs.get(this.href) };
        else HTMLElement.prototype.click.call(this);
        URL.createObjectURL = make;
      };
    });
    for (const until = Date.now() + 60_000; !(await this.evaluate(() => Boolean(globalThis.saved))); await this.waitForTimeout(50)) {
      assert.ok(Date.now() < until, "nothing is saved");
    }
    const { name, base64 } = await this.evaluate(async () => {
      const { name, blob } = globalThis.saved;
      globalThis.saved = undefined;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return { name, base64: btoa(text) };
    });
    return { suggestedFilename: () => name, saveAs: async (to) => writeFileSync(to, Buffer.from(base64, "base64")) };
  }
  /** The browser's own window does not open. */
  async #chooser() {
    await this.evaluate(() => {
      HTMLInputElement.prototype.click = function () {
        if (this.type === "file") globalThis.chooser = this;
        else HTMLElement.prototype.click.call(this);
      };
    });
    return {
      setFiles: async (files) => {
        for (const until = Date.now() + 5000; !(await this.evaluate(() => Boolean(globalThis.chooser))); ) assert.ok(Date.now() < until, "nothing is to be chosen");
        const { [ELEMENT]: id } = await this.call("POST", "/execute/sync", { script: "const it = globalThis.chooser; globalThis.chooser = undefined; it.hidden = false; return it;", args: [] });
        await this.call("POST", `/element/${id}/value`, { text: [files].flat().join("\n") });
      },
    };
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A page of WEBKIT, the MiniBrowser's program, that knows no way out but a proxy. */
export async function launchWebKit({ proxy, viewport: { width, height } }) {
  const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", `${width + 100}x${height + 200}x24`, "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const [display] = await once(screen.stdout, "data");
  const port = await freePort();
  // Not every machine has what its faster ways of painting need.
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, WEBKIT_DISABLE_DMABUF_RENDERER: "1", LANGUAGE: "en_GB", LANG: "en_GB.UTF-8" };
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" });
  const end = () => [driver, screen].forEach((program) => program.kill());
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  const options = { binary: process.env.WEBKIT, args: ["--automation"] };
  const { host } = new URL(proxy);
  const alwaysMatch = { "webkitgtk:browserOptions": options, proxy: { proxyType: "manual", httpProxy: host, noProxy: [] } };
  let session;
  for (const until = Date.now() + 20_000; !session; ) {
    session = await ask("POST", "/session", { capabilities: { alwaysMatch } }).catch(async (error) => {
      if (Date.now() > until) {
        end();
        throw error;
      }
      await new Promise((done) => setTimeout(done, 200));
    });
  }
  const base = `/session/${session.sessionId}`;
  // One after another, as they were asked for.
  let last = Promise.resolve();
  const call = (method, path, body) => {
    const answer = last.then(() => ask(method, base + path, body));
    last = answer.catch(() => {});
    return answer;
  };
  await call("POST", "/timeouts", { script: 300_000, pageLoad: 60_000 });
  await call("POST", "/window/rect", { width, height: height + 60 });
  return new Page(call, async () => {
    await call("DELETE", "");
    end();
  });
}

// Start the widgets of a page, keep them in its colours, and make the page easier to use by keyboard and screen reader.
// This is a plain script: browsers refuse to load modules from a disk, and the pages should work there too.

const courseFiles = {}; // filled by the scripts in widgets/, by name
window.courseFiles = courseFiles;

const loading = {};

// Load a script of widgets/ once; return a promise of what it adds to `courseFiles`.
function load(address) {
  const name = address.split("/").pop().replace(".js", "");
  loading[name] ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(courseFiles[name]);
    script.onerror = () => reject(new Error(`could not load ${address}`));
    document.head.append(script);
  });
  return loading[name];
}

const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

// Return a copy of a stored state, in which base64 text has become bytes, as if a kernel had sent them.
function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  if (value.base64 !== undefined) return bytes(value.base64);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revive(part)]));
}

// Return a model that stores the state and notifies the view of changes. No kernel receives the changes.
function makeModel(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      for (const listener of listeners[`change:${name}`] || []) listener();
    },
    on: (event, listener) => {
      listeners[event] ||= [];
      listeners[event].push(listener);
    },
    off: (event, listener) => {
      listeners[event] = (listeners[event] || []).filter((other) => other !== listener);
    },
    save_changes: () => {},
    send: () => {},
  };
}

// Replace the static copy of a widget with the live widget.
async function start(host) {
  const [program, state] = await Promise.all([load(host.dataset.program), load(host.dataset.state)]);
  const module = await import(`data:text/javascript;charset=utf-8,${encodeURIComponent(program.code)}`);
  const style = document.createElement("style");
  style.textContent = program.style;
  const el = document.createElement("div");
  host.replaceChildren(style, el);
  const model = makeModel(revive(state));
  module.default.render({ model, el });
  if (host.dataset.widget === "painter") await window.addFill(host, model, JSON.parse(host.dataset.hole));
  host.dataset.alive = "";
}

// Load a widget shortly before it comes into view.
function startWhenNear(hosts) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "800px" },
  );
  for (const host of hosts) observer.observe(host);
}

// The widgets ask the page for its theme in the way of JupyterLab.
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => {
    const { theme } = document.body.dataset;
    const isDark = theme === "dark" || (theme !== "light" && dark.matches);
    document.body.dataset.jpThemeLight = String(!isDark);
  };
  new MutationObserver(tell).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
  dark.addEventListener("change", tell);
  tell();
}

// Let the keyboard scroll what is wider than the page.
function focusScrollers() {
  const scrollers = document.querySelectorAll("pre, .table-wrapper, .output.text_html, .formula");
  for (const node of scrollers) {
    if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
    else node.removeAttribute("tabindex");
  }
}

// Tell screen readers which of the two side bars is which.
function nameSidebars() {
  for (const [selector, name] of [
    [".sidebar-drawer", "Pages"],
    [".toc-drawer", "Sections"],
  ]) {
    document.querySelector(selector)?.setAttribute("aria-label", name);
  }
}

nameSidebars();
followTheme();
startWhenNear(document.querySelectorAll(".course-widget"));
focusScrollers();
document.fonts.ready.then(focusScrollers);
addEventListener("resize", focusScrollers);

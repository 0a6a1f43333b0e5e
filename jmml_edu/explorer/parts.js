// What the widgets share: elements, numbers as text, colours of both themes, marks. Python joins this
// file with those of a widget into one module (browser.py).

const SHAPES = ["circle", "square", "triangle", "diamond", "down", "plus", "cross", "star"];
const LIGHT = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
const DARK = ["#4AA8E0", "#FF8A4C", "#2CC79A", "#E7A3CB", "#F2B53A", "#9AD8FA", "#F4F4F4"];

// ---------------------------------------------------------------- what Python has sent

function arrayOf(told, block, name) {
  const { kind, at, shape, scale } = told.layout[name];
  const Kind = { int16: Int16Array, int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[kind];
  const length = shape.reduce((a, b) => a * b, 1);
  // A DataView may begin anywhere in its buffer; typed arrays may not, so the bytes are copied.
  const start = block.byteOffset + at;
  const bytes = block.buffer.slice(start, start + length * Kind.BYTES_PER_ELEMENT);
  const whole = new Kind(bytes);
  if (!scale) return whole;
  const missing = kind === "int16" ? -32768 : -128;
  return Float32Array.from(whole, (v) => (v === missing ? NaN : v * scale));
}

// ---------------------------------------------------------------- elements

function h(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  // JupyterLab takes the arrow keys from whatever lacks this attribute itself.
  if (/^(BUTTON|SELECT|INPUT|SUMMARY)$/.test(node.tagName) || given.tabindex !== undefined) {
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function choice(label, options, value, then) {
  const select = h("select", { onchange: (event) => then(event.target.value) },
    ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  return h("label", { class: "jx-choice" }, label, select);
}

function radios(label, options, then) {
  const group = `jx-${Math.random().toString(36).slice(2)}`;
  const inputs = options.map(([value]) => h("input", {
    type: "radio", name: group, value, onchange: () => then(value) }));
  const node = h("fieldset", { class: "jx-radios" }, h("legend", {}, label),
    ...options.map(([, text], i) => h("label", {}, inputs[i], h("span", {}, text))));
  const set = (value) => inputs.forEach((input) => { input.checked = input.value === value; });
  return { node, set };
}

function tick(text, checked, then) {
  return h("label", { class: "jx-tick" }, h("input", {
    type: "checkbox", checked, onchange: (event) => then(event.target.checked) }), text);
}

// ---------------------------------------------------------------- numbers, colours, marks

const percent = (p) => (Number.isFinite(p) ? `${(100 * p).toFixed(0)} %` : "–");
const fixed = (v, digits = 2) => (Number.isFinite(v) ? v.toFixed(digits).replace("-", "−") : "–");
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

function fitted(canvas, width, height, isRead = false) {
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  const [w, g] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== g) Object.assign(canvas, { width: w, height: g });
  const brush = canvas.getContext("2d", { willReadFrequently: isRead });
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  return brush;
}

function isDark() {
  const { body } = document;
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  if (body.classList.contains("vscode-dark")) return true;
  if (body.classList.contains("vscode-light")) return false;
  if (document.documentElement.dataset.theme) {
    return document.documentElement.dataset.theme === "dark";
  }
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

// Calls when the page may have changed between light and dark; returns what ends that.
function watchTheme(then) {
  const observer = new MutationObserver(then);
  const attributes = { attributes: true,
    attributeFilter: ["class", "data-jp-theme-light", "data-theme"] };
  observer.observe(document.body, attributes);
  observer.observe(document.documentElement, attributes);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", then);
  return () => {
    observer.disconnect();
    scheme.removeEventListener("change", then);
  };
}

const INKS = {
  light: { ink: "#1d2733", muted: "#5b6672", rule: "#d5dae0", paper: "#ffffff", accent: "#0067a0",
           palette: LIGHT, map: [[33, 102, 172], [247, 247, 247], [178, 72, 0]] },
  dark: { ink: "#e8ecf0", muted: "#a3adb8", rule: "#3a444f", paper: "#171c22", accent: "#6cbdf0",
          palette: DARK, map: [[90, 170, 235], [38, 45, 53], [255, 150, 80]] },
};

function outline(brush, shape, x, y, r) {
  brush.beginPath();
  if (shape === "circle") return brush.arc(x, y, r, 0, 2 * Math.PI);
  const corners = {
    square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    triangle: [[0, -1.1], [1, 0.75], [-1, 0.75]],
    down: [[0, 1.1], [1, -0.75], [-1, -0.75]],
    diamond: [[0, -1.2], [1, 0], [0, 1.2], [-1, 0]],
    plus: [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1],
           [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]],
    star: Array.from({ length: 10 }, (_, i) => {
      const [a, far] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 0.5 : 1.25];
      return [far * Math.cos(a), far * Math.sin(a)];
    }),
  };
  const turn = shape === "cross" ? Math.SQRT1_2 : 0;
  for (const [u, v] of corners[shape === "cross" ? "plus" : shape]) {
    const [a, b] = turn ? [(u - v) * turn, (u + v) * turn] : [u, v];
    brush.lineTo(x + r * a, y + r * b);
  }
  return brush.closePath();
}

/* Building the page by functions: no markup in strings, so nothing a user types can become an element. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `h("button", {class: "btn", on: {click: run}, "aria-label": "Close"}, icon("close"), "Close")`.
 *
 * Props: `class`, `on` (listeners), `style` (an object, set through CSSOM because the page's policy forbids style
 * attributes), `data` (data-…), `ref` (called with the element), names of DOM properties (`value`, `checked`,
 * `disabled`, `hidden`, …) and otherwise attributes; null, undefined and false leave an attribute out.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  if (props) assign(element, props);
  append(element, children);
  return element;
}

const PROPERTIES = new Set([
  "value", "checked", "disabled", "hidden", "selected", "muted", "loop", "playsInline", "controls", "autoplay",
  "indeterminate", "inert", "htmlFor", "open", "multiple", "required", "readOnly", "srcObject", "textContent",
]);

/** Sets props on an element that is already there, by the rules of `h`. */
export function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (name === "style") for (const [key, set] of Object.entries(value)) element.style.setProperty(key, set);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "ref") value(element);
    else if (name === "class") element.className = Array.isArray(value) ? value.filter(Boolean).join(" ") : value ?? "";
    else if (PROPERTIES.has(name)) element[name] = value;
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

/** Appends nodes, texts and numbers, lists of them, and leaves out null, undefined and false. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replaces everything inside an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** `svg("path", {d: "…"})`. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Registers a light DOM custom element once. */
export function define(name, type) {
  if (!customElements.get(name)) customElements.define(name, type);
}

let counted = 0;
/** A fresh id for `aria-labelledby` and friends. */
export const uid = (prefix = "n") => `${prefix}-${++counted}`;

/** Runs the last call of a burst, `ms` after it. The result has `.cancel()` and `.flush()`. */
export function debounce(run, ms) {
  let timer = 0;
  let last = null;
  const wrapped = (...args) => {
    clearTimeout(timer);
    last = args;
    timer = setTimeout(wrapped.flush, ms);
  };
  wrapped.cancel = () => { clearTimeout(timer); last = null; };
  wrapped.flush = () => {
    clearTimeout(timer);
    const args = last;
    last = null;
    if (args) run(...args);
  };
  return wrapped;
}

/** Joins calls into at most one a frame. */
export function onFrame(run) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; run(); });
  };
}

/** Says a sentence to screen readers; at most one every two seconds, the newest wins. */
export const announce = (() => {
  let said = 0;
  let timer = 0;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      said = performance.now();
      const region = document.getElementById("live");
      if (region) region.textContent = text;
    }, Math.max(60, said + 2000 - performance.now()));
  };
})();

/** True where motion should be kept small. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** True on a screen that is narrow, as a phone's. */
export const narrow = () => matchMedia("(max-width: 47.99rem)").matches;

/* Controls as custom elements in the light DOM. Each has `.value` and fires "change" that bubbles. */

import { assign, define, fill, h, uid } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";

const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

/** One of a few, side by side: radio buttons under a coat. */
class Segmented extends HTMLElement {
  #options = [];
  #value = null;
  #name = uid("seg");

  /** `options`: [{value, label, hint?, disabled?, picture? (a node)}]. */
  show({ label, options, value }) {
    this.#options = options;
    this.#value = value;
    assign(this, { role: "radiogroup", "aria-label": label });
    this.classList.add("segmented");
    fill(this, options.map((option) => h("label", { class: "segment", title: option.hint },
      h("input", {
        type: "radio", name: this.#name, value: String(option.value), checked: option.value === value, disabled: Boolean(option.disabled),
        on: { change: (event) => { event.stopPropagation(); this.#value = option.value; changed(this); } },
      }),
      h("span", { class: "segment-face" }, option.picture, h("span", {}, option.label)))));
    return this;
  }

  get value() { return this.#value; }
  set value(value) {
    this.#value = value;
    for (const [index, input] of [...this.querySelectorAll("input")].entries()) input.checked = this.#options[index].value === value;
  }
}

/** A number with buttons for less and more. */
class Stepper extends HTMLElement {
  #input = null;
  #bounds = { min: 0, max: 99, step: 1 };

  show({ label, value, min, max, step = 1 }) {
    this.#bounds = { min, max, step };
    this.classList.add("stepper");
    assign(this, { role: "group", "aria-label": label });
    const move = (by) => h("button", {
      class: "icon-btn is-small", type: "button", "aria-label": t(by < 0 ? "shell.less" : "shell.more"),
      on: { click: () => { this.value += by * step; changed(this); } },
    }, icon(by < 0 ? "minus" : "plus"));
    this.#input = h("input", {
      type: "number", inputmode: "numeric", min, max, step, value: String(value), "aria-label": label,
      on: { change: (event) => { event.stopPropagation(); this.value = Number(event.target.value); changed(this); } },
    });
    fill(this, move(-1), this.#input, move(1));
    return this;
  }

  get value() { return Number(this.#input.value); }
  set value(value) {
    const { min, max } = this.#bounds;
    this.#input.value = String(Math.min(max, Math.max(min, Number.isFinite(value) ? value : min)));
  }
}

/** Zero to five stars; pressing the same star again takes them away. */
class Stars extends HTMLElement {
  #value = 0;

  show({ label, value = 0 }) {
    this.classList.add("stars");
    assign(this, { role: "group", "aria-label": label });
    fill(this, [1, 2, 3, 4, 5].map((count) => h("button", {
      type: "button", class: "star", "aria-label": t("shell.stars", { count }),
      on: { click: () => { this.value = this.#value === count ? 0 : count; changed(this); } },
    }, icon("star"))));
    this.value = value;
    return this;
  }

  get value() { return this.#value; }
  set value(value) {
    this.#value = value;
    for (const [index, star] of [...this.children].entries()) {
      star.setAttribute("aria-pressed", String(index + 1 === value));
      star.classList.toggle("is-on", index < value);
    }
  }
}

/** A bar: `.value` from 0 to 1, or null while nobody knows. */
class Progress extends HTMLElement {
  #bar = h("span", { class: "progress-bar" });

  show({ label, value = null }) {
    this.classList.add("progress");
    assign(this, { role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 });
    fill(this, this.#bar);
    this.value = value;
    return this;
  }

  set value(value) {
    this.classList.toggle("is-unknown", value === null);
    if (value === null) return void this.removeAttribute("aria-valuenow");
    this.setAttribute("aria-valuenow", String(Math.round(value * 100)));
    this.#bar.style.setProperty("inline-size", `${Math.min(1, Math.max(0, value)) * 100}%`);
  }
}

define("dr-segmented", Segmented);
define("dr-stepper", Stepper);
define("dr-stars", Stars);
define("dr-progress", Progress);

const made = (name) => (options) => {
  const element = document.createElement(name).show(options);
  if (options.change) element.addEventListener("change", () => options.change(element.value));
  return element;
};
/** `segmented({label, options: [{value, label}], value, change: (value) => …})`. */
export const segmented = made("dr-segmented");
/** `stepper({label, value, min, max, step, change})`. */
export const stepper = made("dr-stepper");
/** `stars({label, value, change})`. */
export const stars = made("dr-stars");
/** `progress({label, value})`; set `.value` later. */
export const progress = made("dr-progress");

/** A switch with its text: `toggle({label, hint?, value, change})`. */
export const toggle = ({ label, hint, value, change, disabled = false }) =>
  h("label", { class: "toggle" },
    h("input", { type: "checkbox", role: "switch", checked: value, disabled, on: { change: (event) => change(event.target.checked) } }),
    h("span", { class: "toggle-track", "aria-hidden": "true" }),
    h("span", { class: "toggle-text" }, label, hint ? h("small", {}, hint) : null));

/** A field with its label and hint around any control: `field({label, hint?, control})`. */
export function field({ label, hint, control, group = false }) {
  const id = control.id || (control.id = uid("field"));
  const note = hint ? h("small", { class: "hint", id: `${id}-hint` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" },
    group || control.localName.includes("-") ? h("span", { class: "label" }, label) : h("label", { class: "label", htmlFor: id }, label),
    control, note);
}

/** A native choice: `select({label?, options: [{value, label}], value, change})`. */
export const select = ({ label, options, value, change }) =>
  h("span", { class: "select" },
    h("select", { "aria-label": label, on: { change: (event) => change(event.target.value) } },
      options.map((option) => h("option", { value: option.value, selected: option.value === value }, option.label))),
    icon("chevron-down"));

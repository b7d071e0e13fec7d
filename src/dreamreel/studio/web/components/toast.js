/* Toasts: short news at the edge of the screen. They never hold anything that cannot be found elsewhere. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";

const KINDS = { info: "info", good: "check", bad: "warning" };

/**
 * `toast("Moved to the trash.", {action: {label: "Undo", run: back}})`. Kinds: info, good, bad. A Problem may be given
 * instead of a text. Returns a function that takes it away.
 */
export function toast(text, { kind, action, time = 6000 } = {}) {
  const error = text instanceof Error;
  if (error && text.code === "Offline") return () => {};
  const look = kind ?? (error ? "bad" : "info");
  const gone = () => {
    clearTimeout(timer);
    box.classList.add("is-going");
    setTimeout(() => box.remove(), 200);
  };
  const box = h("div", { class: `toast is-${look}` },
    icon(KINDS[look] ?? "info"),
    h("p", {}, error ? text.detail ?? text.message : text),
    action ? h("button", { class: "btn is-quiet is-small", type: "button", on: { click: () => { gone(); action.run(); } } }, action.label) : null,
    h("button", { class: "icon-btn is-small", type: "button", "aria-label": t("shell.dismiss"), on: { click: gone } }, icon("close")));
  let timer = setTimeout(gone, action || look === "bad" ? time * 2 : time);
  for (const [event, run] of Object.entries({
    pointerenter: () => clearTimeout(timer), focusin: () => clearTimeout(timer),
    pointerleave: () => { timer = setTimeout(gone, time); }, focusout: () => { timer = setTimeout(gone, time); },
  })) box.addEventListener(event, run);
  const region = document.getElementById("toasts");
  while (region.children.length > 3) region.firstElementChild.remove();
  region.append(box);
  return gone;
}

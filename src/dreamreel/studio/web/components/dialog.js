/* Dialogs on the native element: focus is kept inside and given back, Escape closes, the page behind is inert. */

import { append, h, uid } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";

/**
 * Shows a dialog and waits for its answer: the `value` of the chosen action, or null when it is closed.
 *
 *   await dialog({title, body, actions: [{label, value, kind: "primary"|"danger"|"quiet", run?}], wide?})
 *
 * `run` may hold the dialog open by returning false. `body` is a node, text or list; a function is given `close(value)`.
 */
export function dialog({ title, body, actions = [], wide = false }) {
  return new Promise((answer) => {
    const id = uid("dialog");
    const close = (value = null) => { box.returned = value; box.close(); };
    const box = h("dialog", { class: wide ? "dialog is-wide" : "dialog", "aria-labelledby": id },
      h("header", { class: "dialog-head" },
        h("h2", { id }, title),
        h("button", { class: "icon-btn", type: "button", "aria-label": t("shell.close"), on: { click: () => close() } }, icon("close"))),
      append(h("div", { class: "dialog-body" }), typeof body === "function" ? body(close) : body),
      actions.length ? h("footer", { class: "dialog-foot" }, actions.map((action) => button(action, close))) : null);
    // What lies outside a modal dialog is inert and covered: the toasts come along for as long as it is open.
    const toasts = document.getElementById("toasts");
    const home = toasts.parentElement;
    box.addEventListener("close", () => { home.append(toasts); box.remove(); answer(box.returned ?? null); });
    box.addEventListener("click", (event) => { if (event.target === box) close(); });
    document.body.append(box);
    box.append(toasts);
    box.showModal();
  });
}

function button(action, close) {
  const look = { primary: "is-primary", danger: "is-danger", quiet: "is-quiet" }[action.kind] ?? "";
  return h("button", {
    class: `btn ${look}`, type: "button", autofocus: action.focus,
    on: { click: async () => { if ((await action.run?.()) !== false) close(action.value ?? true); } },
  }, action.label);
}

/** Asks before something that cannot be taken back: true or false. */
export const confirm = async ({ title, text, yes, no = t("shell.cancel"), danger = false }) =>
  (await dialog({
    title,
    body: h("p", {}, text),
    actions: [
      { label: no, value: false, kind: "quiet", focus: danger },
      { label: yes, value: true, kind: danger ? "danger" : "primary" },
    ],
  })) === true;

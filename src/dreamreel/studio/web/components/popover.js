/* Popovers and menus: small panels beside the button that opened them. Escape and a click elsewhere close them,
   focus goes back to the button. */

import { append, h } from "../dom.js";
import { icon } from "./icon.js";

let open = null;

/** Closes the popover that is open, if any. */
export const closePopover = () => open?.close();

/**
 * Opens a panel beside `anchor`. `build(close)` returns its content. Options: `label` (its name), `role` ("dialog" or
 * "menu"), `after` (called when it is closed). A second call for the same anchor closes it.
 */
export function popover(anchor, build, { label = "", role = "dialog", after } = {}) {
  const same = open?.anchor === anchor;
  open?.close(same);
  if (same) return null;
  const controller = new AbortController();
  const { signal } = controller;
  const panel = h("div", { class: `popover is-${role}`, role, "aria-label": label || null, tabindex: "-1" });
  const close = (back = true) => {
    if (open?.panel !== panel) return;
    open = null;
    controller.abort();
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (back && anchor.isConnected) anchor.focus();
    after?.();
  };
  open = { anchor, panel, close };
  append(panel, build(close));
  (anchor.closest("dialog, main") ?? document.body).append(panel);
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("aria-haspopup", role);
  place(panel, anchor);
  const again = () => (anchor.isConnected ? place(panel, anchor) : close(false));
  addEventListener("resize", again, { signal });
  addEventListener("scroll", again, { signal, capture: true, passive: true });
  new ResizeObserver(again).observe(panel);
  document.addEventListener("pointerdown", (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close(false);
  }, { signal, capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
    if (event.key === "Tab" && role === "menu") close();
  }, { signal, capture: true });
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== anchor) close(false);
  }, { signal });
  (panel.querySelector("[autofocus], [aria-checked=true], [aria-selected=true]") ??
    panel.querySelector("button, input, select, a[href], [tabindex='0']") ?? panel).focus({ preventScroll: true });
  return close;
}

function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const gap = 8;
  const room = document.documentElement.clientWidth;
  const width = Math.min(panel.offsetWidth, room - 2 * gap);
  const rtl = document.documentElement.dir === "rtl";
  const left = Math.min(Math.max(gap, rtl ? box.right - width : box.left), room - width - gap);
  const below = innerHeight - box.bottom - 2 * gap;
  const above = box.top - 2 * gap;
  const up = panel.scrollHeight > below && above > below;
  panel.style.setProperty("left", `${left}px`);
  panel.style.setProperty("max-height", `${Math.max(160, up ? above : below)}px`);
  panel.style.setProperty("top", `${up ? Math.max(gap, box.top - gap - panel.offsetHeight) : box.bottom + gap}px`);
}

/**
 * A button that opens a menu: `menuButton({label, icon, text?, items: () => [{label, icon?, href?, download?, run?,
 * danger?, checked?, hint?}]})`. Arrow keys, Home, End and first letters move in it.
 */
export function menuButton({ label, icon: shape = "more", text, items, look = "icon-btn" }) {
  return h("button", {
    class: text ? `btn ${look === "icon-btn" ? "" : look}` : look, type: "button",
    "aria-label": text ? null : label, "aria-haspopup": "menu", "aria-expanded": "false",
    on: { click: (event) => popover(event.currentTarget, (close) => menu(items(), close), { label, role: "menu" }) },
  }, icon(shape), text, text ? icon("chevron-down") : null);
}

function menu(items, close) {
  const rows = items.filter(Boolean).map((item) => h(item.href ? "a" : "button", {
    class: item.danger ? "menu-item is-danger" : "menu-item", tabindex: "-1", disabled: item.disabled || undefined,
    role: item.checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": item.checked === undefined ? null : String(item.checked),
    href: item.href, download: item.download, type: item.href ? null : "button",
    on: { click: () => { close(); item.run?.(); } },
  }, icon(item.checked ? "check" : item.icon ?? "none", { fallback: item.checked === undefined ? "chevron-right" : "none" }),
  h("span", {}, item.label, item.hint ? h("small", {}, item.hint) : null)));
  const box = h("div", { class: "menu", on: { keydown: (event) => walk(event, rows) } }, rows);
  return box;
}

/** Arrow keys, Home, End and first letters among focusable rows. */
export function walk(event, rows) {
  const usable = rows.filter((row) => !row.disabled && !row.hidden);
  const at = usable.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: usable.length - 1 };
  let to = steps[event.key];
  if (to === undefined && event.key.length === 1 && /\S/.test(event.key)) {
    const rest = [...usable.slice(at + 1), ...usable.slice(0, at + 1)];
    const found = rest.find((row) => row.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (found) to = usable.indexOf(found);
  }
  if (to === undefined) return;
  event.preventDefault();
  usable[(to + usable.length) % usable.length]?.focus();
}

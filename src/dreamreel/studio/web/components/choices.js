/* A list to choose one from, with pictures or swatches, and a search when it is long. */

import { h, fill } from "../dom.js";

/**
 * `choices({label, options: [{value, label, picture? (node), words?}], value, pick, look: "list"|"grid"|"swatches", search?})`.
 * Arrow keys, Home and End move, Enter chooses, as in any listbox.
 */
export function choices({ label, options, value, pick, look = "list", search }) {
  const rows = options.map((option) => h("button", {
    class: "choice", type: "button", role: "option", "aria-selected": String(option.value === value),
    tabindex: option.value === value ? "0" : "-1", "aria-label": look === "swatches" ? option.label : null, title: look === "swatches" ? option.label : null,
    on: { click: () => pick(option.value) },
  }, option.picture, look === "swatches" ? null : h("span", {}, option.label)));
  if (!rows.some((row) => row.tabIndex === 0) && rows[0]) rows[0].tabIndex = 0;
  const list = h("div", { class: `choices is-${look}`, role: "listbox", "aria-label": label, on: { keydown: (event) => step(event, rows) } }, rows);
  if (!search) return list;
  const nothing = h("p", { class: "hint", hidden: true }, search.nothing);
  const seek = (text) => {
    const wanted = text.trim().toLowerCase();
    for (const [index, option] of options.entries()) {
      rows[index].hidden = ![option.label, ...(option.words ?? [])].some((word) => word.toLowerCase().includes(wanted));
      rows[index].tabIndex = -1;
    }
    const first = rows.find((row) => !row.hidden);
    if (first) first.tabIndex = 0;
    nothing.hidden = Boolean(first);
  };
  const input = h("input", {
    class: "input", type: "search", placeholder: search.placeholder, "aria-label": search.placeholder, autofocus: true,
    on: {
      input: (event) => seek(event.target.value),
      keydown: (event) => {
        const first = rows.find((row) => !row.hidden);
        if (event.key === "ArrowDown") { event.preventDefault(); first?.focus(); }
        if (event.key === "Enter") { event.preventDefault(); first?.click(); }
      },
    },
  });
  return fill(h("div", { class: "stack-s" }), input, list, nothing);
}

function step(event, rows) {
  const usable = rows.filter((row) => !row.hidden);
  const at = usable.indexOf(document.activeElement);
  const mirrored = document.documentElement.dir === "rtl" ? -1 : 1;
  const across = Math.max(1, usable.filter((row) => row.offsetTop === usable[0].offsetTop).length);
  const to = {
    ArrowDown: at + across, ArrowUp: at - across, ArrowRight: at + mirrored, ArrowLeft: at - mirrored, Home: 0, End: usable.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  usable[Math.min(usable.length - 1, Math.max(0, to))]?.focus();
}

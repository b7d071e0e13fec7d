/* Putting rows in another order: by a pointer on the handle, by arrow keys on it; buttons do the same elsewhere.

     handle ── drag ──► rows make room ── drop ──► moved(from, to)
     handle ── ArrowUp ArrowDown Home End ───────► moved(from, to)                                               */

import { calm } from "/web/dom.js";

const EDGE = 72;
const SPEED = 14;

/** Makes the `<li>`s of a list movable by their `.job-handle`. `rows()` gives them in order; `moved(from, to)` is told. */
export function reorderable(list, { rows, moved, signal }) {
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(".job-handle")?.closest("li");
    if (!row) return;
    const all = rows();
    const from = all.indexOf(row);
    const to = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < all.length && to !== from) moved(from, to);
  }, { signal });
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".job-handle");
    if (!handle || event.button || handle.disabled) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    drag(handle, event, rows(), moved);
  }, { signal });
}

function drag(handle, event, all, moved) {
  const row = handle.closest("li");
  const from = all.indexOf(row);
  const boxes = all.map((one) => { const box = one.getBoundingClientRect(); return { top: box.top + scrollY, high: box.height }; });
  const start = event.clientY + scrollY;
  const step = (boxes[from + 1]?.top ?? boxes[from].top + boxes[from].high) - boxes[from].top;
  const controller = new AbortController();
  const { signal } = controller;
  let pointer = event.clientY;
  let to = from;
  let frame = 0;

  const lay = () => {
    const by = pointer + scrollY - start;
    const middle = boxes[from].top + boxes[from].high / 2 + by;
    to = boxes.reduce((place, box, index) => {
      const edge = box.top + box.high / 2;
      if (index < from && middle < edge) return Math.min(place, index);
      if (index > from && middle > edge) return Math.max(place, index);
      return place;
    }, from);
    row.style.setProperty("translate", `0 ${by}px`);
    for (const [index, one] of all.entries()) {
      if (one === row) continue;
      const shift = index > from && index <= to ? -step : index < from && index >= to ? step : 0;
      one.style.setProperty("translate", shift ? `0 ${shift}px` : "none");
    }
  };
  const creep = () => {
    const by = pointer < EDGE * 1.6 ? -SPEED : pointer > innerHeight - EDGE * 1.6 ? SPEED : 0;
    if (by) { scrollBy(0, by); lay(); }
    frame = requestAnimationFrame(creep);
  };
  const end = (keep) => {
    controller.abort();
    cancelAnimationFrame(frame);
    row.classList.remove("is-dragged");
    handle.closest("ul")?.classList.remove("is-sorting");
    for (const one of all) one.style.removeProperty("translate");
    if (keep && to !== from) moved(from, to);
  };

  row.classList.add("is-dragged");
  handle.closest("ul")?.classList.add("is-sorting");
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", (move) => { pointer = move.clientY; lay(); }, { signal });
  handle.addEventListener("pointerup", () => end(true), { signal });
  handle.addEventListener("pointercancel", () => end(false), { signal });
  addEventListener("keydown", (key) => { if (key.key === "Escape") end(false); }, { signal, capture: true });
  frame = requestAnimationFrame(creep);
}

/** Runs `change` and lets the rows that are seen glide from where they were to where they are. */
export function glide(rows, change) {
  if (calm()) return change();
  const near = (box) => box.bottom > -200 && box.top < innerHeight + 200;
  const before = new Map(rows.map((row) => [row, row.getBoundingClientRect()]).filter(([, box]) => near(box)));
  const result = change();
  for (const [row, box] of before) {
    const by = box.top - row.getBoundingClientRect().top;
    if (row.isConnected && by) row.animate([{ translate: `0 ${by}px` }, { translate: "none" }], { duration: 260, easing: "cubic-bezier(0.3, 0.1, 0.2, 1)" });
  }
  return result;
}

/* The tour of a first visit: three cards beside the photo, the dream and the button. Nothing is locked meanwhile; a
   card never lies on what it explains, can be left at any time, and says where it is. */

import { announce, calm, h, onFrame, uid } from "../dom.js";
import { t } from "../i18n.js";
import { api } from "../api.js";
import { facts } from "../store.js";
import { navigate } from "../router.js";
import { icon } from "./icon.js";
import { castPicture } from "./states.js";

const STEPS = [{ name: "photo", who: "baby" }, { name: "dream", who: "sheep" }, { name: "generate", who: "moon" }];
const GAP = 16;
const HOME = "/create";

let stop = null;

const sheet = () => {
  if (document.querySelector('link[href="/web/components/tour.css"]')) return Promise.resolve();
  return new Promise((done) => { document.head.append(h("link", { rel: "stylesheet", href: "/web/components/tour.css", on: { load: done, error: done } })); });
};

/** Shows the tour when this studio has never shown it to the end. */
export function offerTour() {
  if (facts.get("settings")?.tour_done === false && location.pathname === HOME) void startTour({ focus: false });
}

/** Goes to the page of dreams and begins. */
export async function startTour({ from = 0, focus = true } = {}) {
  stop?.();
  await sheet();
  if (location.pathname !== HOME) await navigate(HOME);
  stop = run(from, focus);
}

async function remember() {
  try { facts.set("settings", await api.patch("/settings", { tour_done: true })); } catch { /* it is offered again next time */ }
}

function run(from, focus) {
  const controller = new AbortController();
  const { signal } = controller;
  const ids = [uid("tour"), uid("tour")];
  const card = h("section", { class: "coach", "aria-labelledby": ids[0], "aria-describedby": ids[1], tabindex: "-1", hidden: true });
  let step = from;
  let target = null;

  const end = () => {
    if (signal.aborted) return;
    controller.abort();
    target?.classList.remove("coach-target");
    card.remove();
    stop = null;
  };
  const finish = () => {
    const back = target?.querySelector("button, input, textarea, a[href]") ?? target;
    const held = card.contains(document.activeElement);
    end();
    if (held) back?.focus({ preventScroll: true });
    void remember();
  };
  const go = (to) => {
    if (to >= STEPS.length) return finish();
    step = Math.max(0, to);
    draw();
    seek(true);
    card.focus({ preventScroll: true });
    return undefined;
  };
  const draw = () => {
    const { name, who } = STEPS[step];
    const last = step === STEPS.length - 1;
    const press = (label, look, run) => h("button", { class: `btn is-small ${look}`, type: "button", on: { click: run } }, label);
    card.replaceChildren(
      h("div", { class: "coach-head" }, castPicture(who, 56),
        h("div", {}, h("p", { class: "coach-step soft" }, t("tour.step", { step: step + 1, steps: STEPS.length })), h("h2", { id: ids[0] }, t(`tour.${name}.title`))),
        h("button", { class: "icon-btn is-small", type: "button", "aria-label": t("tour.skip"), title: t("tour.skip"), on: { click: finish } }, icon("close"))),
      h("p", { id: ids[1] }, t(`tour.${name}.text`)),
      h("div", { class: "row coach-foot" },
        h("span", { class: "coach-dots", "aria-hidden": "true" }, STEPS.map((_, index) => h("i", { class: index === step ? "is-on" : "" }))),
        h("span", { class: "row spread" },
          step ? press(t("tour.back"), "is-quiet", () => go(step - 1)) : press(t("tour.skip"), "is-quiet", finish),
          press(t(last ? "tour.done" : "tour.next"), "is-primary", () => go(step + 1)))));
  };
  const seek = (scroll) => {
    if (location.pathname !== HOME) return end();
    card.hidden = false;
    const found = heart(document.querySelector(`[data-tour="${STEPS[step].name}"]`), card);
    if (found !== target) {
      target?.classList.remove("coach-target");
      found?.classList.add("coach-target");
      target = found;
      sizes.disconnect();
      if (found) sizes.observe(found);
      sizes.observe(card);
    }
    card.hidden = !target;
    if (!target) return undefined;
    if (scroll) bring(target, card);
    return place(target, card);
  };
  const again = onFrame(() => { if (!signal.aborted) seek(false); });
  const sizes = new ResizeObserver(again);
  const pages = new MutationObserver(again);

  draw();
  document.querySelector(".skip")?.after(card);
  pages.observe(document.getElementById("main"), { childList: true, subtree: true });
  signal.addEventListener("abort", () => { sizes.disconnect(); pages.disconnect(); }, { once: true });
  addEventListener("resize", again, { signal });
  addEventListener("scroll", again, { signal, passive: true });
  addEventListener("popstate", again, { signal });
  card.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); finish(); } }, { signal });
  seek(true);
  if (focus) card.focus({ preventScroll: true });
  else announce(`${t(`tour.${STEPS[step].name}.title`)} ${t(`tour.${STEPS[step].name}.text`)}`);
  return end;
}

/** The part of the window that neither the bar nor the tabs cover. */
function room() {
  const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
  const tabs = parseFloat(getComputedStyle(document.body).paddingBlockEnd) || 0;
  return { top: Math.max(0, bar) + 8, bottom: innerHeight - (innerWidth < 768 ? tabs - 32 : 0) - 8, left: 8, right: innerWidth - 8 };
}

/** What the card must not lie on: the place itself, or where both do not fit into the window, its field or button. */
function heart(place, card) {
  if (!place || innerWidth >= 768) return place;
  const free = room();
  if (place.offsetHeight + card.offsetHeight + 3 * GAP <= free.bottom - free.top) return place;
  return place.querySelector("textarea, .btn.is-large, .btn, button") ?? place;
}

/** Scrolls so that the target and a card below it are both seen, as far as the window allows. */
function bring(target, card) {
  const free = room();
  const box = target.getBoundingClientRect();
  const wanted = box.height + card.offsetHeight + 2 * GAP;
  if (innerWidth >= 768 && box.top >= free.top && box.bottom <= free.bottom) return;
  const top = wanted <= free.bottom - free.top ? free.top + GAP : Math.min(free.top + GAP, free.bottom - card.offsetHeight - GAP - Math.min(box.height, 160));
  scrollBy({ top: box.top - top, behavior: calm() ? "auto" : "smooth" });
}

/** Puts the card beside the target where it fits without lying on it; else to the end of the window that is farther. */
function place(target, card) {
  const free = room();
  const box = target.getBoundingClientRect();
  const { offsetWidth: wide, offsetHeight: high } = card;
  const across = Math.min(Math.max(free.left, box.left + (box.width - wide) / 2), free.right - wide);
  const along = Math.min(Math.max(free.top, box.top), free.bottom - high);
  const beside = [{ left: box.right + GAP, top: along }, { left: box.left - GAP - wide, top: along }];
  const over = [{ left: across, top: box.top - GAP - high }, { left: across, top: box.bottom + GAP }];
  const spots = box.height < high ? [...over, ...beside] : [...beside, ...over];
  const fits = (spot) => spot.left >= free.left && spot.left + wide <= free.right && spot.top >= free.top && spot.top + high <= free.bottom;
  const fallback = { left: Math.max(free.left, Math.min(across, free.right - wide)), top: box.top + box.height / 2 > (free.top + free.bottom) / 2 ? free.top : free.bottom - high };
  const spot = spots.find(fits) ?? fallback;
  card.style.setProperty("left", `${Math.round(spot.left)}px`);
  card.style.setProperty("top", `${Math.round(spot.top)}px`);
}

/* One item as a picture in the grid: its link, its film when it is looked at, a heart and a tick. */

import { calm, fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";
import { castPicture } from "/web/components/states.js";

const LINGER = 220;

/** What an item is called. */
export const nameOf = (item) => item.title || item.name;

/** The text that says what an item is: a photo, a film or a sound that came in, a draft, what was made. */
export const roleOf = (item) => (item.kind === "photo" || item.role === "draft" ? `library.role.${item.role}` : item.role === "original" || item.kind === "sound" || !item.request?.photo ? `library.role.${item.kind}` : "library.role.result");

/** The address of an item's own view; filters of the grid stay in it. */
export const addressOf = (id) => `/library/${id}${location.search}`;

/** A small picture of an item; a cloud where there is none. */
export function thumb(item) {
  const image = h("img", { class: "thumb", src: api.url(`/items/${item.id}/thumb`), alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  const shown = h("span", { class: "thumb-box" }, image);
  image.addEventListener("error", () => fill(shown, castPicture("cloud", 72)), { once: true });
  return shown;
}

/** Lets a film play small and silent while its card is pointed at or focused. */
function playing(card, item) {
  if (item.kind !== "video" || calm()) return;
  let timer = 0;
  let film = null;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (film) return;
      film = h("video", { class: "thumb-film", src: api.url(`/items/${item.id}/preview`), muted: true, loop: true, playsInline: true, autoplay: true, tabindex: "-1", "aria-hidden": "true" });
      film.addEventListener("playing", () => film?.classList.add("is-on"), { once: true });
      film.addEventListener("error", stop, { once: true });
      card.querySelector(".thumb-box")?.append(film);
    }, LINGER);
  };
  const stop = () => {
    clearTimeout(timer);
    film?.remove();
    film = null;
  };
  card.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") start(); });
  card.addEventListener("pointerleave", stop);
  card.addEventListener("focusin", start);
  card.addEventListener("focusout", (event) => { if (!card.contains(event.relatedTarget)) stop(); });
}

/** Builds a card; `draw(item, selected)` brings it up to date. `does`: pick, like. */
export function card(item, does) {
  let now = item;
  const tick = h("input", { type: "checkbox", class: "tick", "aria-label": t("library.pick", { title: nameOf(item) }), on: { click: (event) => does.pick(now.id, event.target.checked, event.shiftKey) } });
  const heart = h("button", { class: "icon-btn heart", type: "button", on: { click: () => does.like(now) } });
  const words = h("h2", { class: "tile-title" });
  const under = h("p", { class: "tile-under soft" });
  const marks = h("span", { class: "tile-marks" });
  const link = h("a", { class: "tile-link" }, words);
  const box = h("li", { class: "tile", data: { id: item.id } }, thumb(item), marks, h("div", { class: "tile-text" }, link, under), h("label", { class: "tick-box" }, tick), heart);
  playing(box, item);
  const draw = (next, picked) => {
    now = next;
    box.classList.toggle("is-picked", picked);
    tick.checked = picked;
    link.href = addressOf(next.id);
    words.textContent = nameOf(next);
    under.textContent = [fmt.ago(next.created), next.rating ? "★".repeat(next.rating) : ""].filter(Boolean).join(" · ");
    heart.setAttribute("aria-pressed", String(next.favourite));
    heart.setAttribute("aria-label", t("library.like", { title: nameOf(next) }));
    fill(heart, icon("heart", { filled: next.favourite }));
    fill(marks,
      next.state === "ok" ? null : h("span", { class: "pill is-bad" }, icon("warning"), t(`library.state.${next.state}`)),
      next.role === "result" ? null : h("span", { class: "pill glass" }, t(roleOf(next))),
      next.duration ? h("span", { class: "pill glass figures" }, icon("play", { filled: true }), fmt.clock(next.duration)) : null);
  };
  return { box, draw };
}

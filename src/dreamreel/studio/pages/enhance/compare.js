/* Before and after in one frame: a slider between two pictures, or between two films that run together.

     pointer anywhere on the picture ─┐
     arrow keys on the slider ────────┴─► --at ─► what is left of it shows "before", what is right of it "after"
     the "after" film leads; "before" follows it, by its speed for small steps and by seeking for large ones      */

import { calm, fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { icon } from "/web/components/icon.js";

const FIRST = 50;
const FRAME = 1 / 25;
/* Seconds apart from which "before" seeks; below it runs a little faster or slower. */
const APART = 0.2;
const ZOOMS = [1, 2, 4];

/** `compare({kind: "video"|"photo", before, after, signal})`: addresses of the two; a node with the slider inside. */
export function compare({ kind, before, after, signal }) {
  const film = kind === "video";
  const media = (src, look, label) => (film
    ? h("video", { class: look, src, muted: true, playsInline: true, preload: "auto", "aria-label": label, disablepictureinpicture: true })
    : h("img", { class: look, src, alt: label, draggable: "false" }));
  const [one, two] = [media(before, "compare-before", t("enhance.before")), media(after, "compare-after", t("enhance.after"))];
  const slider = h("input", {
    class: "compare-slider", type: "range", min: 0, max: 100, step: 1, value: String(FIRST), "aria-label": t("enhance.slider"),
    on: { input: () => set(Number(slider.value)), keydown: (event) => (film ? keys(event) : null) },
  });
  const frame = h("div", { class: "compare-frame" }, h("div", { class: "compare-pair" }, one, two));
  const box = h("div", { class: "compare-box" }, frame,
    h("span", { class: "compare-tag is-before", "aria-hidden": "true" }, t("enhance.before")), h("span", { class: "compare-tag is-after", "aria-hidden": "true" }, t("enhance.after")),
    slider, h("span", { class: "compare-line", "aria-hidden": "true" }, h("span", { class: "compare-knob" }, icon("chevron-right"), icon("chevron-right"))));

  function set(at) {
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", t("enhance.sliderAt", { before: fmt.percent(at / 100), after: fmt.percent(1 - at / 100) }));
    box.style.setProperty("--at", `${at}%`);
  }

  /* The pointer. */
  const follow = (event) => {
    const { left, width } = box.getBoundingClientRect();
    set(Math.round(Math.min(1, Math.max(0, (event.clientX - left) / width)) * 100));
  };
  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    slider.focus({ preventScroll: true });
    follow(event);
    box.addEventListener("pointermove", follow);
    const ended = () => box.removeEventListener("pointermove", follow);
    box.addEventListener("pointerup", ended, { once: true });
    box.addEventListener("pointercancel", ended, { once: true });
  });

  /* Closer. */
  let closer = 0;
  const zoom = h("button", { class: "btn is-small compare-zoom", type: "button", on: { click: () => { closer = (closer + 1) % ZOOMS.length; show(); } } });
  function show() {
    const times = ZOOMS[closer];
    box.style.setProperty("--zoom", String(times));
    zoom.setAttribute("aria-label", t("enhance.zoom", { times }));
    fill(zoom, icon("search"), h("span", { "aria-hidden": "true" }, `${fmt.number(times)} ×`));
  }
  show();
  set(FIRST);
  if (!film) return h("div", { class: "compare" }, box, h("div", { class: "compare-bar" }, h("p", { class: "hint" }, t("enhance.sliderHint")), zoom));

  /* Two films as one. */
  const play = h("button", { class: "icon-btn", type: "button", data: { act: "play" }, on: { click: () => (two.paused ? start() : stop()) } });
  const tell = () => { const name = t(two.paused ? "enhance.play" : "enhance.pause"); play.setAttribute("aria-label", name); play.title = name; fill(play, icon(two.paused ? "play" : "pause", { filled: two.paused })); };
  const seek = h("input", { class: "compare-seek", type: "range", min: 0, max: 1, step: "any", value: "0", "aria-label": t("enhance.position"), on: { input: () => go(Number(seek.value)) } });
  const clock = h("span", { class: "figures soft compare-clock" });
  let asked = 0;

  function place() {
    const whole = two.duration || 1;
    seek.max = String(whole);
    seek.value = String(two.currentTime);
    seek.style.setProperty("--fill", `${(two.currentTime / whole) * 100}%`);
    seek.setAttribute("aria-valuetext", fmt.seconds(Math.round(two.currentTime * 10) / 10));
    clock.textContent = `${fmt.number(two.currentTime, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} / ${fmt.seconds(Math.round(whole * 10) / 10)}`;
  }
  function go(time) {
    const at = Math.min(Math.max(0, time), Math.max(0, (two.duration || 0) - 0.001));
    one.currentTime = two.currentTime = at;
    place();
  }
  function together() {
    const drift = one.currentTime - two.currentTime;
    if (Math.abs(drift) > APART) one.currentTime = two.currentTime;
    one.playbackRate = Math.min(1.2, Math.max(0.8, 1 - drift * 2));
    if (one.paused && !one.ended) void one.play().catch(() => {});
    place();
    if (!two.paused) asked = requestAnimationFrame(together);
  }
  async function start() {
    if (two.ended) go(0);
    one.currentTime = two.currentTime;
    await Promise.all([one.play(), two.play()]).catch(() => {});
    cancelAnimationFrame(asked);
    if (!two.paused) together();
  }
  function stop() {
    two.pause();
    one.pause();
    one.currentTime = two.currentTime;
    place();
  }
  function keys(event) {
    const does = { " ": () => (two.paused ? start() : stop()), ",": () => { stop(); go(two.currentTime - FRAME); }, ".": () => { stop(); go(two.currentTime + FRAME); } }[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    void does();
  }
  for (const name of ["play", "pause"]) two.addEventListener(name, tell);
  two.addEventListener("ended", () => { go(0); void start(); });
  two.addEventListener("loadedmetadata", place);
  two.addEventListener("seeked", place);
  signal?.addEventListener("abort", () => { cancelAnimationFrame(asked); stop(); }, { once: true });
  tell();
  place();
  if (!calm()) {
    const ready = () => { if (one.readyState >= 3 && two.readyState >= 3 && two.paused && box.isConnected) void start(); };
    for (const each of [one, two]) each.addEventListener("canplay", ready, { once: true });
  }
  const step = (by, name, shape) => h("button", { class: "icon-btn", type: "button", "aria-label": t(name), title: t(name), on: { click: () => { stop(); go(two.currentTime + by); } } }, icon(shape));
  return h("div", { class: "compare" }, box,
    h("div", { class: "compare-bar" }, play, step(-FRAME, "enhance.stepBack", "step-back"), step(FRAME, "enhance.stepOn", "step-on"), seek, clock, zoom));
}

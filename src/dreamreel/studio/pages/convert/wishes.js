/* What to make of the files: a preset or a kind of file, how large, and what is folded away. */

import { fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { local } from "/web/store.js";
import { choices } from "/web/components/choices.js";
import { segmented, select, toggle } from "/web/components/controls.js";
import { icon } from "/web/components/icon.js";
import { popover } from "/web/components/popover.js";
import { codecName } from "./told.js";

const KEPT = "convert.wishes";
const FIRST = { by: "preset", preset: "mp4", container: "mp4", codec: "", large: "auto", quality: 80, size: 25, more: {} };
const MEGA = 1_000_000;

/** The card of wishes: `node`, and `form()`, the part of a job's form that is the same for every file. */
export function wishes({ offered, changed }) {
  const now = { ...FIRST, ...local.get(KEPT, {}) };
  const all = offered.families.flatMap((family) => family.presets.map((preset) => ({ ...preset, family: family.title })));
  if (!all.some((one) => one.name === now.preset)) now.preset = all[0]?.name ?? "";
  const main = h("div", { class: "stack" });
  const more = h("div", { class: "stack wish-more" });
  const set = (fields, draw = true) => { Object.assign(now, fields); local.set(KEPT, now); if (draw) drawMain(); changed(); };
  const setMore = (name, value) => set({ more: { ...now.more, [name]: value } }, false);

  function presetButton() {
    const preset = all.find((one) => one.name === now.preset);
    return h("button", {
      class: "preset", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", on: { click: (event) => popover(event.currentTarget, (close) => presetList(close), { label: t("convert.preset") }) },
    },
    h("span", { class: "preset-text" }, h("span", { class: "only-read" }, `${t("convert.preset")}: `), h("strong", {}, preset?.title ?? ""), h("small", {}, preset?.description ?? "")), icon("chevron-down"));
  }

  function presetList(close) {
    const place = h("div", { class: "preset-list" });
    const draw = (family) => {
      const list = choices({
        label: t("convert.preset"), value: now.preset, search: { placeholder: t("convert.search"), nothing: t("convert.noneSuch") },
        options: all.filter((one) => !family || one.family === family).map((one) => ({
          value: one.name, words: [one.name, one.description, one.family],
          label: one.size ? `${one.title} · ${t("convert.atMost", { size: fmt.bytes(one.size) })}` : one.title,
        })),
        pick: (name) => { close(); set({ preset: name }); main.querySelector(".preset")?.focus(); },
      });
      fill(place, list);
    };
    draw("");
    return [select({ label: t("convert.family"), value: "", options: [{ value: "", label: t("convert.anyFamily") }, ...offered.families.filter((one) => one.presets.length).map((one) => ({ value: one.title, label: one.title }))], change: draw }), place];
  }

  function formatFields() {
    const format = offered.formats.find((one) => one.name === now.container) ?? offered.formats[0];
    const codecs = format.kind === "audio" ? format.audio : format.video;
    const group = (kind) => h("optgroup", { label: t(`convert.formats.${kind}`) }, offered.formats.filter((one) => one.kind === kind)
      .map((one) => h("option", { value: one.name, selected: one.name === now.container }, `${one.suffix.slice(1).toUpperCase()} · ${one.title}`)));
    const list = h("span", { class: "select" }, h("select", { "aria-label": t("convert.format"), on: { change: (event) => { set({ container: event.target.value, codec: "" }); main.querySelector("select")?.focus(); } } },
      group("video"), group("audio"), group("animation")), icon("chevron-down"));
    return [
      h("div", { class: "field" }, h("span", { class: "label", "aria-hidden": "true" }, t("convert.format")), list),
      codecs.length > 1 ? h("div", { class: "field" }, h("span", { class: "label", "aria-hidden": "true" }, t("convert.codec")), select({
        label: t("convert.codec"), value: now.codec, options: [{ value: "", label: t("convert.codecAuto") }, ...codecs.map((one) => ({ value: one, label: codecName(one) }))], change: (codec) => set({ codec }, false),
      })) : null,
    ];
  }

  function largeFields() {
    if (now.large === "quality") {
      const told = h("output", { class: "figures wish-number" }, fmt.number(now.quality));
      const slider = h("input", {
        type: "range", min: 20, max: 100, step: 1, value: String(now.quality), "aria-label": t("convert.quality"),
        on: { input: () => { show(); set({ quality: Number(slider.value) }, false); } },
      });
      const show = () => { told.textContent = fmt.number(Number(slider.value)); slider.style.setProperty("--fill", `${((slider.value - 20) / 80) * 100}%`); };
      show();
      return [h("div", { class: "wish-slider" }, slider, told), h("p", { class: "hint" }, t("convert.qualityHint"))];
    }
    if (now.large === "size") {
      const number = h("input", {
        class: "input figures", type: "number", min: 0.1, step: "any", inputmode: "decimal", value: String(now.size), "aria-label": t("convert.megabytes"),
        on: { change: () => { const size = Math.max(0.01, Number(number.value) || 25); number.value = String(size); set({ size }, false); } },
      });
      const quick = [8, 10, 25, 50, 100].map((size) => h("button", { class: "btn is-small", type: "button", "aria-label": t("convert.fits", { size: fmt.bytes(size * MEGA) }), on: { click: () => { number.value = String(size); set({ size }, false); } } }, fmt.bytes(size * MEGA)));
      return [h("div", { class: "wish-size" }, number, h("span", { class: "soft" }, "MB"), h("div", { class: "row" }, quick)), h("p", { class: "hint" }, t("convert.sizeHint"))];
    }
    return [h("p", { class: "hint" }, t("convert.autoHint"))];
  }

  function drawMain() {
    const held = main.contains(document.activeElement) && document.activeElement.closest("dr-segmented")?.getAttribute("aria-label");
    fill(main,
      segmented({ label: t("convert.by"), value: now.by, options: ["preset", "format"].map((value) => ({ value, label: t(`convert.by.${value}`) })), change: (by) => set({ by }) }),
      now.by === "preset" ? presetButton() : formatFields(),
      h("div", { class: "field" }, h("span", { class: "label" }, t("convert.large")),
        segmented({ label: t("convert.large"), value: now.large, options: ["auto", "quality", "size"].map((value) => ({ value, label: t(`convert.large.${value}`) })), change: (large) => set({ large }) }),
        largeFields()));
    if (held) main.querySelector(`dr-segmented[aria-label="${CSS.escape(held)}"] input:checked`)?.focus();
  }

  function drawMore() {
    const list = (name, values, label) => h("div", { class: "field" }, h("span", { class: "label", "aria-hidden": "true" }, t(`convert.more.${name}`)), select({
      label: t(`convert.more.${name}`), value: String(now.more[name] ?? ""), options: [{ value: "", label: t(`convert.asIs`) }, ...values.map((value) => ({ value: String(value), label: label(value) }))],
      change: (value) => setMore(name, value === "" ? undefined : typeof values[0] === "number" ? Number(value) : value),
    }));
    const onOff = (name, on, off) => toggle({ label: t(`convert.more.${name}`), hint: t(`convert.more.${name}Hint`), value: now.more[name] === on, change: (yes) => setMore(name, yes ? on : off) });
    fill(more,
      h("div", { class: "wish-pairs" },
        list("short_side", [2160, 1440, 1080, 720, 480, 360], (value) => `${value}p`),
        list("rate", [60, 50, 30, 25, 24, 15], (value) => t("convert.perSecond", { count: value })),
        list("rotate", [90, 180, 270], (value) => `${value}°`),
        list("speed", [0.25, 0.5, 1.5, 2, 4], (value) => `${fmt.number(value)} ×`),
        list("loudness", [-14, -16, -23], (value) => `${fmt.number(value)} LUFS`),
        list("denoise_sound", ["light", "medium", "strong"], (value) => t(`convert.noise.${value}`))),
      onOff("deinterlace", "on", undefined), onOff("subtitles", "none", undefined), onOff("keep_location", true, undefined), onOff("encode", true, undefined));
  }

  drawMain();
  drawMore();
  return {
    node: [main, h("details", { class: "fold" }, h("summary", {}, icon("sliders"), t("convert.more"), h("small", { class: "soft" }, t("convert.moreHint"))), more)],
    form() {
      const by = now.by === "preset" ? { preset: now.preset } : { container: now.container, ...codecOf() };
      const large = now.large === "quality" ? { quality: now.quality } : now.large === "size" ? { target_size: Math.max(1000, Math.round(now.size * MEGA)) } : {};
      return { ...by, ...large, ...Object.fromEntries(Object.entries(now.more).filter(([, value]) => value !== undefined && value !== null)) };
    },
  };

  function codecOf() {
    if (!now.codec) return {};
    return offered.formats.find((one) => one.name === now.container)?.kind === "audio" ? { audio_codec: now.codec } : { codec: now.codec };
  }
}

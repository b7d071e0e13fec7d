/* How large, by which network, how much cleaning, and what is a matter of taste. */

import { fill, h } from "/web/dom.js";
import { fmt, has, t } from "/web/i18n.js";
import { local } from "/web/store.js";
import { field, segmented, select, toggle } from "/web/components/controls.js";
import { icon } from "/web/components/icon.js";

const KEPT = "enhance.wishes";
const FIRST = { to: "auto", model: "auto", size: "auto", strength: "", face: "", fields: "network", more: {} };
const RATES = [24, 25, 30, 50, 60, 120];
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The wishes: `node`, `draw(found)` when an item came, and `form()`, its part of the job's form. */
export function wishes({ offered, changed }) {
  const now = { ...FIRST, ...local.get(KEPT, {}) };
  if (now.to !== "auto" && now.to !== "same" && !offered.sizes.includes(now.to)) now.to = "auto";
  if (now.model !== "auto" && !offered.families.some((one) => one.name === now.model)) now.model = "auto";
  const main = h("div", { class: "stack" });
  const more = h("div", { class: "stack wish-more" });
  const set = (fields) => { Object.assign(now, fields); local.set(KEPT, now); changed(); };
  const setMore = (name, value) => set({ more: { ...now.more, [name]: value } });
  const familyName = (name) => (has(`enhance.family.${name}`) ? t(`enhance.family.${name}`) : name);

  /* Faces, by networks of this program; woven pictures, where there are any. */
  const woven = (found) => offered.fields && (found?.scan === "tff" || found?.scan === "bff");
  const facing = () => offered.faces && (now.model === "auto" || offered.families.some((one) => one.name === now.model && one.sizes.length));

  /* How much of something: `name` in words, `key` in the form. */
  const shares = (name, key) => field({
    label: t(`enhance.${name}`), group: true,
    control: select({ options: [{ value: "", label: t("enhance.auto") }, ...SHARES.map((value) => ({ value: String(value), label: value ? fmt.percent(value) : t("enhance.none") }))], value: now[key], change: (value) => set({ [key]: value }) }),
  });

  function drawMain(found) {
    const sizes = ["auto", "same", ...offered.sizes];
    const label = (size) => (size === "auto" || size === "same" ? t(`enhance.to.${size}`) : size.startsWith("x") ? t("enhance.to.times", { times: Number(size.slice(1)) }) : size);
    const grades = offered.families.find((one) => one.name === now.model)?.sizes ?? [..."sml"].filter((size) => offered.families.some((one) => one.sizes.includes(size)));
    if (now.size !== "auto" && !grades.includes(now.size)) now.size = "auto";
    const network = field({ label: t("enhance.model"), control: select({ options: ["auto", ...offered.families.map((one) => one.name)].map((value) => ({ value, label: value === "auto" ? t("enhance.auto") : familyName(value) })), value: now.model, change: (model) => { set({ model }); drawMain(found); } }), group: true });
    fill(main,
      field({ label: t("enhance.to"), control: select({ options: sizes.map((value) => ({ value, label: label(value) })), value: now.to, change: (to) => set({ to }) }), group: true }),
      facing() ? network : null,
      h("div", { class: "wish-pairs" }, facing() ? null : network, shares("cleaning", "strength"), facing() ? shares("faces", "face") : null),
      woven(found) ? field({ label: t("enhance.fields"), control: select({ options: ["network", "bwdif"].map((value) => ({ value, label: t(`enhance.fields.${value}`) })), value: now.fields, change: (fields) => set({ fields }) }), group: true }) : null,
      grades.length > 1 ? h("div", { class: "field" }, h("span", { class: "label" }, t("enhance.effort")),
        segmented({ label: t("enhance.effort"), value: now.size, options: ["auto", ...grades].map((value) => ({ value, label: t(value === "auto" ? "enhance.auto" : `enhance.size.${value}`) })), change: (size) => set({ size }) })) : null);
    for (const one of main.querySelectorAll(".field > .select")) one.querySelector("select").setAttribute("aria-label", one.parentElement.querySelector(".label").textContent);
  }

  function drawMore(found) {
    const can = new Set(offered.verbs);
    const onOff = (name, verb) => (!verb || can.has(verb) ? toggle({ label: t(`enhance.more.${name}`), hint: t(`enhance.more.${name}Hint`), value: Boolean(now.more[name]), change: (yes) => setMore(name, yes) }) : null);
    const still = found?.still;
    fill(more,
      found?.crop && !still ? onOff("crop") : null, still ? null : onOff("auto_colour", "auto_colour"), onOff("colourise", "colourise"), still ? null : onOff("stabilize", "stabilize"), still ? null : onOff("restore_film", "restore_film"), still || found?.hdr ? null : onOff("hdr", "to_hdr"),
      still || !(can.has("interpolate") || can.has("grain")) ? null : h("div", { class: "wish-pairs" },
        can.has("interpolate") ? pick("fps", RATES, (value) => t("enhance.perSecond", { count: value })) : null,
        can.has("grain") ? pick("grain", [0.1, 0.2, 0.4, 0.6], fmt.percent) : null));
    for (const one of more.querySelectorAll(".field > .select")) one.querySelector("select").setAttribute("aria-label", one.parentElement.querySelector(".label").textContent);
    said.hidden = Boolean(still);
    fold.hidden = !more.childElementCount;
  }

  const pick = (name, values, label) => field({
    label: t(`enhance.more.${name}`), group: true,
    control: select({ options: [{ value: "", label: t("enhance.asIs") }, ...values.map((value) => ({ value: String(value), label: label(value) }))], value: String(now.more[name] ?? ""), change: (value) => setMore(name, value ? Number(value) : undefined) }),
  });
  const said = h("small", { class: "soft" }, t("enhance.moreHint"));
  const fold = h("details", { class: "fold" }, h("summary", {}, icon("sliders"), t("enhance.more"), said), more);
  const draw = (found) => { drawMain(found); drawMore(found); };
  draw(null);
  return {
    node: [main, fold],
    draw,
    form(found) {
      const can = new Set(offered.verbs);
      const wished = Object.entries(now.more).filter(([name, value]) => value && allowed(name, can, found));
      return { to: now.to, model: now.model, size: now.size, ...(now.strength === "" ? {} : { strength: Number(now.strength) }), ...(now.face === "" || !facing() ? {} : { face: Number(now.face) }), ...(woven(found) ? { deinterlace_by: now.fields } : {}), ...Object.fromEntries(wished) };
    },
  };
}

const VERBS = { stabilize: "stabilize", auto_colour: "auto_colour", colourise: "colourise", restore_film: "restore_film", hdr: "to_hdr", fps: "interpolate", grain: "grain" };

/* A wish that this file or this machine cannot have is not asked for. */
const allowed = (name, can, found) => (name === "colourise" || !found?.still) && (name === "crop" ? Boolean(found?.crop) : can.has(VERBS[name]) && !(name === "hdr" && found?.hdr));

/* Settings: what the studio promises, how it looks and speaks, how much it may do, where it keeps things. */

import { fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";
import { field, segmented, select, stepper, toggle } from "/web/components/controls.js";
import { problemCard, skeleton } from "/web/components/states.js";
import { startTour } from "/web/components/tour.js";
import { local } from "/web/store.js";

const THEMES = ["auto", "light", "dark", "contrast"];
const UPLOADS = [50e6, 100e6, 200e6, 500e6, 1e9, 2e9, 5e9, 20e9];
const AT_ONCE = 8;

const card = (name, shape, ...children) => h("section", { class: `card set set-${name}`, "aria-labelledby": `set-${name}` },
  h("h2", { class: "card-title", id: `set-${name}` }, icon(shape), t(`settings.${name}`)), children);

/** A language in its own words. */
function own(language) {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

function privacy(status) {
  const level = status.sandbox?.level ?? "none";
  return card("privacy", "shield",
    h("div", { class: "promise" },
      h("p", { class: "promise-number figures" }, fmt.number(status.connections ?? 0)),
      h("p", {}, h("strong", {}, t("settings.connections", { count: status.connections ?? 0 })), h("br"), h("span", { class: "soft" }, t("settings.connectionsText")))),
    h("ul", { class: "promises" },
      h("li", {}, icon("folder"), h("div", {}, h("h3", {}, t("settings.stays")), h("p", { class: "soft" }, t("settings.staysText")))),
      h("li", {}, icon("shield"), h("div", {}, h("h3", {}, t("settings.walls"), " ", h("span", { class: `pill ${{ full: "is-good", partial: "is-warn" }[level] ?? "is-bad"}` }, t(`settings.walls.${level}`))), h("p", { class: "soft" }, t(`settings.walls.${level}Text`)), status.sandbox?.detail ? h("p", { class: "hint", lang: "en" }, status.sandbox.detail) : null)),
      h("li", {}, icon("link"), h("div", {}, h("h3", {}, t("settings.recipe")), h("p", { class: "soft" }, t("settings.recipeText")))),
      h("li", {}, icon("camera"), h("div", {}, h("h3", {}, t("settings.place")), h("p", { class: "soft" }, t("settings.placeText"))))),
    toggle({ label: t("settings.recipeKeep"), hint: t("settings.recipeKeepHint"), value: local.get("download.recipe", true), change: (on) => local.set("download.recipe", on) }));
}

function looks(ctx, settings, status, save) {
  const languages = [{ value: "auto", label: t("settings.languageAuto") }, ...(status.languages ?? ["en"]).map((value) => ({ value, label: own(value) }))];
  return card("look", "sun",
    field({
      label: t("settings.theme"), group: true,
      control: segmented({ label: t("settings.theme"), value: settings.theme, options: THEMES.map((value) => ({ value, label: t(`settings.theme.${value}`) })), change: (theme) => { ctx.dress(theme); void save({ theme }); } }),
    }),
    h("label", { class: "field" }, h("span", { class: "label" }, t("settings.language")),
      select({ options: languages, value: settings.language || "auto", change: async (language) => { if (await save({ language })) location.reload(); } })));
}

function limits(settings, status, save) {
  const cores = status.machine?.cores ?? status.cores ?? AT_ONCE;
  const sizes = [...new Set([...UPLOADS, settings.upload_max])].sort((a, b) => a - b);
  const many = Array.from({ length: Math.max(Math.min(cores, AT_ONCE), settings.concurrency) + 1 }, (_, value) => ({ value, label: value ? t("settings.atOnceN", { count: value }) : t("settings.atOnceAuto") }));
  const labelled = (label, hint, control) => h("div", { class: "field" }, h("label", { class: "field" }, h("span", { class: "label" }, label), control), h("small", { class: "hint" }, hint));
  return card("limits", "sliders",
    labelled(t("settings.atOnce"), t("settings.atOnceHint", { count: cores }), select({ options: many, value: settings.concurrency, change: (value) => void save({ concurrency: Number(value) }) })),
    labelled(t("settings.upload"), t("settings.uploadHint"), select({ options: sizes.map((value) => ({ value, label: fmt.bytes(value) })), value: settings.upload_max, change: (value) => void save({ upload_max: Number(value) }) })),
    field({ label: t("settings.trashDays"), hint: t("settings.trashDaysHint"), control: stepper({ label: t("settings.trashDays"), value: settings.trash_days, min: 0, max: 3650, change: (value) => void save({ trash_days: value }) }) }));
}

function folders(ctx, settings, status) {
  const row = (key, path) => h("li", {}, h("h3", {}, t(`settings.folder.${key}`)), h("p", { class: "hint" }, t(`settings.folder.${key}Hint`)),
    h("div", { class: "folder-path" }, h("code", {}, path), h("button", {
      class: "icon-btn is-small", type: "button", "aria-label": t("settings.copy", { what: t(`settings.folder.${key}`) }), title: t("settings.copyShort"),
      on: { click: async () => { try { await navigator.clipboard.writeText(path); ctx.toast(t("settings.copied"), { kind: "good" }); } catch { ctx.toast(t("settings.notCopied"), { kind: "bad" }); } } },
    }, icon("copy"))));
  return card("folders", "folder",
    h("ul", { class: "folders" }, row("data", settings.data_folder), row("segments", settings.segments_folder)),
    h("div", { class: "row" }, h("p", { class: "soft figures" }, t("settings.free", { size: fmt.bytes(status.disk?.free ?? 0) })), h("a", { class: "btn is-small spread", href: "/library?view=storage" }, icon("disk"), t("settings.storage"))));
}

function about(status) {
  const memory = status.machine?.memory ?? status.memory;
  return card("about", "info",
    h("div", { class: "about" }, h("img", { src: "/web/icons/logo.svg", alt: "", width: "72", height: "72" }), h("div", {}, h("p", { class: "about-name" }, "Dreamreel"), h("p", { class: "soft figures" }, t("settings.version", { version: status.version ?? "" })))),
    h("p", {}, t("settings.aboutText")),
    h("p", {}, h("a", { class: "btn is-small", href: "/models" }, icon("chip"), t("settings.models"))),
    h("dl", { class: "facts" }, h("dt", {}, t("settings.licence")), h("dd", {}, "MIT"), h("dt", {}, t("settings.machine")), h("dd", {}, [t("settings.cores", { count: status.machine?.cores ?? status.cores ?? 1 }), memory ? t("settings.memory", { size: fmt.bytes(memory) }) : ""].filter(Boolean).join(" · "))),
    h("div", { class: "row" }, h("button", { class: "btn", type: "button", on: { click: () => void startTour() } }, icon("create"), t("settings.tour"))));
}

function mount(root, ctx) {
  const host = h("div", { class: "sets" }, skeleton(4, "tile"));
  const save = async (fields) => {
    try {
      ctx.facts.set("settings", await api.patch("/settings", fields));
      ctx.toast(t("settings.saved"), { kind: "good", time: 2500 });
      return true;
    } catch (error) { ctx.toast(error); return false; }
  };
  const load = async () => {
    try {
      const [settings, status] = await Promise.all([api.get("/settings", {}, { signal: ctx.signal }), api.get("/status", {}, { signal: ctx.signal })]);
      ctx.facts.set("settings", settings);
      fill(host,
        h("div", { class: "set-column" }, privacy(status), folders(ctx, settings, status)),
        h("div", { class: "set-column" }, looks(ctx, settings, status, save), limits(settings, status, save), about(status)));
    } catch (error) { if (error.name !== "AbortError") fill(host, problemCard(error, { retry: load })); }
  };
  fill(root, h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("settings.title")), h("p", {}, t("settings.lead")))), host);
  ctx.events.on("online", load, ctx.signal);
  return load();
}

export default { title: "settings.title", mount };

/* What takes room, what may go, and whether everything is still whole. */

import { fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";
import { progress } from "/web/components/controls.js";
import { problemCard, skeleton } from "/web/components/states.js";

const ROOMS = ["results", "originals", "drafts", "trash", "segments", "derived", "uploads"];
const CLEANABLE = new Set(["drafts", "trash", "segments", "derived", "uploads"]);
const SURE = new Set(["drafts", "trash"]);
const SHOWN = 8;

function bars(ctx, found, reload) {
  const used = ROOMS.reduce((sum, room) => sum + (found[room] ?? 0), 0);
  const clean = async (room, button) => {
    if (SURE.has(room) && !(await ctx.confirm({ title: t(`library.clean.${room}`), text: t(`library.clean.${room}Sure`), yes: t("library.deleteForGood"), danger: true }))) return;
    button.disabled = true;
    try {
      const { freed } = await api.post("/storage/clean", { what: [room] });
      ctx.toast(t("library.freed", { size: fmt.bytes(freed) }), { kind: "good" });
      await reload();
    } catch (error) { ctx.toast(error); button.disabled = false; }
  };
  return h("section", { class: "card storage" }, h("h2", { class: "only-read" }, t("library.storage")),
    h("div", { class: "storage-sum" }, h("p", { class: "storage-used figures" }, fmt.bytes(used)), h("p", { class: "soft" }, t("library.storageFree", { size: fmt.bytes(found.free) }))),
    h("div", { class: "storage-bar", "aria-hidden": "true" }, ROOMS.filter((room) => found[room] > 0).map((room) => h("span", { class: `is-${room}`, style: { "flex-grow": String(found[room] / Math.max(1, used)) } }))),
    h("ul", { class: "storage-list" }, ROOMS.map((room) => h("li", {},
      h("span", { class: `storage-dot is-${room}`, "aria-hidden": "true" }),
      h("div", { class: "storage-text" }, h("h3", {}, t(`library.room.${room}`)), h("p", { class: "hint" }, t(`library.room.${room}Hint`))),
      h("span", { class: "figures" }, fmt.bytes(found[room] ?? 0)),
      CLEANABLE.has(room)
        ? h("button", { class: "btn is-small", type: "button", disabled: !found[room], on: { click: (event) => void clean(room, event.currentTarget) } }, t("library.clean"), h("span", { class: "only-read" }, ` ${t(`library.room.${room}`)}`))
        : h("span", {})))));
}

function counter(kind, ids, extra) {
  const list = kind === "orphaned" ? null : ids.slice(0, SHOWN).map((id) => h("a", { href: `/library/${id}` }, t("library.seeItem")));
  return h("li", { class: ids.length ? "counter is-bad" : "counter" },
    h("p", { class: "counter-number figures" }, fmt.number(ids.length)),
    h("h3", {}, t(`library.check.${kind}`)), h("p", { class: "hint" }, t(`library.check.${kind}Hint`)),
    list?.length ? h("p", { class: "row" }, list) : null, ids.length ? extra : null);
}

function integrity(ctx) {
  const host = h("div", { class: "stack", "aria-live": "polite" });
  const bar = progress({ label: t("library.check.title"), value: null });
  let timer = 0;
  ctx.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const look = async () => {
    try {
      const now = await api.get("/integrity", {}, { signal: ctx.signal });
      draw(now);
      if (now.state === "running") timer = setTimeout(look, 600);
    } catch (error) { if (error.name !== "AbortError") fill(host, problemCard(error, { retry: look })); }
  };
  const begin = async () => {
    try { await api.post("/integrity"); await look(); } catch (error) { ctx.toast(error); }
  };
  const button = h("button", { class: "btn is-primary", type: "button", on: { click: () => void begin() } });
  const tidy = h("button", { class: "btn is-small", type: "button", on: {
    click: async () => {
      try { const { freed } = await api.post("/storage/clean", { what: ["orphans"] }); ctx.toast(t("library.freed", { size: fmt.bytes(freed) }), { kind: "good" }); await begin(); } catch (error) { ctx.toast(error); }
    },
  } }, t("library.clean"));
  const draw = (now) => {
    const running = now.state === "running";
    button.disabled = running;
    fill(button, icon("shield"), t(now.state === "done" ? "library.check.again" : "library.check.begin"));
    bar.value = now.total ? now.checked / now.total : null;
    fill(host,
      running ? [bar, h("p", { class: "soft figures" }, t("library.check.progress", { checked: now.checked, total: now.total }))] : null,
      now.at ? [
        now.missing.length + now.changed.length + now.orphaned.length ? null : h("p", { class: "note is-good" }, icon("check"), h("span", {}, t("library.check.well"))),
        h("ul", { class: "counters" }, counter("missing", now.missing), counter("changed", now.changed), counter("orphaned", now.orphaned, tidy)),
        h("p", { class: "hint" }, t("library.check.at", { when: fmt.date(now.at) })),
      ] : null);
  };
  void look();
  return h("section", { class: "card" },
    h("h2", { class: "card-title" }, t("library.check.title")), h("p", { class: "soft" }, t("library.check.text")), h("div", { class: "row storage-check" }, button), host);
}

/** The view `/library?view=storage`. */
export function storageView(root, ctx) {
  const host = h("div", {}, skeleton(1, "line"));
  const reload = async () => {
    try { fill(host, bars(ctx, await api.get("/storage", {}, { signal: ctx.signal }), reload)); }
    catch (error) { if (error.name !== "AbortError") fill(host, problemCard(error, { retry: reload })); }
  };
  fill(root,
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("library.storage")), h("p", {}, t("library.storageLead"))), h("a", { class: "btn spread", href: "/library" }, icon("library"), t("library.backToAll"))),
    h("div", { class: "storage-view" }, host, integrity(ctx)));
  return reload();
}

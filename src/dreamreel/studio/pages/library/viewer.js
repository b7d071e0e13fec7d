/* One item, large: its film or photo, what people say about it, how it came to be, what can be done with it.

     /library/<id> ─► open(id) ─► show(item) ─┬─ media    └─ words, stars, tags, note
                                              ├─ facts, what it was made from
                                              └─ everything made from the same photo                          */

import { calm, debounce, fill, h, uid } from "/web/dom.js";
import { fmt, t, word } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";
import { dialog } from "/web/components/dialog.js";
import { popover } from "/web/components/popover.js";
import { stars, toggle } from "/web/components/controls.js";
import { problemCard, skeleton } from "/web/components/states.js";
import { local } from "/web/store.js";
import { addressOf, nameOf, roleOf, thumb } from "./card.js";

const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));

function media(item) {
  if (item.state === "missing") return h("div", { class: "viewer-gone" }, icon("warning"), t("library.missingText"));
  const from = api.url(`/items/${item.id}/file`);
  const cannot = (event) => event.target.replaceWith(h("div", { class: "viewer-gone" }, icon("info"), t("library.cannotPlay")));
  if ((item.kind !== "photo" || item.duration) && item.media_type.startsWith("image/")) return h("img", { src: from, alt: nameOf(item) });
  if (item.kind === "sound") {
    return h("div", { class: "viewer-sound" },
      h("img", { src: api.url(`/items/${item.id}/poster`), alt: "" }),
      h("audio", { src: from, controls: true, "aria-label": nameOf(item), on: { error: cannot } }));
  }
  if (item.kind === "video") {
    return h("video", { src: api.url(`/items/${item.id}/file`), poster: api.url(`/items/${item.id}/poster`), controls: true, playsInline: true, autoplay: !calm(), loop: Boolean(item.request?.loop), "aria-label": nameOf(item), on: { error: cannot } });
  }
  return h("img", { src: api.url(`/items/${item.id}/poster`), alt: t("library.photoAlt", { name: nameOf(item) }) });
}

/** Tags as small buttons that take themselves away, and a field for new ones. */
export function tagField({ tags, known, change }) {
  const list = h("span", { class: "row tag-list" });
  const names = uid("tags");
  const input = h("input", { class: "input tag-input", "aria-label": t("library.addTag"), placeholder: t("library.addTag"), list: names, maxlength: "60" });
  let now = [...tags];
  const draw = () => fill(list, now.map((tag) => h("button", {
    class: "pill tag", type: "button", "aria-label": t("library.removeTag", { tag }), on: { click: () => set(now.filter((one) => one !== tag)) },
  }, tag, icon("close"))));
  const set = (next) => { now = next; draw(); change(now); input.focus(); };
  const add = () => {
    const fresh = input.value.split(",").map((one) => one.trim()).filter((one) => one && !now.includes(one));
    input.value = "";
    if (fresh.length) set([...now, ...fresh]);
  };
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === ",") { event.preventDefault(); add(); } });
  input.addEventListener("change", add);
  draw();
  return h("div", { class: "tags" }, list, input, h("datalist", { id: names }, known.map((tag) => h("option", { value: tag.name }))));
}

/** The two questions before a download, remembered for the next one. */
export function downloadChoices({ films = true, photos = true }) {
  const chosen = { recipe: local.get("download.recipe", true), location: false };
  return {
    params: () => ({ recipe: chosen.recipe ? "keep" : "strip", location: chosen.location ? "keep" : "strip" }),
    node: h("div", { class: "stack download" },
      films ? toggle({ label: t("library.recipe"), hint: t("library.recipeHint"), value: chosen.recipe, change: (on) => { chosen.recipe = on; local.set("download.recipe", on); } }) : null,
      photos ? toggle({ label: t("library.place"), hint: t("library.placeHint"), value: false, change: (on) => { chosen.location = on; } }) : null,
      films && !photos ? h("p", { class: "hint" }, t("library.noPlace")) : null),
  };
}

/** Saves an item as a file. */
export function save(item, params) {
  const link = h("a", { href: api.url(`/items/${item.id}/download`, params), download: item.name });
  document.body.append(link);
  link.click();
  link.remove();
}

function downloadButton(item) {
  return h("button", {
    class: "btn", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
    on: {
      click: (event) => popover(event.currentTarget, (close) => {
        const choices = downloadChoices({ films: item.kind === "video", photos: item.kind === "photo" });
        return [choices.node, h("button", { class: "btn is-primary", type: "button", on: { click: () => { save(item, choices.params()); close(); } } }, icon("download"), t("library.save", { size: fmt.bytes(item.bytes) }))];
      }, { label: t("library.download") }),
    },
  }, icon("download"), t("library.download"));
}

/* Only dreams can be staged again, and only what came in as a file can be converted. */
const dreamt = (item) => Boolean(item.request?.photo);
const convertible = (item) => item.role === "original";

function actions(item, does, now) {
  const button = (label, shape, run, look = "") => h("button", { class: `btn ${look}`, type: "button", on: { click: () => run(now()) } }, icon(shape), label);
  if (item.trashed) return [button(t("library.restore"), "restore", does.restore, "is-primary"), button(t("library.deleteForGood"), "trash", does.erase)];
  const convert = (look) => (item.kind === "photo" ? null : h("a", { class: `btn ${look}`, href: `/convert?item=${item.id}` }, icon("convert"), t("library.convert")));
  const enhance = item.kind === "sound" || item.role === "draft" ? null : h("a", { class: "btn", href: `/enhance?item=${item.id}` }, icon("enhance"), t("library.enhance"));
  if (item.role === "original") {
    return [item.kind === "photo" ? h("a", { class: "btn is-primary", href: `/create?photo=${item.id}` }, icon("create"), t("library.dreamWith")) : convert("is-primary"), enhance, downloadButton(item), button(t("library.trash"), "trash", does.trash)];
  }
  return [
    item.role === "draft" ? button(t("library.finish"), "create", does.finish, "is-primary") : null,
    dreamt(item) ? h("a", { class: `btn ${item.role === "draft" ? "" : "is-primary"}`, href: `/create?again=${item.id}` }, icon("again"), t("library.again")) : null,
    item.role === "draft" ? button(t("library.keep"), "check", does.keep) : null,
    dreamt(item) ? button(t("library.vary"), "vary", does.vary) : null,
    enhance, downloadButton(item), convertible(item) ? convert("") : null, button(t("library.trash"), "trash", does.trash),
  ];
}

function story(item) {
  const r = item.request ?? {};
  return facts([
    [t("library.fact.words"), r.dream],
    [t("library.fact.look"), r.look && word("look", r.look)],
    [t("library.fact.camera"), r.camera && word("camera", r.camera)],
    [t("library.fact.sound"), r.sound && word("sound", r.sound)],
    [t("library.fact.seed"), r.seed === null || r.seed === undefined ? "" : String(r.seed)],
    [t("library.fact.size"), item.width ? fmt.size(item.width, item.height) : ""],
    [t("library.fact.length"), item.duration ? fmt.seconds(item.duration) : ""],
    [t("library.fact.fps"), item.fps ? fmt.number(item.fps) : ""],
    [t("library.fact.bytes"), fmt.bytes(item.bytes)],
    [t("library.fact.file"), item.name],
  ]);
}

/** The viewer; `does` are the page's verbs, `beside(id, by)` gives the id before or after in the grid. */
export function viewer(ctx, does, beside) {
  let box = null;
  let body = null;
  let item = null;
  let turn = 0;

  const change = async (fields) => {
    const mine = item.id;
    try {
      const next = await api.patch(`/items/${mine}`, fields);
      if (item?.id === mine) item = next;
      does.changed(next);
    } catch (error) { ctx.toast(error); }
  };
  const go = (by) => {
    const to = item && beside(item.id, by);
    if (to) ctx.navigate(addressOf(to), { replace: true });
  };

  function side(known) {
    const title = h("textarea", { class: "input viewer-title", rows: "1", "aria-label": t("library.title1"), maxlength: "1000", value: nameOf(item) });
    const note = h("textarea", { class: "input", rows: "2", "aria-label": t("library.note"), placeholder: t("library.notePlaceholder"), maxlength: "10000", value: item.note });
    const keep = debounce(() => void change({ note: note.value }), 700);
    title.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); title.blur(); } });
    title.addEventListener("change", () => { if (title.value.trim()) void change({ title: title.value.trim() }); });
    note.addEventListener("input", keep);
    note.addEventListener("change", () => keep.flush());
    const heart = h("button", { class: "icon-btn heart", type: "button", "aria-pressed": String(item.favourite), "aria-label": t("library.favourite") }, icon("heart", { filled: item.favourite }));
    heart.addEventListener("click", async () => {
      await change({ favourite: !item.favourite });
      heart.setAttribute("aria-pressed", String(item.favourite));
      fill(heart, icon("heart", { filled: item.favourite }));
    });
    return h("div", { class: "viewer-side" },
      item.trashed ? h("p", { class: "note is-warn" }, icon("trash"), h("span", {}, t("library.inTrash"))) : null,
      item.state === "changed" ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, t("library.changedText"))) : null,
      title,
      h("div", { class: "row" }, stars({ label: t("library.stars"), value: item.rating, change: (rating) => void change({ rating }) }), heart),
      h("div", { class: "row viewer-acts" }, actions(item, does, () => item)),
      tagField({ tags: item.tags, known, change: (tags) => void change({ tags }) }),
      note,
      item.notes.map((text) => h("p", { class: "note" }, icon("info"), h("span", {}, text))),
      story(item));
  }

  function family(all) {
    const root = item.photo ?? item.id;
    if (all.length < 2 && !(item.photo && all.length)) return null;
    return h("section", { class: "family", "aria-labelledby": "family" },
      h("div", { class: "row" }, h("h3", { id: "family" }, t(item.role === "original" ? "library.fromThis" : "library.fromSame")),
        h("a", { class: "spread", href: `/library?photo=${root}` }, t("library.seeAll", { count: all.length }))),
      h("ul", { class: "family-row" }, all.map((one) => h("li", {}, h("a", {
        class: "family-link", href: addressOf(one.id), "aria-current": one.id === item.id ? "true" : null, "aria-label": nameOf(one), title: nameOf(one),
        on: { click: (event) => { event.preventDefault(); ctx.navigate(addressOf(one.id), { replace: true }); } },
      }, thumb(one))))));
  }

  async function relatives() {
    const root = item.photo ?? (item.role === "original" ? item.id : "");
    if (!root) return [];
    const [made, photo] = await Promise.all([api.get("/items", { photo: root, limit: 60 }), api.get(`/items/${root}`).catch(() => null)]);
    return [photo && !photo.trashed ? photo : null, ...made.items].filter(Boolean);
  }

  async function load(id) {
    const mine = ++turn;
    try {
      const [found, known] = await Promise.all([api.get(`/items/${id}`), api.get("/tags").catch(() => [])]);
      if (mine !== turn || !body) return;
      item = found;
      box.querySelector("h2").textContent = nameOf(item);
      box.querySelector(".viewer-when").textContent = `${t(roleOf(item))} · ${fmt.date(item.created)}`;
      fill(body, h("div", { class: "viewer-main" }, h("div", { class: "viewer-media" }, media(item))), side(known));
      const all = await relatives().catch(() => []);
      if (mine === turn && body) body.querySelector(".viewer-main").append(family(all) ?? "");
    } catch (error) {
      if (mine === turn && body) fill(body, problemCard(error, { retry: () => load(id), picture: "owl" }));
    }
  }

  ctx.signal.addEventListener("abort", () => box?.close(), { once: true });

  function keys(event) {
    if (event.target.closest("input, textarea, video, .stars") || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) go(document.documentElement.dir === "rtl" ? -by : by);
  }

  return {
    get id() { return item?.id; },
    /** Shows an item; opens the viewer when it is shut. */
    open(id) {
      if (box) return void load(id);
      body = h("div", { class: "viewer-body" }, skeleton(1, "tile"));
      const shut = dialog({ title: t("library.title"), body, wide: true });
      box = body.closest("dialog");
      box.classList.add("viewer");
      const step = (by, shape, label) => h("button", { class: `icon-btn viewer-step is-${shape}`, type: "button", "aria-label": label, title: label, on: { click: () => go(by) } }, icon("chevron-right"));
      const heading = box.querySelector(".dialog-head h2");
      heading.classList.add("only-read");
      heading.after(h("p", { class: "viewer-when soft" }), step(-1, "back", t("library.before")), step(1, "on", t("library.after")));
      box.addEventListener("keydown", keys);
      box.append(document.getElementById("toasts")); // a modal dialog covers everything outside it
      void load(id);
      const { body: page } = document;
      const toasts = document.getElementById("toasts");
      void shut.then(() => {
        page.append(toasts);
        box = body = item = null;
        turn += 1;
        if (!ctx.signal.aborted && /^\/library\/./.test(location.pathname)) ctx.navigate(`/library${location.search}`, { replace: false });
      });
    },
    /** Loads the shown item again. */
    again() { if (item) void load(item.id); },
    shut() { box?.close(); },
  };
}

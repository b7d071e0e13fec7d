/* Library: every photo and every film, found again, looked at, kept or thrown away.

     /library?show=…&query=…   the grid        /library/<id>   one item, over the grid        /library?view=storage   room and wholeness */

import { debounce, fill, h } from "/web/dom.js";
import { api } from "/web/api.js";
import { fmt, t } from "/web/i18n.js";
import { icon } from "/web/components/icon.js";
import { segmented, select } from "/web/components/controls.js";
import { emptyState, problemCard, skeleton } from "/web/components/states.js";
import { card, nameOf } from "./card.js";
import { storageView } from "./storage.js";
import { downloadChoices, save, tagField, viewer } from "./viewer.js";

const PAGE = 60;
const REFRESHED = 200;
const SHOW = {
  all: {}, films: { role: "result" }, photos: { role: "original" }, drafts: { role: "draft" }, favourites: { favourite: true }, trash: { trashed: true },
};
const SORTS = ["newest", "oldest", "rating", "name", "size"];
const FILTERS = ["query", "show", "tag", "min_rating", "kind", "sort", "photo"];

let change = () => {};

/** The items that are shown, page by page. */
class Grid {
  items = [];
  next = null;
  picked = new Set();
  choosing = false;
  #cards = new Map();
  #turn = 0;
  #busy = null;
  #anchor = "";

  constructor(ctx, does, redrawn) {
    Object.assign(this, { ctx, does, redrawn });
    this.list = h("ul", { class: "tiles", "aria-label": t("library.title") });
    this.end = h("div", { class: "tiles-end", hidden: true }, h("button", { class: "btn is-quiet", type: "button", on: { click: () => void this.more() } }, t("library.more")));
    const watch = new IntersectionObserver(([seen]) => { if (seen.isIntersecting) void this.more().catch(() => {}); }, { rootMargin: "1000px" });
    watch.observe(this.end);
    ctx.signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  }

  #ask(cursor, limit) {
    const params = new URLSearchParams(location.search);
    const wanted = Object.fromEntries(FILTERS.filter((name) => name !== "show" && params.get(name)).map((name) => [name, params.get(name)]));
    return api.get("/items", { ...SHOW[params.get("show") ?? "all"], ...wanted, cursor, limit }, { signal: this.ctx.signal });
  }

  /** Loads the first page of what the address asks for. */
  async load() {
    const mine = ++this.#turn;
    const page = await this.#ask(null, PAGE);
    if (mine !== this.#turn) return;
    [this.items, this.next] = [page.items, page.next];
    this.picked.clear();
    this.draw();
  }

  /** Looks again at what is shown, after something changed. */
  async refresh() {
    const mine = ++this.#turn;
    const limit = Math.min(REFRESHED, Math.max(PAGE, this.items.length));
    const page = await this.#ask(null, limit);
    if (mine !== this.#turn) return;
    const fresh = new Set(page.items.map((item) => item.id));
    const rest = this.items.slice(page.items.length).filter((item) => !fresh.has(item.id));
    if (this.items.length <= limit) [this.items, this.next] = [page.items, page.next];
    else this.items = [...page.items, ...rest];
    this.draw();
  }

  more() {
    if (!this.next) return Promise.resolve();
    this.#busy ??= (async () => {
      const mine = this.#turn;
      const page = await this.#ask(this.next, PAGE);
      if (mine !== this.#turn) return;
      const known = new Set(this.items.map((item) => item.id));
      this.items.push(...page.items.filter((item) => !known.has(item.id)));
      this.next = page.next;
      this.draw();
    })().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  /** Shows what changed about an item. */
  put(item) {
    const at = this.items.findIndex((one) => one.id === item.id);
    if (at < 0) return;
    this.items[at] = item;
    this.#cards.get(item.id)?.draw(item, this.picked.has(item.id));
  }

  /** Takes an item away. */
  drop(id) {
    this.picked.delete(id);
    this.items = this.items.filter((item) => item.id !== id);
    this.draw();
  }

  /** Ticks an item, or with `range` everything from the last tick to it. */
  pick(id, on, range) {
    const ids = this.items.map((item) => item.id);
    const from = range && this.#anchor ? ids.indexOf(this.#anchor) : ids.indexOf(id);
    const [first, last] = [from, ids.indexOf(id)].sort((a, b) => a - b);
    for (const one of ids.slice(Math.max(0, first), last + 1)) this.picked[on ? "add" : "delete"](one);
    this.#anchor = id;
    this.draw();
  }

  /** Shows the ticks, or takes them and the choice away. */
  choose(on) {
    this.choosing = on;
    if (!on) this.picked.clear();
    this.draw();
  }

  pickAll(on) {
    this.picked = new Set(on ? this.items.map((item) => item.id) : []);
    this.draw();
  }

  chosen() { return this.items.filter((item) => this.picked.has(item.id)); }

  draw() {
    let at = this.list.firstChild;
    for (const item of this.items) {
      if (!this.#cards.has(item.id)) this.#cards.set(item.id, card(item, this.does));
      const made = this.#cards.get(item.id);
      made.draw(item, this.picked.has(item.id));
      if (made.box === at) at = at.nextSibling;
      else this.list.insertBefore(made.box, at);
    }
    while (at) {
      const after = at.nextSibling;
      this.#cards.delete(at.dataset.id);
      at.remove();
      at = after;
    }
    this.list.classList.toggle("is-picking", this.choosing || this.picked.size > 0);
    this.end.hidden = !this.next;
    this.redrawn();
  }
}

/** What can be done with one item; toasts offer the way back. */
function verbs(ctx, page) {
  const tried = (run) => async (item) => { try { return await run(item); } catch (error) { ctx.toast(error); return null; } };
  const gone = (item) => { page.grid.drop(item.id); if (page.viewer.id === item.id) page.viewer.shut(); };
  const does = {
    pick: (id, on, range) => page.grid.pick(id, on, range),
    changed: (item) => page.grid.put(item),
    like: tried(async (item) => page.grid.put(await api.patch(`/items/${item.id}`, { favourite: !item.favourite }))),
    trash: tried(async (item) => {
      await api.delete(`/items/${item.id}`);
      gone(item);
      ctx.toast(t("library.trashed", { title: nameOf(item) }), { action: { label: t("library.undo"), run: () => void does.restore(item) } });
    }),
    restore: tried(async (item) => {
      await api.post(`/items/${item.id}/restore`);
      if (new URLSearchParams(location.search).get("show") === "trash") gone(item);
      await page.grid.refresh();
    }),
    erase: tried(async (item) => {
      if (!(await ctx.confirm({ title: t("library.eraseTitle"), text: t("library.eraseText", { title: nameOf(item) }), yes: t("library.deleteForGood"), danger: true }))) return;
      await api.delete(`/items/${item.id}`, { forever: true });
      gone(item);
    }),
    vary: tried(async (item) => {
      await api.post(`/items/${item.id}/vary`, { count: 4 });
      ctx.toast(t("library.varying"), { kind: "good", action: { label: t("library.watchThem"), run: () => ctx.navigate("/jobs") } });
    }),
    finish: tried(async (item) => {
      await api.post(`/items/${item.id}/finish`);
      ctx.toast(t("library.finishing"), { kind: "good", action: { label: t("library.watchThem"), run: () => ctx.navigate("/jobs") } });
    }),
    keep: tried(async (item) => {
      page.grid.put(await api.post(`/items/${item.id}/keep`));
      page.viewer.again();
      ctx.toast(t("library.kept"), { kind: "good" });
    }),
  };
  return does;
}

/** The bar that comes up while something is ticked. */
function pickBar(ctx, page) {
  const bar = h("div", { class: "pick-bar", role: "region", "aria-label": t("library.picked"), hidden: true });
  const count = h("p", { class: "figures", role: "status" });
  const button = (label, shape, run, look = "") => h("button", { class: `btn is-small ${look}`, type: "button", on: { click: run } }, icon(shape), h("span", {}, label));
  const each = async (run) => {
    try { for (const item of page.grid.chosen()) await run(item); } catch (error) { ctx.toast(error); }
    page.grid.picked.clear();
    page.grid.choosing = false;
    await page.grid.refresh();
  };
  const tag = async () => {
    let tags = [];
    const known = await api.get("/tags").catch(() => []);
    const yes = await ctx.dialog({
      title: t("library.tagThem"), body: tagField({ tags: [], known, change: (next) => { tags = next; } }),
      actions: [{ label: t("library.cancel"), value: false, kind: "quiet" }, { label: t("library.tagYes"), value: true, kind: "primary" }],
    });
    if (yes && tags.length) await each((item) => api.patch(`/items/${item.id}`, { tags: [...new Set([...item.tags, ...tags])] }));
  };
  const download = async () => {
    const items = page.grid.chosen();
    const choices = downloadChoices({ films: items.some((item) => item.kind === "video"), photos: items.some((item) => item.kind === "photo") });
    const yes = await ctx.dialog({
      title: t("library.downloadThem", { count: items.length }), body: choices.node,
      actions: [{ label: t("library.cancel"), value: false, kind: "quiet" }, { label: t("library.download"), value: true, kind: "primary" }],
    });
    if (!yes) return;
    for (const [index, item] of items.entries()) setTimeout(() => save(item, choices.params()), index * 400);
  };
  const trash = async () => {
    const items = page.grid.chosen();
    await each((item) => api.delete(`/items/${item.id}`));
    ctx.toast(t("library.trashedMany", { count: items.length }), { action: { label: t("library.undo"), run: async () => { for (const item of items) await api.post(`/items/${item.id}/restore`); await page.grid.refresh(); } } });
  };
  const erase = async () => {
    const { size } = page.grid.picked;
    if (await ctx.confirm({ title: t("library.eraseTitle"), text: t("library.eraseMany", { count: size }), yes: t("library.deleteForGood"), danger: true })) await each((item) => api.delete(`/items/${item.id}`, { forever: true }));
  };
  let mode = "";
  return {
    bar,
    draw() {
      const { size } = page.grid.picked;
      const trashed = new URLSearchParams(location.search).get("show") === "trash";
      bar.hidden = !size;
      count.textContent = t("library.count", { count: size });
      if (!size || mode === String(trashed)) return;
      mode = String(trashed);
      fill(bar, count, h("button", { class: "btn is-small is-quiet", type: "button", on: { click: () => page.grid.pickAll(true) } }, t("library.pickAll")),
        h("div", { class: "row pick-acts" }, trashed
          ? [button(t("library.restore"), "restore", () => void each((item) => api.post(`/items/${item.id}/restore`))), button(t("library.deleteForGood"), "trash", () => void erase())]
          : [button(t("library.favourite"), "heart", () => void each((item) => api.patch(`/items/${item.id}`, { favourite: true }))), button(t("library.tag"), "tag", () => void tag()),
            button(t("library.download"), "download", () => void download()), button(t("library.trash"), "trash", () => void trash())]),
        h("button", { class: "icon-btn", type: "button", "aria-label": t("library.pickNone"), on: { click: () => page.grid.choose(false) } }, icon("close")));
    },
  };
}

/** Search, filters and sorting; each is a part of the address. */
function filters(ctx) {
  const params = () => new URLSearchParams(location.search);
  const set = (name, value) => {
    const next = params();
    if (value) next.set(name, value); else next.delete(name);
    const text = String(next);
    void ctx.navigate(`/library${text ? `?${text}` : ""}`, { replace: true });
  };
  const search = h("input", { class: "input", type: "search", "aria-label": t("library.search"), placeholder: t("library.search"), value: params().get("query") ?? "", on: { input: debounce((event) => set("query", event.target.value.trim()), 250) } });
  const show = segmented({
    label: t("library.show"), value: params().get("show") ?? "all", options: Object.keys(SHOW).map((value) => ({ value, label: t(`library.show.${value}`) })),
    change: (value) => set("show", value === "all" ? "" : value),
  });
  const tags = h("span", { class: "filter-tags" });
  const drawTags = async () => {
    const known = await api.get("/tags", {}, { signal: ctx.signal }).catch(() => []);
    const now = params().get("tag") ?? "";
    fill(tags, known.length || now ? select({ label: t("library.tags"), value: now, options: [{ value: "", label: t("library.anyTag") }, ...known.map((tag) => ({ value: tag.name, label: `${tag.name} · ${fmt.number(tag.count)}` }))], change: (value) => set("tag", value) }) : null);
  };
  void drawTags();
  const choice = (name, label, options) => select({ label, value: params().get(name) ?? "", options, change: (value) => set(name, value) });
  const node = h("div", { class: "filters", role: "search" },
    h("div", { class: "filter-search" }, icon("search"), search), show,
    h("div", { class: "row filter-more" }, tags,
      choice("kind", t("library.kind"), ["", "photo", "video", "sound"].map((value) => ({ value, label: t(`library.kind.${value || "any"}`) }))),
      choice("min_rating", t("library.stars"), [{ value: "", label: t("library.anyStars") }, ...[1, 2, 3, 4, 5].map((count) => ({ value: String(count), label: count === 5 ? "★★★★★" : `${"★".repeat(count)}+` }))]),
      choice("sort", t("library.sort"), SORTS.map((value) => ({ value: value === "newest" ? "" : value, label: t(`library.sort.${value}`) })))));
  return { node, drawTags, draw() { show.value = params().get("show") ?? "all"; if (document.activeElement !== search) search.value = params().get("query") ?? ""; } };
}

function nothing(ctx) {
  const params = new URLSearchParams(location.search);
  if (params.get("show") === "trash" && !params.get("query")) return emptyState({ picture: "cloud", title: t("library.noTrash"), text: t("library.noTrashText", { count: ctx.facts.get("settings")?.trash_days ?? 30 }) });
  if (FILTERS.some((name) => params.get(name) && name !== "sort")) return emptyState({ picture: "owl", title: t("library.noneSuch"), text: t("library.noneSuchText"), action: { label: t("library.showAll"), href: "/library" } });
  return emptyState({ picture: "teddy_bear", title: t("library.empty"), text: t("library.emptyText"), action: { label: t("library.emptyAction"), href: "/create" } });
}

/** A line above the grid: whose films these are, or what the trash is for. */
function context(ctx, page) {
  const params = new URLSearchParams(location.search);
  if (params.get("photo")) {
    return h("p", { class: "note" }, icon("photo"), h("span", {}, t("library.onlyPhoto")), h("a", { class: "spread", href: "/library" }, t("library.showAll")));
  }
  if (params.get("show") !== "trash") return null;
  const empty = async () => {
    if (!(await ctx.confirm({ title: t("library.clean.trash"), text: t("library.clean.trashSure"), yes: t("library.deleteForGood"), danger: true }))) return;
    try { const { removed } = await api.post("/trash/empty"); ctx.toast(t("library.emptied", { count: removed }), { kind: "good" }); await page.grid.load(); } catch (error) { ctx.toast(error); }
  };
  return h("p", { class: "note" }, icon("trash"), h("span", {}, t("library.trashText", { count: ctx.facts.get("settings")?.trash_days ?? 30 })),
    page.grid.items.length ? h("button", { class: "btn is-small spread", type: "button", on: { click: () => void empty() } }, t("library.clean.trash")) : null);
}

function follow(ctx, page) {
  const again = debounce(() => void page.grid.refresh().catch(() => {}), 300);
  ctx.events.on("item", async ({ subject }, name) => {
    if (name === "item.deleted") return page.grid.drop(subject);
    if (name !== "item.changed") return again();
    try { page.grid.put(await api.get(`/items/${subject}`, {}, { signal: ctx.signal })); } catch { again(); }
    return page.filters.drawTags();
  }, ctx.signal);
  ctx.events.on("reset", again, ctx.signal);
  ctx.events.on("online", again, ctx.signal);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && page.grid.picked.size && !document.querySelector("dialog[open], .popover")) page.grid.choose(false); }, { signal: ctx.signal });
}

function mountGrid(root, ctx) {
  const page = {};
  const does = verbs(ctx, page);
  const body = h("div", { class: "library-body" });
  const line = h("div", { class: "library-line" });
  page.viewer = viewer(ctx, does, (id, by) => page.grid.items[page.grid.items.findIndex((item) => item.id === id) + by]?.id);
  page.filters = filters(ctx);
  let started = false;
  page.grid = new Grid(ctx, does, () => {
    fill(line, context(ctx, page));
    fill(body, page.grid.items.length ? [page.grid.list, page.grid.end] : nothing(ctx));
    choose.setAttribute("aria-pressed", String(page.grid.choosing));
    choose.disabled = !page.grid.items.length;
    page.bar.draw();
  });
  page.bar = pickBar(ctx, page);
  const choose = h("button", { class: "btn", type: "button", on: { click: () => page.grid.choose(!page.grid.choosing) } }, icon("check"), t("library.choose"));
  const load = async () => {
    if (!started) fill(body, skeleton(8, "tile"));
    try { await page.grid.load(); started = true; } catch (error) { if (error.name !== "AbortError") fill(body, problemCard(error, { retry: load })); }
  };
  fill(root,
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("library.title")), h("p", {}, t("library.lead"))), h("div", { class: "row spread" }, choose, h("a", { class: "btn", href: "/library?view=storage" }, icon("disk"), t("library.storage")))),
    page.filters.node, line, body, page.bar.bar);
  follow(ctx, page);
  let shown = null;
  page.change = () => {
    const id = location.pathname.split("/")[2] ?? "";
    if (shown !== location.search) {
      shown = location.search;
      page.filters.draw();
      void load();
    }
    if (id) page.viewer.open(id);
    else page.viewer.shut();
  };
  page.change();
  return page;
}

function mount(root, ctx) {
  let page = null;
  let view = "";
  change = () => {
    const wanted = new URLSearchParams(location.search).get("view") === "storage" && !location.pathname.split("/")[2] ? "storage" : "grid";
    if (wanted === view) return void page?.change();
    page?.viewer.shut();
    view = wanted;
    page = wanted === "grid" ? mountGrid(root, ctx) : void storageView(root, ctx);
  };
  change();
}

export default { title: "library.title", mount, change: () => change() };

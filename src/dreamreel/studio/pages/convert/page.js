/* Convert: many files, one wish, and what becomes of each is said before it starts.

     files ─► tray (uploads) ─► rows ─┬─ POST /convert/plan ─► what is copied, encoded, lost, how large
     wishes ──────────────────────────┘        Convert all ─► one job a file, one batch ─► events ─► rows
     /convert?cut=<item> ─► cut.js             /convert?item=<item> ─► takes it from the library           */

import { api, idempotency, token } from "/web/api.js";
import { announce, debounce, fill, h, narrow } from "/web/dom.js";
import { events } from "/web/events.js";
import { fmt, t } from "/web/i18n.js";
import { local } from "/web/store.js";
import { icon } from "/web/components/icon.js";
import { filePicker, isRecording, photoTray } from "/web/components/photos.js";
import { isActive } from "/web/components/runs.js";
import { castPicture, problemCard, skeleton } from "/web/components/states.js";
import { cutView } from "./cut.js";
import { jobBar, planTold, refill, results, save, sizes } from "./told.js";
import { wishes } from "./wishes.js";

const ACCEPT = "video/*,audio/*,.mkv,.mts,.m2ts,.ts,.vob,.flv,.wmv,.wma,.mxf,.ogv,.opus,.flac,.gif,.caf,.w64,.wv,.tta";
const JOBS = "convert.jobs";
const AT_ONCE = 3;
const RECORDED = {
  kept: "convert.files", fits: isRecording, belongs: (item) => item.kind !== "photo", ready: "convert.ready", failed: "convert.uploadFailed", refused: () => t("convert.notAFilm"),
};

class Convert {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, signal: ctx.signal, rows: new Map(), jobs: new Map(), made: new Map(), sent: local.get(JOBS, {}) });
    this.planSoon = debounce(() => void this.plan(), 260);
    this.list = h("div", { class: "convert" });
    this.cutting = h("div", { class: "cutting", hidden: true });
    this.head = h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("convert.title")), h("p", {}, t("convert.lead"))));
    fill(root, this.head, this.list, this.cutting);
    fill(this.list, skeleton(3, "line"));
  }

  async start() {
    try {
      this.offered = await api.get("/convert/choices", null, { signal: this.signal });
    } catch (error) {
      if (!this.signal.aborted) fill(this.list, problemCard(error, { retry: () => { fill(this.list, skeleton(3, "line")); void this.start(); } }));
      return;
    }
    this.frame();
    this.tray = photoTray({ changed: () => this.draw(), signal: this.signal, what: RECORDED });
    this.listen();
    await this.tray.restore();
    await this.change(this.ctx.params);
    this.draw();
  }

  frame() {
    const add = (files) => this.tray.add(files);
    this.files = filePicker(add, { accept: ACCEPT });
    this.folder = filePicker(add, { folder: true });
    this.place = h("section", { class: "convert-files", "aria-label": t("convert.files") });
    this.rowList = h("ul", { class: "file-rows" });
    this.wishes = wishes({ offered: this.offered, changed: () => { this.planSoon(); this.stale(); } });
    this.sum = h("div", { class: "convert-sum", role: "status" });
    this.trouble = h("div", { role: "alert" });
    this.go = h("button", { class: "btn is-primary is-large", type: "button", on: { click: () => void this.convert() } }, icon("convert"), h("span", {}));
    this.fetch = h("button", { class: "btn", type: "button", hidden: true, on: { click: () => this.downloadAll() } }, icon("download"), h("span", {}, t("convert.downloadAll")));
    fill(this.list, this.place,
      h("section", { class: "card convert-wishes", "aria-labelledby": "wishes" }, h("h2", { id: "wishes", class: "card-title" }, t("convert.what")), h("div", { class: "stack" }, this.wishes.node),
        h("div", { class: "convert-foot" }, this.sum, this.trouble, this.go, this.fetch)),
      this.files.input, this.folder.input);
  }

  adders(first) {
    const button = (label, shape, run, look = "") => h("button", { class: `btn ${look}`, type: "button", data: { act: shape }, on: { click: run } }, icon(shape), label);
    return h("div", { class: "row convert-add" },
      button(t("convert.pick"), "plus", () => this.files.open(), first ? "is-primary" : ""),
      narrow() ? null : button(t("convert.pickFolder"), "folder", () => this.folder.open()),
      button(t("convert.fromLibrary"), "library", () => void this.fromLibrary()));
  }

  invitation() {
    return h("div", { class: "convert-drop" },
      h("div", { class: "empty-picture" }, castPicture("toy_train", 128)), h("h2", {}, t("convert.empty")), h("p", { class: "soft" }, t("convert.emptyText")), this.adders(true));
  }

  /* What other pages ask for, and the way into Cut and back. */
  async change(params) {
    const cut = params.get("cut");
    if (params.get("item") && this.tray) {
      try { this.tray.take(await api.get(`/items/${params.get("item")}`)); } catch (error) { this.ctx.toast(error); }
      history.replaceState(null, "", "/convert");
    }
    if (cut === this.cut) return;
    this.cut = cut;
    this.cutter?.abort();
    this.list.hidden = this.head.hidden = Boolean(cut);
    this.cutting.hidden = !cut;
    if (!cut) {
      fill(this.cutting);
      this.place?.querySelector(`[data-item="${this.from}"] [data-act=cut]`)?.focus();
      return;
    }
    this.from = cut;
    this.cutter = new AbortController();
    this.signal.addEventListener("abort", () => this.cutter.abort(), { once: true });
    await cutView(this.cutting, { ...this.ctx, signal: this.cutter.signal }, cut, this.offered);
  }

  /* Rows. */
  row(entry) {
    if (!this.rows.has(entry)) {
      const row = { entry, node: h("li", { class: "file-row" }), plan: null, key: "", trouble: null, job: null, bar: null };
      row.job = entry.item ? this.jobs.get(this.sent[entry.item.id]) ?? null : null;
      this.rows.set(entry, row);
      if (entry.item && this.sent[entry.item.id] && !row.job) void this.look(this.sent[entry.item.id]);
    }
    return this.rows.get(entry);
  }

  all() { return this.tray.list.map((entry) => this.row(entry)); }

  draw() {
    if (!this.place) return;
    const rows = this.all();
    for (const entry of [...this.rows.keys()]) if (!this.tray.list.includes(entry)) { this.rows.get(entry).node.remove(); this.rows.delete(entry); }
    if (!rows.length) {
      if (!this.place.querySelector(".convert-drop")) refill(this.place, this.invitation());
    } else if (!this.rowList.isConnected) refill(this.place, this.rowList, this.adders(false));
    for (const [index, row] of rows.entries()) {
      if (this.rowList.children[index] !== row.node) this.rowList.insertBefore(row.node, this.rowList.children[index] ?? null);
      this.drawRow(row);
    }
    if (rows.some((row) => row.entry.item && !row.plan && !row.trouble && row.key !== this.key())) this.planSoon();
    this.drawSum();
  }

  /* A row is drawn again only when what it shows is another thing. */
  drawRow(row) {
    const { entry, job } = row;
    const mark = JSON.stringify([entry.item?.id, entry.error, entry.part === 1, row.key, Boolean(row.plan), row.trouble, job?.id, job?.state, job?.wanted, job?.error?.detail, this.made.has(job?.result)]);
    if (row.mark === mark) {
      if (row.percent && !entry.item) { row.percent.textContent = fmt.percent(entry.part); row.upload.value = entry.part; }
      return;
    }
    row.mark = mark;
    row.node.dataset.item = entry.item?.id ?? "";
    refill(row.node, this.picture(entry), h("div", { class: "file-body" }, this.heading(entry), this.body(row)), this.actions(row));
  }

  picture(entry) {
    const box = h("span", { class: "file-picture" }, icon(entry.item?.kind === "sound" || /^audio/.test(entry.type ?? "") ? "sound" : "film"));
    if (entry.item) box.append(h("img", { src: api.url(`/items/${entry.item.id}/thumb`), alt: "", loading: "lazy", decoding: "async", on: { error: (event) => event.target.remove() } }));
    return box;
  }

  heading(entry) {
    const { item } = entry;
    return h("div", { class: "file-head" }, h("h3", {}, entry.name),
      item ? h("p", { class: "soft figures" }, [item.duration ? fmt.clock(item.duration) : "", item.width ? fmt.size(item.width, item.height) : "", fmt.bytes(item.bytes)].filter(Boolean).join(" · ")) : null);
  }

  body(row) {
    const { entry, job } = row;
    row.percent = row.upload = row.bar = null;
    if (entry.error) return h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, entry.error));
    if (!entry.item) {
      row.percent = h("span", { class: "figures" }, fmt.percent(entry.part));
      const bar = document.createElement("dr-progress").show({ label: t("convert.sending", { name: entry.name }), value: entry.part });
      row.upload = bar;
      return h("div", { class: "job-told" }, h("p", { class: "job-words" }, t("convert.uploading"), row.percent), bar);
    }
    if (job && isActive(job)) {
      row.bar = jobBar(entry.name, job);
      return row.bar.node;
    }
    const done = job?.state === "done" && this.made.get(job.result);
    return [
      done && this.current(row) ? h("p", { class: "plan-line" }, h("span", { class: "pill is-good" }, icon("check"), t("convert.done")), sizes(entry.item.bytes, done.bytes, { about: false }), h("span", { class: "soft" }, done.name)) : null,
      job?.state === "failed" && this.current(row) ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, job.error?.detail ?? t("convert.failed"))) : null,
      job?.state === "cancelled" && this.current(row) ? h("p", { class: "hint" }, t("convert.cancelled")) : null,
      done && this.current(row) ? null : row.trouble ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, row.trouble)) : row.plan ? planTold(row.plan) : h("div", { class: "skeleton plan-wait", role: "status", "aria-label": t("convert.looking") }),
    ];
  }

  actions(row) {
    const { entry, job } = row;
    const tool = (act, shape, label, run, text = "") => h("button", { class: text ? "btn is-small" : "icon-btn", type: "button", data: { act }, "aria-label": label, title: text ? null : label, on: { click: run } }, icon(shape), text);
    const done = job?.state === "done" && this.current(row) && this.made.get(job.result);
    const active = job && isActive(job);
    return h("div", { class: "file-acts" },
      entry.error && entry.again ? tool("again", "again", t("convert.retryOne", { name: entry.name }), () => entry.again(), t("convert.retry")) : null,
      job?.state === "failed" && this.current(row) ? tool("retry", "again", t("convert.retryOne", { name: entry.name }), () => void this.verb(row, "retry"), t("convert.retry")) : null,
      done ? results(done) : null,
      entry.item && !active ? h("a", { class: "btn is-small", href: `/convert?cut=${entry.item.id}`, data: { act: "cut" } }, icon("cut"), t("convert.cut"), h("span", { class: "only-read" }, ` ${entry.name}`)) : null,
      active ? tool("stop", "close", t("convert.stopOne", { name: entry.name }), () => void this.verb(row, "cancel"))
        : tool("remove", "close", t("convert.removeOne", { name: entry.name }), () => { this.tray.remove(entry); this.keep(); }));
  }

  /* Plans. */
  key() { return JSON.stringify(this.wishes.form()); }
  /** True while the row's job is what the wishes now ask for. */
  current(row) { return !row.job || this.sent[`${row.entry.item?.id}.as`] === undefined || this.sent[`${row.entry.item.id}.as`] === this.key() || isActive(row.job); }

  stale() {
    for (const row of this.all()) if (row.entry.item && row.key !== this.key()) Object.assign(row, { trouble: null });
    this.draw();
  }

  async plan() {
    this.planning?.abort();
    this.planning = new AbortController();
    const { signal } = this.planning;
    const key = this.key();
    const form = this.wishes.form();
    const waiting = this.all().filter((row) => row.entry.item && row.key !== key);
    const next = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        try {
          const plan = await api.post("/convert/plan", { source: row.entry.item.id, ...form }, { signal });
          Object.assign(row, { plan, trouble: null, key });
        } catch (error) {
          if (signal.aborted || error.code === "Offline") return;
          Object.assign(row, { plan: null, trouble: error.detail, key });
        }
        if (this.signal.aborted) return;
        this.draw();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  drawSum() {
    const rows = this.all();
    const todo = this.todo();
    const done = rows.filter((row) => row.job?.state === "done" && this.made.has(row.job.result) && this.current(row));
    const active = rows.filter((row) => row.job && isActive(row.job));
    this.go.disabled = !todo.length;
    this.go.lastElementChild.textContent = todo.length > 1 ? t("convert.goAll", { count: todo.length }) : t("convert.go");
    this.fetch.hidden = done.length < 2;
    const before = todo.reduce((sum, row) => sum + row.plan.bytes_in, 0);
    const after = todo.reduce((sum, row) => sum + row.plan.bytes, 0);
    const seconds = todo.reduce((sum, row) => sum + row.plan.seconds, 0);
    const mark = JSON.stringify([todo.length, done.length, active.length, before, after, rows.length]);
    if (mark === this.summed) return;
    this.summed = mark;
    fill(this.sum,
      todo.length ? h("p", { class: "plan-line" }, h("span", {}, t("convert.count", { count: todo.length })), sizes(before, after), h("span", { class: "soft figures" }, t("convert.takes", { time: fmt.span(seconds) }))) : null,
      active.length ? h("p", { class: "soft" }, t("convert.active", { count: active.length })) : null,
      done.length ? h("p", { class: "soft" }, t("convert.finished", { count: done.length })) : null,
      rows.length ? null : h("p", { class: "soft" }, t("convert.needFiles")));
  }

  /* Jobs. */
  todo() { return this.all().filter((row) => row.plan && row.key === this.key() && !(row.job && (isActive(row.job) || (row.job.state === "done" && this.current(row))))); }

  keep() {
    const ids = new Set(this.all().map((row) => row.entry.item?.id));
    this.sent = Object.fromEntries(Object.entries(this.sent).filter(([id]) => ids.has(id.split(".")[0])));
    local.set(JOBS, this.sent);
  }

  async convert() {
    const rows = this.todo();
    const [form, key, batch] = [this.wishes.form(), this.key(), rows.length > 1 ? token() : undefined];
    fill(this.trouble);
    this.go.disabled = true;
    for (const row of rows) {
      const { id } = row.entry.item;
      try {
        const job = await api.post("/jobs", { kind: "convert", request: { source: id, ...form }, ...(batch ? { batch } : {}) }, idempotency());
        this.sent[id] = job.id;
        this.sent[`${id}.as`] = key;
        this.put(job, row);
      } catch (error) {
        if (error.code === "Offline") { fill(this.trouble, h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, t("shell.offlineText")))); break; }
        row.trouble = error.detail;
      }
      this.keep();
      this.draw();
    }
    this.draw();
    announce(t("convert.active", { count: rows.length }));
  }

  async verb(row, verb) {
    try { this.put(await api.post(`/jobs/${row.job.id}/${verb}`), row); } catch (error) { this.ctx.toast(error); }
    this.draw();
  }

  put(job, row = this.all().find((one) => one.entry.item && this.sent[one.entry.item.id] === job.id)) {
    this.jobs.set(job.id, job);
    if (row) row.job = job;
  }

  async look(id) {
    const job = await api.get(`/jobs/${id}`, null, { signal: this.signal }).catch(() => null);
    if (!job || this.signal.aborted) return;
    if (job.result && !this.made.has(job.result)) {
      const item = await api.get(`/items/${job.result}`, null, { signal: this.signal }).catch(() => null);
      if (item) this.made.set(item.id, item);
    }
    this.put(job);
    this.draw();
  }

  listen() {
    const mine = (id) => Object.values(this.sent).includes(id);
    events.on("job", (data, name) => {
      if (!mine(data.subject)) return;
      const job = this.jobs.get(data.subject);
      if (name !== "job.progress" || !job || job.state !== "running") return void this.look(data.subject);
      job.progress = data.progress ?? job.progress;
      this.all().find((row) => row.job === job)?.bar?.draw(job);
    }, this.signal);
    events.on("job.done", ({ subject, title }) => { if (mine(subject)) announce(t("convert.saidDone", { name: title ?? "" })); }, this.signal);
    const again = () => { for (const row of this.all()) { row.mark = ""; if (row.job) void this.look(row.job.id); } this.planSoon(); };
    events.on("reset", again, this.signal);
    events.on("online", again, this.signal);
  }

  downloadAll() {
    const done = this.all().map((row) => row.job?.state === "done" && this.current(row) && this.made.get(row.job.result)).filter(Boolean);
    for (const [index, item] of done.entries()) setTimeout(() => save(item), index * 400);
  }

  async fromLibrary() {
    const body = h("div", { class: "pick-list" }, skeleton(4, "line"));
    const picked = new Map();
    const load = async () => {
      try {
        const found = await Promise.all(["video", "sound"].map((kind) => api.get("/items", { kind, role: "original", limit: 100 })));
        const items = found.flatMap((one) => one.items).sort((a, b) => new Date(b.created) - new Date(a.created));
        fill(body, items.length ? null : h("p", { class: "soft" }, t("convert.libraryEmpty")), items.map((item) => h("label", { class: "pick-item" },
          h("input", { type: "checkbox", class: "tick", on: { change: (event) => { if (event.target.checked) picked.set(item.id, item); else picked.delete(item.id); } } }),
          h("span", { class: "file-picture" }, icon(item.kind === "sound" ? "sound" : "film"), h("img", { src: api.url(`/items/${item.id}/thumb`), alt: "", on: { error: (event) => event.target.remove() } })),
          h("span", { class: "pick-text" }, h("strong", {}, item.title || item.name), h("small", { class: "soft figures" }, [item.duration ? fmt.clock(item.duration) : "", fmt.bytes(item.bytes)].filter(Boolean).join(" · "))))));
      } catch (error) { fill(body, problemCard(error, { retry: load })); }
    };
    void load();
    const yes = await this.ctx.dialog({ title: t("convert.fromLibrary"), body, actions: [{ label: t("shell.cancel"), value: false, kind: "quiet" }, { label: t("convert.take"), value: true, kind: "primary" }] });
    if (yes === true) for (const item of picked.values()) this.tray.take(item);
  }
}

let page = null;

export default {
  title: "convert.title",
  mount(root, ctx) {
    page = new Convert(root, ctx);
    void page.start();
  },
  change: (params) => void page?.change(params),
};

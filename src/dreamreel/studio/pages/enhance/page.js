/* Enhance: a film or a photo, one button, and before it all that will be done and why.

     file ─► tray ─► POST /enhance/looks ─► found ─► POST /enhance/plan ─► chain and card ◄─ wishes, switches
     "Before and after" ─► POST /enhance/previews ─► compare        Enhance ─► POST /jobs ─► progress ─► download   */

import { api, idempotency } from "/web/api.js";
import { announce, debounce, fill, h } from "/web/dom.js";
import { events } from "/web/events.js";
import { fmt, has, t } from "/web/i18n.js";
import { local } from "/web/store.js";
import { progress } from "/web/components/controls.js";
import { icon } from "/web/components/icon.js";
import { filePicker, isRecording, photoStrip, photoTray } from "/web/components/photos.js";
import { isActive, partDone } from "/web/components/runs.js";
import { castPicture, problemCard, skeleton } from "/web/components/states.js";
import { chain, changesOf, foundList } from "./chain.js";
import { compare } from "./compare.js";
import { wishes } from "./wishes.js";

const ACCEPT = "video/*,image/*,.mkv,.mts,.m2ts,.ts,.vob,.flv,.wmv,.mxf,.ogv,.heic,.heif,.avif";
const JOBS = "enhance.jobs";
const isPicture = (file) => file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name);
const TAKEN = {
  kept: "enhance.files", fits: (file) => isPicture(file) || (isRecording(file) && !file.type.startsWith("audio/")), belongs: (item) => item.kind !== "sound",
  ready: "enhance.ready", failed: "enhance.uploadFailed", refused: () => t("enhance.notAPicture"),
};

const CODECS = { h264: "H.264", hevc: "H.265", av1: "AV1", vp8: "VP8", vp9: "VP9", mpeg1video: "MPEG-1", mpeg2video: "MPEG-2", mpeg4: "MPEG-4", mjpeg: "Motion JPEG", prores: "ProRes" };

/* Fills a place and gives the focus back to what had it, by `data-act`. */
function refill(place, ...children) {
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
  fill(place, ...children);
  if (held !== undefined) (place.querySelector(`[data-act="${held}"]`) ?? place.querySelector("button:not(:disabled), a[href]"))?.focus();
}

function save(item) {
  const link = h("a", { href: api.url(`/items/${item.id}/download`), download: item.name });
  document.body.append(link);
  link.click();
  link.remove();
}

class Enhance {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, signal: ctx.signal, works: new Map(), sent: local.get(JOBS, {}) });
    this.planSoon = debounce(() => void this.plan(), 240);
    this.place = h("div", { class: "enhance" });
    fill(root, h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("enhance.title")), h("p", {}, t("enhance.lead"))),
      h("a", { class: "btn is-small spread", href: "/models" }, icon("chip"), t("enhance.models"))), this.place);
    fill(this.place, skeleton(2, "line"));
  }

  async start() {
    try {
      this.offered = await api.get("/enhance/choices", null, { signal: this.signal });
    } catch (error) {
      if (!this.signal.aborted) fill(this.place, problemCard(error, { retry: () => { fill(this.place, skeleton(2, "line")); void this.start(); } }));
      return;
    }
    this.frame();
    this.tray = photoTray({ changed: () => this.draw(), signal: this.signal, what: TAKEN });
    this.listen();
    await this.tray.restore();
    await this.change(this.ctx.params);
    this.draw();
  }

  frame() {
    this.files = filePicker((files) => this.tray.add(files), { accept: ACCEPT });
    this.stage = h("section", { class: "enhance-stage", "aria-label": t("enhance.stage") });
    this.strip = h("div", {});
    this.story = h("div", { class: "enhance-story" });
    this.wishes = wishes({ offered: this.offered, changed: () => this.planSoon() });
    this.card = h("div", { class: "enhance-card", role: "status" });
    this.trouble = h("div", { role: "alert" });
    this.go = h("button", { class: "btn is-primary is-large", type: "button", data: { act: "enhance" }, on: { click: () => void this.enhance() } }, icon("enhance"), h("span", {}, t("enhance.go")));
    this.end = h("div", { class: "enhance-end" });
    fill(this.place, h("div", { class: "enhance-main" }, this.stage, this.strip, this.story),
      h("section", { class: "card enhance-side", "aria-labelledby": "enhance-wishes" }, h("h2", { id: "enhance-wishes", class: "card-title" }, t("enhance.what")),
        h("div", { class: "stack" }, this.wishes.node), h("div", { class: "enhance-foot" }, this.card, this.trouble, this.go, this.end)),
      this.files.input);
  }

  async change(params) {
    const wanted = params.get("item");
    if (!wanted || !this.tray) return;
    try { this.tray.take(await api.get(`/items/${wanted}`)); } catch (error) { this.ctx.toast(error); }
    history.replaceState(null, "", "/enhance");
  }

  /* What is known of an item: its look, plan, preview, job. */
  work(item) {
    if (!this.works.has(item.id)) {
      this.works.set(item.id, { item, look: null, found: null, plan: null, form: "", trouble: null, changes: new Map(), preview: null, job: null, result: null });
      void this.look(this.works.get(item.id));
      if (this.sent[item.id]) void this.reload(this.works.get(item.id), this.sent[item.id].job);
    }
    return this.works.get(item.id);
  }
  get now() { const item = this.tray?.current?.item; return item ? this.work(item) : null; }

  async look(work, tell = true) {
    try {
      const look = tell ? await api.post("/enhance/looks", { source: work.item.id }, { signal: this.signal }) : await api.get(`/enhance/looks/${work.item.id}`, null, { signal: this.signal });
      Object.assign(work, { look, trouble: look.state === "failed" ? look.error : null });
      if (look.findings && !work.found) {
        work.found = look.findings;
        announce(t("enhance.saidFound", { name: work.item.name }));
        await this.plan(work);
      }
    } catch (error) {
      if (this.signal.aborted || error.code === "Offline") return;
      work.trouble = error.detail;
    }
    this.draw();
  }

  form(work) { return { source: work.item.id, ...this.wishes.form(work.found), changes: changesOf(work.changes) }; }

  async plan(work = this.now) {
    if (!work?.found) return;
    const form = this.form(work);
    this.planning?.abort();
    this.planning = new AbortController();
    const { signal } = this.planning;
    try {
      const plan = await api.post("/enhance/plan", form, { signal });
      Object.assign(work, { plan, trouble: null, form: JSON.stringify(form) });
    } catch (error) {
      if (signal.aborted || error.code === "Offline") return;
      Object.assign(work, { trouble: error.detail, form: "" });
    }
    if (!this.signal.aborted) this.draw();
  }

  /* Before and after. */
  async preview(work) {
    const form = this.form(work);
    try {
      work.preview = { ...(await api.post("/enhance/previews", form, { signal: this.signal })), form: JSON.stringify(form) };
    } catch (error) {
      if (!this.signal.aborted) this.ctx.toast(error);
    }
    this.draw();
  }

  async previewed(work) {
    try {
      Object.assign(work.preview, await api.get(`/enhance/previews/${work.preview.key}`, null, { signal: this.signal }));
      if (work.preview.state === "done") announce(t("enhance.saidPreview"));
    } catch { work.preview = null; }
    this.draw();
  }

  /* Jobs. */
  async enhance() {
    const work = this.now;
    if (!work?.plan) return;
    fill(this.trouble);
    this.go.disabled = true;
    const form = this.form(work);
    try {
      const job = await api.post("/jobs", { kind: "enhance", request: form }, idempotency());
      Object.assign(work, { job, result: null });
      this.sent = { ...this.sent, [work.item.id]: { job: job.id, form: JSON.stringify(form) } };
      local.set(JOBS, this.sent);
      announce(t("enhance.saidBegun"));
    } catch (error) {
      fill(this.trouble, h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, error.code === "Offline" ? t("shell.offlineText") : error.detail)));
    }
    this.draw();
  }

  async verb(work, verb) {
    try { work.job = await api.post(`/jobs/${work.job.id}/${verb}`); } catch (error) { this.ctx.toast(error); }
    this.draw();
  }

  async reload(work, id) {
    const job = await api.get(`/jobs/${id}`, null, { signal: this.signal }).catch(() => null);
    if (!job || this.signal.aborted) return;
    if (job.result) work.result = await api.get(`/items/${job.result}`, null, { signal: this.signal }).catch(() => null);
    work.job = job;
    this.draw();
  }

  listen() {
    const of = (find) => [...this.works.values()].find(find);
    events.on("bench", ({ subject, part }, name) => {
      const state = name.split(".")[1];
      const looked = of((work) => work.look?.key === subject);
      const shown = of((work) => work.preview?.key === subject);
      const one = looked?.look ?? shown?.preview;
      if (!one) return;
      if (state === "working") { Object.assign(one, { state, part: part ?? one.part }); return this.drawBar(); }
      if (looked) void this.look(looked, false);
      else void this.previewed(shown);
    }, this.signal);
    events.on("job", (data, name) => {
      const work = of((one) => one.job?.id === data.subject);
      if (!work) return;
      if (name !== "job.progress" || work.job.state !== "running") return void this.reload(work, data.subject);
      const segment = work.job.progress?.segment;
      work.job.progress = data.progress ?? work.job.progress;
      if (work.job.progress?.segment !== segment) return void this.reload(work, data.subject);
      this.drawBar();
    }, this.signal);
    events.on("job.done", ({ subject, title }) => { if (of((one) => one.job?.id === subject)) announce(t("enhance.saidDone", { name: title ?? "" })); }, this.signal);
    const again = () => { for (const work of this.works.values()) { if (!work.found) void this.look(work); if (work.job) void this.reload(work, work.job.id); if (work.preview) void this.previewed(work); } };
    events.on("reset", again, this.signal);
    events.on("online", again, this.signal);
  }

  /* Drawing. */
  draw() {
    if (!this.stage) return;
    const entry = this.tray.current;
    const work = this.now;
    this.place.classList.toggle("is-empty", !entry);
    this.drawStage(entry, work);
    this.drawStrip();
    this.drawStory(work);
    this.drawCard(work);
    this.drawBar();
  }

  once(place, mark, make) {
    const text = JSON.stringify(mark);
    if (place.mark === text) return;
    place.mark = text;
    refill(place, make());
  }

  drawStrip() {
    const { list, at } = this.tray;
    this.once(this.strip, [at, list.map((one) => [one.key, one.item?.id, one.error, one.part])], () => (list.length > 1 ? photoStrip(this.tray, () => this.files.open()) : null));
  }

  adders(look = "is-primary") {
    return h("div", { class: "row enhance-add" },
      h("button", { class: `btn ${look}`, type: "button", data: { act: "pick" }, on: { click: () => this.files.open() } }, icon("plus"), t("enhance.pick")),
      h("button", { class: "btn", type: "button", data: { act: "library" }, on: { click: () => void this.fromLibrary() } }, icon("library"), t("enhance.fromLibrary")));
  }

  drawStage(entry, work) {
    const { preview, job, result } = work ?? {};
    const active = Boolean(job && isActive(job));
    const shown = preview?.state === "done" ? preview.key : null;
    this.once(this.stage, [entry?.key, Boolean(work), entry?.error], () => {
      this.bar = null;
      if (!entry) return this.invitation();
      if (!work) return this.sending(entry);
      return [this.shown = h("div", {}), this.below = h("div", { class: "enhance-below" })];
    });
    if (!work) return;
    this.once(this.shown, [work.item.id, shown, result?.id, active && [job.id, job.has_preview, job.progress?.segment]], () => (active ? this.live(work) : this.picture(work)));
    this.once(this.below, [work.item.id, work.look?.state, Boolean(work.found), work.trouble, preview?.key, preview?.state, preview?.form === work.form, this.finished(work), active && [job.state, job.wanted], Boolean(work.plan), work.plan?.proposal.nothing], () => {
      this.bar = null;
      return active ? this.making(work) : this.under(work);
    });
  }

  invitation() {
    return h("div", { class: "enhance-drop" }, h("div", { class: "empty-picture" }, castPicture("owl", 128)), h("h2", {}, t("enhance.empty")), h("p", { class: "soft" }, t("enhance.emptyText")), this.adders());
  }

  box(work, source = null) {
    return h("div", { class: "enhance-picture" }, h("img", { src: source ?? api.url(`/items/${work.item.id}/poster`), alt: t("enhance.pictureOf", { name: work.item.name }), on: { error: (event) => event.target.remove() } }));
  }

  sending(entry) {
    const told = entry.error ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, entry.error)) : null;
    if (told) return [h("div", { class: "enhance-drop" }, castPicture("owl", 96), told, h("div", { class: "row" }, h("button", { class: "btn", type: "button", data: { act: "again" }, on: { click: () => entry.again?.() } }, icon("again"), t("enhance.retry"))), this.adders(""))];
    this.bar = this.meter(() => [entry.part, t("enhance.sending", { name: entry.name })]);
    return [h("div", { class: "enhance-picture is-waiting" }, icon("upload")), this.bar.node];
  }

  /* A bar with words; `read` gives its part and its words whenever something moved. */
  meter(read, act = null) {
    const [part, text] = read();
    const bar = progress({ label: text, value: part ?? null });
    const words = h("span", {}, text);
    const figure = h("span", { class: "soft figures" });
    const draw = () => {
      const [now, said, left] = read();
      bar.value = now ?? null;
      words.textContent = said;
      figure.textContent = [typeof now === "number" ? fmt.percent(now) : "", left ?? ""].filter(Boolean).join(" · ");
    };
    draw();
    return { node: h("div", { class: "enhance-meter" }, h("p", { class: "meter-words" }, words, figure), h("div", { class: "meter-row" }, bar, act)), draw };
  }
  drawBar() {
    this.bar?.draw();
  }

  picture(work) {
    const { preview, result, item } = work;
    if (preview?.state === "done") {
      const address = (side) => api.url(`/enhance/previews/${preview.key}/${side}`);
      return compare({ kind: preview.kind, before: address("before"), after: address("after"), signal: this.signal });
    }
    if (result && item.kind === "photo") return compare({ kind: "photo", before: api.url(`/items/${item.id}/poster`), after: api.url(`/items/${result.id}/poster`), signal: this.signal });
    return this.box(work, result ? api.url(`/items/${result.id}/poster`) : null);
  }

  /* Whether a photo is shown as it was and as these choices made it. */
  finished(work) { return work.item.kind === "photo" && Boolean(work.result) && this.sent[work.item.id]?.form === work.form; }

  under(work) {
    const { preview, found, look, item, plan } = work;
    const button = (act, shape, label, run, look2 = "") => h("button", { class: `btn ${look2}`, type: "button", data: { act }, on: { click: run } }, icon(shape), label);
    if (work.trouble && !found) return h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, work.trouble));
    if (!found) {
      this.bar = this.meter(() => [work.look?.part ?? null, t(work.look?.state === "working" ? "enhance.looking" : "enhance.waiting", { name: item.name })]);
      return this.bar.node;
    }
    if (preview && (preview.state === "waiting" || preview.state === "working")) {
      this.bar = this.meter(() => [work.preview?.part ?? null, t("enhance.showing")], button("stop", "close", t("shell.cancel"), () => { void api.delete(`/enhance/previews/${preview.key}`).catch(() => {}); work.preview = null; this.draw(); }, "is-small"));
      return this.bar.node;
    }
    const made = this.finished(work);
    const stale = preview?.state === "done" && preview.form !== work.form;
    const whole = found.hard_end - found.hard_start > found.duration - 0.5;
    const told = preview?.state === "done" ? (preview.kind === "video" && !whole ? t(stale ? "enhance.stale" : "enhance.shown", { start: fmt.clock(preview.start), end: fmt.clock(preview.end) }) : stale ? t("enhance.staleText") : "")
      : item.kind === "photo" || whole ? t("enhance.previewPhoto") : t("enhance.previewHint", { start: fmt.clock(found.hard_start), end: fmt.clock(found.hard_end) });
    return h("div", { class: "enhance-under" },
      preview?.state === "failed" ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, preview.error)) : null,
      told && !made ? h("p", { class: "hint" }, told) : null,
      plan && !made && !plan.proposal.nothing && (!preview || preview.state !== "done" || stale) ? button("preview", "play", t(stale ? "enhance.previewAgain" : "enhance.preview"), () => void this.preview(work)) : null,
      h("span", { class: "spread row" }, button("pick", "plus", t("enhance.another"), () => this.files.open(), "is-quiet is-small"), button("remove", "close", t("enhance.remove"), () => this.tray.remove(this.tray.current), "is-quiet is-small")));
  }

  live(work) {
    const { job } = work;
    return this.box(work, job.has_preview ? `${api.url(`/jobs/${job.id}/preview`)}?segment=${job.progress?.segment ?? 0}` : null);
  }

  making(work) {
    const doing = () => {
      const { job } = work;
      if (job.wanted) return t(`enhance.wanted.${job.wanted}`);
      const key = job.state === "running" ? `enhance.stage.${work.job.progress?.stage}` : `enhance.state.${job.state}`;
      return t(has(key) ? key : "enhance.stage.plan");
    };
    this.bar = this.meter(() => [work.job.state === "running" ? partDone(work.job) : partDone(work.job) ?? 0, doing(), work.job.progress?.eta && !work.job.wanted ? t("enhance.timeLeft", { time: fmt.span(work.job.progress.eta) }) : ""]);
    return this.bar.node;
  }

  drawStory(work) {
    const mark = [work?.item.id, Boolean(work?.found), work?.form && work.plan?.offered, Boolean(work?.job && isActive(work.job))];
    this.once(this.story, mark, () => {
      if (!work?.found) return work || this.tray.current ? skeleton(3, "line") : null;
      const { found, plan } = work;
      const size = [CODECS[found.codec] ?? found.codec.toUpperCase(), fmt.size(found.width, found.height), found.fps ? t("enhance.perSecond", { count: Math.round(found.fps * 100) / 100 }) : "", found.still ? "" : fmt.clock(found.duration)].filter(Boolean).join(" · ");
      return [
        h("section", { class: "card", "aria-labelledby": "enhance-found" }, h("h2", { id: "enhance-found", class: "card-title" }, t("enhance.foundTitle")),
          h("p", { class: "soft figures enhance-name" }, `${work.item.name} · ${size}`), foundList(found)),
        plan ? h("section", { class: "card", "aria-labelledby": "enhance-chain" }, h("h2", { id: "enhance-chain", class: "card-title" }, t("enhance.chainTitle")),
          chain(plan, found, work.changes, () => this.planSoon(), Boolean(work.job && isActive(work.job)))) : null,
      ];
    });
  }

  drawCard(work) {
    const { plan, job, result } = work ?? {};
    const fresh = Boolean(job && this.sent[work.item.id]?.form === work.form);
    const waits = Boolean(this.tray.current && !work);
    this.once(this.card, [waits, work?.form, plan, work?.trouble], () => {
      if (!work) return waits ? null : h("p", { class: "soft" }, t("enhance.needFile"));
      if (work.trouble && work.found) return h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, work.trouble));
      return plan ? this.preflight(plan, work.found) : work.trouble ? null : h("div", { class: "skeleton card-wait", role: "status", "aria-label": t("shell.loading") });
    });
    if (work?.look !== this.drawnFor) { this.drawnFor = work?.look; this.wishes.draw(work?.found ?? null); }
    this.once(this.end, [job?.id, job?.state, job?.wanted, result?.id, fresh], () => this.ending(work, fresh));
    const active = Boolean(job && isActive(job));
    this.go.hidden = active || (fresh && job?.state === "done");
    this.go.disabled = !plan || plan.proposal.nothing || Boolean(work.trouble);
  }

  preflight(plan, found) {
    const still = plan.fps === null && plan.frames <= 1;
    const pair = (before, after) => [h("span", {}, before), h("span", { class: "arrow", "aria-hidden": "true" }, " → "), h("span", { class: "only-read" }, ` ${t("enhance.becomes")} `), h("strong", {}, after)];
    const line = (name, ...value) => [h("dt", {}, t(`enhance.card.${name}`)), h("dd", {}, value)];
    return [
      h("dl", { class: "facts" },
        line("picture", pair(fmt.size(plan.width_in, plan.height_in), fmt.size(plan.width, plan.height))),
        plan.proposal.network ? line("network", plan.proposal.network.replace(" ", " · ")) : null,
        line("time", still ? t("enhance.seconds") : t("enhance.about", { value: fmt.span(plan.seconds) })),
        still ? null : line("file", pair(fmt.bytes(plan.bytes_in), t("enhance.about", { value: fmt.bytes(plan.bytes) }))),
        line("memory", t("enhance.about", { value: fmt.bytes(plan.memory) }))),
      plan.problem ? h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, plan.problem)) : plan.proposal.nothing ? null : h("p", { class: "card-fits" }, h("span", { class: "pill is-good" }, icon("check"), t("enhance.fits"))),
      plan.proposal.plain ? h("p", { class: "note" }, icon("info"), h("span", {}, t("enhance.plain"))) : null,
      plan.proposal.better.length ? h("p", { class: "note" }, icon("info"), h("span", {}, t(found.drawn ? "enhance.better.drawn" : "enhance.better.worn"), " ", h("a", { href: "/models" }, t("enhance.models")))) : null,
    ];
  }

  ending(work, fresh) {
    const { job, result } = work ?? {};
    if (!job) return null;
    const button = (act, shape, label, run, look = "") => h("button", { class: `btn ${look}`, type: "button", data: { act }, on: { click: run } }, icon(shape), label);
    if (isActive(job)) {
      return h("div", { class: "row" }, job.state === "paused" ? button("resume", "play", t("enhance.resume"), () => void this.verb(work, "resume")) : button("pause", "pause", t("enhance.pauseJob"), () => void this.verb(work, "pause")),
        button("cancel", "close", t("shell.cancel"), () => void this.verb(work, "cancel")));
    }
    if (!fresh && job.state !== "done") return null;
    if (job.state === "failed") return [h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, job.error?.detail ?? t("enhance.failed"))), button("retry", "again", t("enhance.retry"), () => void this.verb(work, "retry"))];
    if (job.state === "cancelled") return h("p", { class: "hint" }, t("enhance.cancelled"));
    if (!result) return null;
    return [
      h("p", { class: "note is-good" }, icon("check"), h("span", {}, t("enhance.done", { name: result.name, size: fmt.bytes(result.bytes) }))),
      h("div", { class: "row" }, button("download", "download", t("enhance.download"), () => save(result), fresh ? "is-primary is-large" : ""),
        h("a", { class: "btn", href: `/library/${result.id}`, data: { act: "open" } }, icon("play"), t("enhance.open"))),
    ];
  }

  async fromLibrary() {
    const body = h("div", { class: "pick-list" }, skeleton(4, "line"));
    const load = async (close) => {
      try {
        const found = await Promise.all(["video", "photo"].map((kind) => api.get("/items", { kind, limit: 60 })));
        const items = found.flatMap((one) => one.items).sort((a, b) => new Date(b.created) - new Date(a.created));
        fill(body, items.length ? null : h("p", { class: "soft" }, t("enhance.libraryEmpty")), items.map((item) => h("button", { class: "pick-item", type: "button", on: { click: () => { close(); this.tray.take(item); } } },
          h("span", { class: "pick-picture" }, icon(item.kind === "photo" ? "photo" : "film"), h("img", { src: api.url(`/items/${item.id}/thumb`), alt: "", loading: "lazy", on: { error: (event) => event.target.remove() } })),
          h("span", { class: "pick-text" }, h("strong", {}, item.title || item.name), h("small", { class: "soft figures" }, [item.width ? fmt.size(item.width, item.height) : "", item.duration ? fmt.clock(item.duration) : "", fmt.bytes(item.bytes)].filter(Boolean).join(" · "))))));
      } catch (error) { fill(body, problemCard(error, { retry: () => void load(close) })); }
    };
    await this.ctx.dialog({ title: t("enhance.fromLibrary"), body: (close) => { void load(close); return body; }, actions: [{ label: t("shell.cancel"), value: false, kind: "quiet" }] });
  }
}

let page = null;

export default {
  title: "enhance.title",
  mount(root, ctx) {
    page = new Enhance(root, ctx);
    void page.start();
  },
  change: (params) => void page?.change(params),
};

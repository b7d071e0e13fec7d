/* Cut: the stretches of one file that are kept, found with a player, by keys or by typing.

     item ─► player, timeline (waveform, marks) ◄─► parts ─► POST /convert/plan, then a job                     */

import { api, idempotency } from "/web/api.js";
import { announce, debounce, fill, h, onFrame } from "/web/dom.js";
import { events } from "/web/events.js";
import { fmt, t } from "/web/i18n.js";
import { select } from "/web/components/controls.js";
import { icon } from "/web/components/icon.js";
import { isActive } from "/web/components/runs.js";
import { problemCard, skeleton } from "/web/components/states.js";
import { jobBar, planTold, refill, results } from "./told.js";

const FASTEST = 4;
/* Down to the microsecond, and never after the picture that is meant. */
const exact = (seconds) => Math.floor(seconds * 1e6 + 1e-3) / 1e6;

/** Seconds as "0:01:02.500". */
export function timecode(seconds) {
  const ms = Math.round(seconds * 1000);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return `${Math.floor(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

/** "1:02.5", "62,5", "0:01:02.500" → seconds, or null. */
export function fromTimecode(text) {
  const found = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?)$/.exec(text.trim());
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3].replace(",", ".")) : null;
}

const lasts = (part) => fmt.seconds(Math.round((part.end - part.start) * 100) / 100);

/** Shows the cutting room of an item in `root`. */
export async function cutView(root, ctx, id, offered) {
  fill(root, h("header", { class: "page-head" }, h("h1", {}, t("convert.cutTitle"))), skeleton(2, "line"));
  try {
    const item = await api.get(`/items/${id}`, null, { signal: ctx.signal });
    if (!ctx.signal.aborted) new Cut(root, ctx, item, offered);
  } catch (error) {
    if (!ctx.signal.aborted) fill(root, h("header", { class: "page-head" }, h("h1", {}, t("convert.cutTitle"))), problemCard(error, { retry: () => void cutView(root, ctx, id, offered), picture: "owl" }));
  }
}

class Cut {
  constructor(root, ctx, item, offered) {
    const length = item.duration ?? 0;
    Object.assign(this, { root, ctx, item, offered, length, step: item.fps ? 1 / item.fps : 0.1, parts: [{ start: 0, end: length }], now: 0, at: 0, container: "", rate: 0, job: null });
    this.planSoon = debounce(() => void this.plan(), 300);
    this.frame();
    this.drawParts();
    this.show();
    void this.plan();
    this.listen();
    ctx.signal.addEventListener("abort", () => { this.hold(); this.player?.removeAttribute("src"); }, { once: true });
    this.stage.focus({ preventScroll: true });
  }

  frame() {
    const { item } = this;
    this.stage = h("div", { class: item.kind === "sound" ? "cut-stage is-sound" : "cut-stage", tabindex: "0", role: "group", "aria-label": t("convert.player"), "aria-describedby": "cut-keys" }, this.media());
    this.clock = h("output", { class: "cut-clock figures", "aria-label": t("convert.here") });
    const tool = (shape, label, run, text = "") => h("button", { class: text ? "btn is-small" : "icon-btn", type: "button", "aria-label": label, title: label, on: { click: run } }, icon(shape), text);
    this.playing = tool("play", t("convert.play"), () => this.toggle());
    this.lane = h("div", { class: "cut-lane" });
    this.blocks = h("div", { class: "cut-blocks", "aria-hidden": "true" });
    this.seek = h("input", { class: "cut-seek", type: "range", min: 0, max: this.length, step: "any", value: "0", "aria-label": t("convert.position"), on: { input: () => this.go(Number(this.seek.value)), keydown: (event) => this.seekKey(event) } });
    this.list = h("ol", { class: "cut-parts", "aria-label": t("convert.parts") });
    this.told = h("div", { class: "stack-s", "aria-live": "polite" });
    this.state = h("div", { class: "cut-state" });
    this.trouble = h("div", { role: "alert" });
    this.done = h("button", { class: "btn is-primary is-large", type: "button", on: { click: () => void this.send() } }, icon("cut"), t("convert.cutGo"));
    const formats = this.offered.formats.filter((one) => one.kind === (item.kind === "sound" ? "audio" : "video"));
    const room = h("section", { class: "cut", "aria-label": t("convert.cutTitle"), on: { keydown: (event) => this.keys(event) } },
      h("div", { class: "cut-main" }, this.stage,
        h("div", { class: "row cut-tools" },
          h("div", { class: "row cut-play" }, tool("step-back", t("convert.stepBack"), () => this.steps(-1)), this.playing, tool("step-on", t("convert.stepOn"), () => this.steps(1))), this.clock,
          h("div", { class: "row cut-marks" }, tool("mark-in", t("convert.markIn"), () => this.mark("start"), t("convert.in")), tool("mark-out", t("convert.markOut"), () => this.mark("end"), t("convert.out")))),
        h("div", { class: "cut-time" }, this.lane,
          h("div", { class: "cut-line" }, this.blocks, this.seek)),
        h("details", { class: "fold cut-help" }, h("summary", {}, icon("info"), t("convert.keys")), h("p", { class: "hint", id: "cut-keys" }, t("convert.keysText")))),
      h("div", { class: "card cut-side" },
        h("h2", { class: "card-title" }, t("convert.parts")), this.list,
        h("button", { class: "btn", type: "button", on: { click: () => this.another() } }, icon("plus"), t("convert.another")),
        h("div", { class: "field" }, h("span", { class: "label", "aria-hidden": "true" }, t("convert.format")), select({
          label: t("convert.format"), value: "", options: [{ value: "", label: t("convert.asIs") }, ...formats.map((one) => ({ value: one.name, label: `${one.suffix.slice(1).toUpperCase()} · ${one.title}` }))],
          change: (value) => { this.container = value; this.planSoon(); },
        })),
        this.told, this.trouble, this.done, this.state));
    fill(this.root, h("header", { class: "page-head" },
      h("div", {}, h("a", { class: "cut-back", href: "/convert" }, icon("chevron-right"), t("convert.back")), h("h1", {}, t("convert.cutTitle")), h("p", {}, item.name))), room);
  }

  media() {
    const { item } = this;
    const gone = () => {
      this.player = null;
      fill(this.stage, h("img", { src: api.url(`/items/${item.id}/poster`), alt: "" }), h("p", { class: "cut-cannot" }, icon("info"), h("span", {}, t("convert.cannotPlay"))));
    };
    if (item.media_type.startsWith("image/")) { queueMicrotask(gone); return null; }
    const player = h(item.kind === "sound" ? "audio" : "video", { src: api.url(`/items/${item.id}/file`), poster: item.kind === "sound" ? null : api.url(`/items/${item.id}/poster`), preload: "auto", playsInline: true, "aria-label": item.name, on: { error: gone } });
    const follow = onFrame(() => { if (this.player && !player.paused) { this.at = player.currentTime; this.show(); requestAnimationFrame(follow); } });
    for (const name of ["play", "pause", "ended"]) player.addEventListener(name, () => { follow(); this.drawPlaying(); });
    player.addEventListener("timeupdate", () => { if (!player.paused) { this.at = player.currentTime; this.show(); } });
    player.addEventListener("click", () => this.toggle());
    this.player = player;
    return item.kind === "sound" ? [h("img", { src: api.url(`/items/${item.id}/poster`), alt: "" }), player] : player;
  }

  /* Where we are. */
  go(seconds) {
    this.at = Math.min(this.length, Math.max(0, seconds));
    // A hair inside the picture: browsers show the one before when they are asked for its very first moment.
    if (this.player) this.player.currentTime = Math.min(this.length, this.at + Math.min(0.001, this.step / 8));
    this.show();
  }
  number() { return Math.floor(this.at / this.step + 1e-3); }
  steps(by) { this.hold(); this.go((this.number() + by) * this.step); }
  toggle() { if (!this.player) return; if (this.player.paused) { this.rate = 1; this.play(); } else this.hold(); }
  play() { this.player.playbackRate = this.rate; void this.player.play().catch(() => {}); }
  hold() { clearInterval(this.backwards); this.backwards = 0; this.rate = 0; this.player?.pause(); this.drawPlaying(); }
  drawPlaying() {
    const on = Boolean(this.player && !this.player.paused);
    fill(this.playing, icon(on ? "pause" : "play"));
    this.playing.setAttribute("aria-label", t(on ? "convert.pause" : "convert.play"));
    this.playing.title = t(on ? "convert.pause" : "convert.play");
  }
  /* L plays, and faster each time; J the same towards the beginning, which browsers can only do by jumping. */
  shuttle(way) {
    if (!this.player) return void this.steps(way);
    const faster = Math.sign(this.rate) === way ? Math.min(FASTEST, Math.abs(this.rate) * 2) : 1;
    this.hold();
    this.rate = way * faster;
    if (way > 0) return void this.play();
    this.backwards = setInterval(() => { if (this.at <= 0) this.hold(); else this.go(this.at - 0.1 * faster); }, 100);
  }

  keys(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input[type=text], select, textarea")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const run = { ",": () => this.steps(-1), ".": () => this.steps(1), j: () => this.shuttle(-1), k: () => this.hold(), l: () => this.shuttle(1), i: () => this.mark("start"), o: () => this.mark("end") }[key]
      ?? (key === " " && !event.target.closest("button, a, summary, [role=slider]") ? () => this.toggle() : null);
    if (!run) return;
    event.preventDefault();
    run();
  }
  seekKey(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.steps(event.shiftKey ? by * Math.max(1, Math.round(1 / this.step)) : by);
  }

  /* Parts and their marks. */
  get part() { return this.parts[this.now]; }
  mark(end) {
    this.set(this.part, end, end === "start" ? this.number() * this.step : (this.number() + 1) * this.step);
    announce(t(end === "start" ? "convert.saidIn" : "convert.saidOut", { time: timecode(this.part[end]) }));
  }
  /** Sets a mark; the other one gives way, so that a part is never empty. */
  set(part, end, seconds) {
    const at = exact(Math.min(this.length, Math.max(0, seconds)));
    if (end === "start") {
      part.start = Math.min(at, exact(Math.max(0, this.length - this.step)));
      if (part.end <= part.start) part.end = this.length;
    } else {
      part.end = Math.max(at, exact(Math.min(this.step, this.length)));
      if (part.start >= part.end) part.start = 0;
    }
    this.freshen();
    this.planSoon();
  }
  another() {
    const start = exact(this.at >= this.length - this.step ? 0 : this.number() * this.step);
    this.parts.push({ start, end: this.length });
    this.now = this.parts.length - 1;
    this.drawParts();
    this.planSoon();
    this.list.lastElementChild.querySelector("input")?.focus();
  }

  drawParts() {
    const field = (part, index, end) => h("input", {
      class: "input figures cut-code", type: "text", inputmode: "decimal", value: timecode(part[end]), spellcheck: "false", autocomplete: "off", data: { act: `${end}-${index}` },
      "aria-label": t(end === "start" ? "convert.partStart" : "convert.partEnd", { number: index + 1 }),
      on: {
        focus: () => { if (this.now !== index) { this.now = index; this.drawLine(); this.choose(); } },
        change: (event) => {
          const seconds = fromTimecode(event.target.value);
          if (seconds === null) { event.target.value = timecode(part[end]); return void this.ctx.toast(t("convert.badTime"), { kind: "bad" }); }
          this.set(part, end, seconds);
        },
      },
    });
    const act = (name, index, shape, key, run, disabled = false) => h("button", { class: "icon-btn is-small", type: "button", disabled, data: { act: `${name}-${index}` }, "aria-label": t(key, { number: index + 1 }), title: t(key, { number: index + 1 }), on: { click: run } }, icon(shape));
    const move = (index, by) => { const [one] = this.parts.splice(index, 1); this.parts.splice(index + by, 0, one); this.now = index + by; this.drawParts(); this.planSoon(); };
    refill(this.list, this.parts.map((part, index) => h("li", { class: "cut-part" },
      h("button", { class: "cut-pick", type: "button", "aria-pressed": String(index === this.now), data: { act: `pick-${index}` }, on: { click: () => { this.now = index; this.hold(); this.go(part.start); this.drawParts(); } } },
        t("convert.part", { number: index + 1 }), h("small", { class: "soft figures" }, lasts(part))),
      h("div", { class: "cut-codes" }, field(part, index, "start"), h("span", { "aria-hidden": "true" }, "–"), field(part, index, "end")),
      this.parts.length < 2 ? null : h("div", { class: "cut-acts" },
        act("up", index, "up", "convert.partUp", () => move(index, -1), index === 0), act("down", index, "down", "convert.partDown", () => move(index, 1), index === this.parts.length - 1),
        act("drop", index, "trash", "convert.partRemove", () => { this.parts.splice(index, 1); this.now = Math.min(this.now, this.parts.length - 1); this.drawParts(); this.planSoon(); })))));
    this.choose();
    this.drawLine();
  }
  /* In place: a field that is being left must stay where it is, or Tab would lead nowhere. */
  freshen() {
    for (const [index, part] of this.parts.entries()) {
      for (const end of ["start", "end"]) this.list.querySelector(`[data-act=${end}-${index}]`).value = timecode(part[end]);
      this.list.querySelector(`[data-act=pick-${index}] small`).textContent = lasts(part);
    }
    this.drawLine();
  }
  choose() {
    for (const [index, row] of [...this.list.children].entries()) {
      row.classList.toggle("is-now", index === this.now);
      row.querySelector(".cut-pick").setAttribute("aria-pressed", String(index === this.now));
    }
  }

  percent(seconds) { return `${this.length ? (seconds / this.length) * 100 : 0}%`; }
  drawLine() {
    fill(this.blocks, this.parts.map((part, index) => h("span", { class: index === this.now ? "cut-block is-now" : "cut-block", style: { "inset-inline-start": this.percent(part.start), "inline-size": this.percent(part.end - part.start) } })),
      this.cursor ??= h("span", { class: "cut-cursor" }));
    const flags = ["start", "end"].map((end) => this.flag(end));
    if (!this.lane.children.length) fill(this.lane, flags.map((flag) => flag.node));
    for (const flag of flags) flag.draw();
  }
  flag(end) {
    this.flags ??= {};
    return this.flags[end] ??= (() => {
      const node = h("div", { class: `cut-flag is-${end}`, role: "slider", tabindex: "0", "aria-label": t(end === "start" ? "convert.markIn" : "convert.markOut"), "aria-valuemin": "0", "aria-valuemax": String(this.length) });
      const put = (seconds) => { this.set(this.part, end, seconds); this.hold(); this.go(end === "start" ? this.part.start : Math.max(0, this.part.end - this.step)); };
      node.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        const to = by ? (Math.round(this.part[end] / this.step) + by * (event.shiftKey ? Math.round(1 / this.step) : 1)) * this.step : { Home: 0, End: this.length }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        put(to);
      });
      node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); event.preventDefault(); node.focus(); });
      node.addEventListener("pointermove", (event) => {
        if (!node.hasPointerCapture(event.pointerId)) return;
        const box = this.lane.getBoundingClientRect();
        const part = (event.clientX - box.left) / box.width;
        put(Math.round(((document.documentElement.dir === "rtl" ? 1 - part : part) * this.length) / this.step) * this.step);
      });
      const draw = () => {
        node.style.setProperty("inset-inline-start", this.percent(this.part[end]));
        node.setAttribute("aria-valuenow", String(Math.round(this.part[end] * 1000) / 1000));
        node.setAttribute("aria-valuetext", timecode(this.part[end]));
      };
      return { node, draw };
    })();
  }
  show() {
    this.clock.textContent = timecode(this.at);
    this.seek.value = String(this.at);
    this.seek.setAttribute("aria-valuetext", timecode(this.at));
    this.cursor?.style.setProperty("inset-inline-start", this.percent(this.at));
  }

  /* What becomes of it. */
  request() { return { source: this.item.id, parts: this.parts.map(({ start, end }) => ({ start, end })), ...(this.container ? { container: this.container } : {}) }; }
  async plan() {
    this.planning?.abort();
    this.planning = new AbortController();
    const { signal } = this.planning;
    try {
      const plan = await api.post("/convert/plan", this.request(), { signal });
      fill(this.told, planTold(plan));
      // A film without sound has no waves to ask for.
      if (!this.waves && plan.tracks.some((track) => track.kind === "audio")) {
        this.waves = h("img", { class: "cut-waves", src: api.url(`/items/${this.item.id}/waves`), alt: "", draggable: "false", on: { error: (event) => event.target.remove() } });
        this.blocks.before(this.waves);
      }
      this.done.disabled = false;
    } catch (error) {
      if (signal.aborted || error.code === "Offline") return;
      fill(this.told, h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, error.detail)));
      this.done.disabled = true;
    }
  }
  async send() {
    this.hold();
    fill(this.trouble);
    try {
      this.job = await api.post("/jobs", { kind: "convert", request: this.request() }, idempotency());
      await this.drawJob();
    } catch (error) {
      fill(this.trouble, h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, error.code === "Offline" ? t("shell.offlineText") : error.detail)));
    }
  }
  async drawJob() {
    const { job } = this;
    this.bar = null;
    if (isActive(job)) {
      this.bar = jobBar(job.title, job);
      return void refill(this.state, this.bar.node, h("button", { class: "btn is-small", type: "button", on: { click: () => void this.verb("cancel") } }, icon("close"), t("shell.cancel")));
    }
    if (job.state === "done") {
      const item = await api.get(`/items/${job.result}`, null, { signal: this.ctx.signal });
      announce(t("convert.saidDone", { name: item.name }));
      return void refill(this.state, h("p", { class: "note is-good" }, icon("check"), h("span", {}, t("convert.cutDone", { name: item.name, size: fmt.bytes(item.bytes) }))), h("div", { class: "row" }, results(item)));
    }
    return void refill(this.state, h("p", { class: "note is-bad" }, icon("warning"), h("span", {}, job.error?.detail ?? t("convert.cancelled"))),
      h("button", { class: "btn is-small", type: "button", on: { click: () => void this.verb("retry") } }, icon("again"), t("convert.retry")));
  }
  async verb(verb) {
    try { this.job = await api.post(`/jobs/${this.job.id}/${verb}`); await this.drawJob(); } catch (error) { this.ctx.toast(error); }
  }
  listen() {
    const look = debounce(async () => {
      if (!this.job) return;
      const job = await api.get(`/jobs/${this.job.id}`, null, { signal: this.ctx.signal }).catch(() => null);
      if (!job || this.ctx.signal.aborted) return;
      this.job = job;
      if (isActive(job) && this.bar) this.bar.draw(job); else await this.drawJob().catch(() => {});
    }, 60);
    events.on("job", (data, name) => {
      if (data.subject !== this.job?.id) return;
      if (name === "job.progress" && this.bar && this.job.state === "running") { this.job.progress = data.progress ?? this.job.progress; return void this.bar.draw(this.job); }
      return void look();
    }, this.ctx.signal);
    events.on("online", () => { this.planSoon(); look(); }, this.ctx.signal);
  }
}

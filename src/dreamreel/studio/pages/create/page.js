/* Create: a photo, a dream, a size and a length become a film. Everything else is folded away. */

import { api as server, token } from "/web/api.js";
import { announce, debounce, fill, h, narrow, uid } from "/web/dom.js";
import { events } from "/web/events.js";
import { fmt, has, t, word } from "/web/i18n.js";
import { local } from "/web/store.js";
import { field, segmented, select, stepper, toggle } from "/web/components/controls.js";
import { faceEditor, unsure } from "/web/components/faces.js";
import { icon } from "/web/components/icon.js";
import { filePicker, paste, photoStrip, photoTray, takePhoto } from "/web/components/photos.js";
import { isActive, runBook } from "/web/components/runs.js";
import { failedView, filmActions, filmView, groupView, invitation, makingView, picture, runStrip, submit } from "/web/components/stage.js";
import { problemCard } from "/web/components/states.js";
import { applied, difference, drawSketch, isChanged, storyboardChips, unchanged } from "/web/components/storyboard.js";

/* The reader understands English, so the dreams themselves are not translated; what is shown of them is. */
const EXAMPLES = [
  ["whale", "open_sea", "riding a whale under the stars"],
  ["sheep", "night_sky", "three sheep jump over the moon"],
  ["toy_train", "candy_land", "a toy train through candy land"],
  ["rocket", "space", "a rocket flies to the moon with two rabbits"],
  ["unicorn", "meadow", "a unicorn dances with four butterflies in the meadow"],
  ["teddy_bear", "snow_field", "a teddy bear plays in the snow with a happy dog"],
];
const MAIN = new Set(["photo", "dream", "storyboard", "resolution", "duration", "face", "draft"]);
const DRAFT = "create.draft";

class Create {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, signal: ctx.signal, board: null, unknown: [], notes: [], shown: null, inside: null, drawn: null, fresh: new Set() });
    const kept = local.get(DRAFT, {});
    this.text = kept.text ?? "";
    this.edits = { ...unchanged(), ...kept.edits };
    this.options = kept.options ?? {};
    this.faces = kept.faces ?? {};
    this.keep = debounce(() => local.set(DRAFT, { text: this.text, edits: this.edits, options: this.options, faces: this.faces }), 200);
    this.readSoon = debounce(() => this.read(), 260);
    this.weighSoon = debounce(() => this.weigh(), 320);
    this.frame();
  }

  async start() {
    try {
      const [engines, kinds, cast] = await Promise.all(["/engines", "/kinds", "/cast"].map((path) => server.get(path, null, { signal: this.signal })));
      Object.assign(this, { engines, cast, schema: kinds.find((kind) => kind.name === "generate")?.schema ?? {} });
    } catch (error) {
      if (!this.signal.aborted) fill(this.root, problemCard(error, { retry: () => location.reload() }));
      return;
    }
    for (const [name, schema] of Object.entries(this.schema.properties ?? {})) {
      if (!MAIN.has(name) || name === "resolution" || name === "duration") this.options[name] ??= schema.default ?? null;
    }
    this.chips = storyboardChips(this.chipRow, {
      cast: this.cast, changed: () => this.edited(),
      camera: { list: () => this.engine().cameras, get: () => (this.options.camera === "auto" ? null : this.options.camera), set: (value) => { this.options.camera = value; this.drawMore(); this.edited(); } },
    });
    this.drawSizes();
    this.drawMore();
    this.tray = photoTray({ changed: () => this.photosChanged(), signal: this.signal });
    this.book = runBook({ changed: (run, what) => this.runChanged(run, what), signal: this.signal });
    this.drawStage();
    if (this.text) void this.read();
    await Promise.all([this.tray.restore(), this.book.restore()]);
    this.shown = /run=([\w-]+)/.exec(location.hash)?.[1] ?? null;
    if (!this.book.find(this.shown)) this.shown = null;
    await this.follow(this.ctx.params);
    this.drawStage();
  }

  /* What other pages ask for: /create?again=<item>, ?job=<job>, ?photo=<item>. */
  async follow(params) {
    try {
      if (params.get("photo")) this.tray.take(await server.get(`/items/${params.get("photo")}`));
      if (params.get("again")) await this.reuse(await server.get(`/items/${params.get("again")}`));
      if (params.get("job")) await this.reuse(await server.get(`/jobs/${params.get("job")}`));
    } catch (error) { this.ctx.toast(error); }
    if ([...params].length) history.replaceState(null, "", `/create${location.hash}`);
  }

  engine() { return this.engines.engines.find((one) => one.name === this.options.engine) ?? this.engines.engines[0]; }

  /* The skeleton of the page: every place is there at once, so that nothing moves later. */
  frame() {
    const { root } = this;
    this.picker = filePicker((files) => this.tray?.add(files));
    this.stage = h("div", { class: "stage" });
    this.foot = h("div", { class: "stage-foot" });
    this.thumbs = h("div", { class: "stage-thumbs" });
    this.runs = h("div", { class: "stage-runs" });
    this.words = h("textarea", {
      class: "input dream-words", id: uid("dream"), rows: 3, maxlength: 2000, spellcheck: true, value: this.text, placeholder: t("create.dreamPlaceholder"),
      on: {
        input: () => { this.text = this.words.value; this.words.removeAttribute("aria-invalid"); this.keep(); this.readSoon(); },
        keydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.generate(); },
      },
    });
    this.chipRow = h("div", { class: "chips", role: "group", "aria-label": t("create.read") });
    this.remarks = h("div", { class: "remarks" });
    this.sizes = h("div", { class: "sizes" }, h("div", { class: "skeleton" }), h("div", { class: "skeleton" }));
    this.more = h("div", { class: "more" });
    this.check = h("div", { class: "check", role: "group", "aria-label": t("create.check") });
    this.checkNotes = h("div", { class: "notes" });
    this.trouble = h("div", { class: "trouble", role: "alert" });
    this.go = h("button", { class: "btn is-primary is-large is-generate", type: "submit", data: { tour: "generate" } }, icon("create"), h("span", {}, t("create.generate")));
    this.drawCheck(null);
    fill(root,
      h("header", { class: "page-head" }, h("h1", {}, t("create.heading"))),
      h("div", { class: "create" },
        h("section", { class: "stage-column", "aria-label": t("create.stageName"), data: { tour: "photo" } }, this.stage, this.thumbs, this.foot, this.runs, this.picker.input),
        h("form", { class: "composer", noValidate: true, on: { submit: (event) => { event.preventDefault(); void this.generate(); } } },
          h("section", { class: "card", data: { tour: "dream" } },
            h("label", { class: "big-label", htmlFor: this.words.id }, t("create.dream")), this.words, this.remarks, this.chipRow, this.examples()),
          h("section", { class: "card", "aria-label": t("create.sizes") }, this.sizes,
            h("details", { class: "fold" }, h("summary", {}, icon("sliders"), t("create.more"), h("small", { class: "soft" }, t("create.moreHint"))), this.more)),
          this.checkNotes,
          h("div", { class: "composer-foot" }, this.check, this.trouble, this.go))));
  }

  examples() {
    return h("div", { class: "examples", role: "group", "aria-label": t("create.examples") },
      h("p", { class: "hint" }, t("create.examples")),
      h("div", { class: "example-row" }, EXAMPLES.map(([who, place, dream]) => h("button", {
        class: "example", type: "button",
        on: { click: () => { this.say(dream); this.edits = unchanged(); this.words.focus({ preventScroll: narrow() }); } },
      },
      h("span", { class: "example-picture", style: { "background-image": `url("/web/settings/${place}.webp")` } }, h("img", { src: `/web/cast/${who}.webp`, alt: "", width: 44, height: 44 })),
      h("span", {}, has(`create.example.${who}`) ? t(`create.example.${who}`) : dream)))));
  }

  say(text) {
    this.words.value = this.text = text;
    this.words.removeAttribute("aria-invalid");
    this.keep();
    return this.read();
  }

  /* The dream. */
  async read() {
    this.readSoon.cancel();
    this.reading?.abort();
    this.reading = new AbortController();
    if (!this.text.trim()) return this.understood(null);
    try {
      this.understood(await server.post("/dream", { text: this.text }, { signal: this.reading.signal }));
    } catch (error) {
      if (error.name === "AbortError" || error.code === "Offline") return;
      this.understood(null, error.code === "EmptyPrompt" ? null : error);
    }
  }

  understood(answer, error = null) {
    Object.assign(this, { board: answer?.storyboard ?? null, unknown: answer?.unknown ?? [], told: answer?.sentence ?? "", notes: answer?.notes ?? [] });
    this.root.classList.toggle("has-dream", Boolean(this.board));
    if (this.board) this.chips?.show(this.board, this.edits);
    else fill(this.chipRow);
    this.drawRemarks(error);
    this.drawSketch();
    this.weighSoon();
  }

  edited() {
    this.keep();
    this.drawRemarks();
    this.drawSketch();
    this.weighSoon();
  }

  drawRemarks(error = null) {
    const replace = (word_, near) => {
      const safe = word_.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      void this.say(this.text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${safe}(?![\\p{L}\\p{N}])`, "iu"), near));
      this.words.focus();
    };
    fill(this.remarks,
      error ? h("p", { class: "note is-bad" }, icon("warning"), error.detail) : null,
      this.unknown.map(({ word: unread, near }) => h("div", { class: "note is-warn" }, icon("info"),
        h("div", {}, h("strong", {}, `“${unread}”`), " ", t("create.unknown"), near.length ? h("span", { class: "nearest" }, t("create.nearest"),
          near.map((one) => h("button", { class: "btn is-small", type: "button", "aria-label": t("create.replace", { word: unread, near: one }), on: { click: () => replace(unread, one) } }, one))) : null))),
      this.told && !isChanged(this.edits) ? h("p", { class: "hint" }, this.told) : null,
      this.notes.map((note) => h("p", { class: "note" }, icon("info"), note)),
      this.board && isChanged(this.edits) ? h("p", { class: "note" }, icon("edit"), t("create.changed"),
        h("button", { class: "btn is-quiet is-small spread", type: "button", on: { click: () => { this.edits = unchanged(); this.chips.show(this.board, this.edits); this.edited(); this.words.focus(); } } }, t("create.backToWords"))) : null);
  }

  /* Size and length, and what is folded away: built from what the server says it can do. */
  set(name, value) {
    this.options[name] = value;
    this.keep();
    this.weighSoon();
  }

  drawSizes() {
    const { resolutions, duration } = this.engines;
    const bounds = { min: duration.min, max: duration.max };
    const show = (value, from) => {
      const seconds = Math.min(bounds.max, Math.max(bounds.min, Number(value) || bounds.min));
      this.set("duration", seconds);
      if (from !== slider) slider.value = String(seconds);
      if (from !== number || Number(number.value) !== seconds) number.value = String(seconds);
      slider.setAttribute("aria-valuetext", fmt.seconds(seconds));
      slider.style.setProperty("--fill", `${((seconds - bounds.min) / (bounds.max - bounds.min)) * 100}%`);
    };
    const slider = h("input", { type: "range", ...bounds, step: 1, "aria-label": t("create.length"), on: { input: () => show(slider.value, slider) } });
    const number = h("input", { class: "input figures", type: "number", ...bounds, step: "any", inputmode: "decimal", "aria-label": t("create.lengthSeconds"), on: { change: () => show(number.value, number) } });
    this.sizeChoice = segmented({
      label: t("create.resolution"), value: this.options.resolution,
      options: resolutions.map((name) => ({ value: name, label: name, hint: has(`create.resolution.${name}`) ? t(`create.resolution.${name}`) : undefined })),
      change: (value) => this.set("resolution", value),
    });
    fill(this.sizes,
      field({ label: t("create.resolution"), control: this.sizeChoice }),
      h("div", { class: "field" }, h("span", { class: "label" }, t("create.length")), h("div", { class: "length" }, slider, h("span", { class: "length-number" }, number, h("span", { class: "soft" }, t("create.secondsShort"))))));
    show(this.options.duration ?? 5);
  }

  drawMore() {
    const engine = this.engine();
    const lists = { aspect: this.engines.aspects, engine: this.engines.engines.map((one) => one.name), look: engine.looks, camera: engine.cameras, sound: engine.sounds };
    const made = Object.entries(this.schema.properties ?? {}).filter(([name]) => !MAIN.has(name)).map(([name, schema]) => {
      const label = has(`create.option.${name}`) ? t(`create.option.${name}`) : schema.title ?? name;
      const hint = has(`create.hint.${name}`) ? t(`create.hint.${name}`) : undefined;
      const kind = schema.type ?? schema.anyOf?.map((one) => one.type).find((type) => type && type !== "null");
      const value = this.options[name];
      const list = lists[name] ?? schema.enum;
      const change = (next) => { this.set(name, next); if (name === "engine") this.drawMore(); if (name === "camera") this.chips?.show(this.board, this.edits); };
      if (list?.length === 1) return null;
      if (list) {
        const options = list.map((one) => ({ value: one, label: word(name, one), picture: name === "aspect" ? shape(one) : undefined }));
        return field({ label, hint, group: list.length <= 5, control: list.length <= 5 ? segmented({ label, options, value, change }) : select({ label, options, value, change }) });
      }
      if (kind === "boolean") return toggle({ label, hint, value: Boolean(value), change });
      if (name === "seed") return this.seed(label, hint);
      if (kind === "number" || kind === "integer") {
        const { min, max } = { min: schema.minimum ?? 0, max: schema.maximum ?? 999, ...this.engines[name] };
        return field({ label, hint, group: true, control: stepper({ label, value: value ?? min, min, max, change }) });
      }
      return null;
    });
    fill(this.more, made);
  }

  seed(label, hint) {
    const roll = (value) => { input.value = value === null ? "" : String(value); this.set("seed", value); };
    const input = h("input", {
      class: "input figures", type: "number", min: 0, step: 1, placeholder: t("create.seedAny"), value: this.options.seed === null ? "" : String(this.options.seed),
      on: { change: () => this.set("seed", input.value === "" ? null : Math.max(0, Math.round(Number(input.value)))) },
    });
    const made = field({ label, hint, control: input });
    const row = h("div", { class: "seed" },
      h("button", { class: "icon-btn", type: "button", "aria-label": t("create.dice"), title: t("create.dice"), on: { click: () => roll(Math.floor(Math.random() * 100000)) } }, icon("dice")),
      h("button", { class: "icon-btn", type: "button", "aria-label": t("create.seedAny"), title: t("create.seedAny"), on: { click: () => roll(null) } }, icon("close")));
    input.replaceWith(row);
    row.prepend(input);
    return made;
  }

  /* Before it starts: what goes in, what comes out, how long, whether it fits. */
  request(photo) {
    const storyboard = this.board && isChanged(this.edits) ? applied(this.board, this.edits) : null;
    return { ...this.options, photo: photo.item.id, dream: this.text.trim(), storyboard, face: this.faces[photo.item.id] ?? null };
  }

  async weigh() {
    this.weighing?.abort();
    const photo = this.tray?.current?.item ? this.tray.current : this.tray?.ready[0];
    if (!photo || !this.board) return this.drawCheck(null);
    this.weighing = new AbortController();
    this.check.setAttribute("aria-busy", "true");
    try {
      this.drawCheck(await server.post("/estimates", { kind: "generate", request: this.request(photo) }, { signal: this.weighing.signal }), photo.item);
      fill(this.trouble);
    } catch (error) {
      if (error.name !== "AbortError" && error.code !== "Offline") this.drawCheck(null, null, error);
    }
  }

  drawCheck(answer, photo = null, error = null) {
    this.check.removeAttribute("aria-busy");
    this.check.classList.toggle("is-tight", Boolean(answer && !answer.fits));
    fill(this.checkNotes);
    if (error) return void fill(this.check, h("p", { class: "note is-bad" }, icon("warning"), error.errors?.[0]?.message ?? error.detail));
    if (!answer) return void fill(this.check, h("p", { class: "soft check-wait" }, icon("info"), t(this.tray?.ready.length ? "create.checkDream" : this.text.trim() ? "create.checkPhoto" : "create.checkBoth")));
    const count = this.tray.ready.length;
    const { estimate } = answer;
    const fact = (shape_, name, value) => h("span", { class: "check-fact" }, icon(shape_), h("span", { class: "only-read" }, name), value);
    fill(this.check,
      h("p", { class: "check-flow figures" }, h("span", {}, fmt.size(photo.width, photo.height)), icon("chevron-right"), h("strong", {}, fmt.size(answer.width, answer.height)),
        h("span", { class: answer.fits ? "pill is-good spread" : "pill is-warn spread" }, icon(answer.fits ? "check" : "warning"), t(answer.fits ? "create.fits" : "create.tight")),
        h("span", { class: "soft check-form" }, [fmt.seconds(answer.duration), t("create.fps", { fps: answer.fps }), answer.video_codec?.toUpperCase().replace(/^H26/, "H.26"), answer.audio || t("create.silent")].filter(Boolean).join(" · "))),
      h("p", { class: "check-facts figures" },
        fact("clock", t("create.time.takes"), t("create.about", { what: fmt.span(estimate.seconds * count) })),
        fact("disk", t("create.fileSize"), t("create.about", { what: fmt.bytes(estimate.bytes * count) })),
        fact("chip", t("create.memory"), t("create.ofMemory", { what: fmt.bytes(estimate.memory) }))),
      answer.fits ? null : h("div", { class: "check-way" }, h("p", {}, answer.problem),
        answer.nearest ? h("button", { class: "btn is-small", type: "button", on: { click: () => this.adopt(answer.nearest) } }, icon("check"), t("create.use", { what: Object.values(answer.nearest).join(", ") })) : null));
    fill(this.checkNotes, (answer.notes ?? []).filter((note) => !this.notes.includes(note)).map((note) => h("p", { class: "note" }, icon("info"), note)));
  }

  adopt(nearest) {
    Object.assign(this.options, nearest);
    this.drawSizes();
    this.drawMore();
    this.go.focus();
  }

  async generate() {
    const { tray } = this;
    if (!tray?.ready.length) return this.miss(t(tray?.list.length ? "create.needWait" : "create.needPhoto"), this.stage.querySelector(".btn"));
    if (!this.text.trim()) { this.words.setAttribute("aria-invalid", "true"); return this.miss(t("create.needDream"), this.words); }
    if (this.busy) return;
    this.busy = true;
    this.go.classList.add("is-busy");
    fill(this.trouble);
    const batch = tray.ready.length > 1 ? token() : null;
    const made = [];
    try {
      for (const photo of tray.ready) made.push(await submit(this.request(photo), batch));
    } catch (error) {
      this.miss(error.code === "Offline" ? t("shell.offline") : error.errors?.[0]?.message ?? error.detail);
    }
    this.busy = false;
    this.go.classList.remove("is-busy");
    if (!made.length) return;
    announce(t("create.started", { count: made.length }));
    this.open(this.book.add(made, batch ? "batch" : "film", batch), true);
  }

  miss(sentence, focus = null) {
    fill(this.trouble, h("p", { class: "note is-bad" }, icon("warning"), sentence));
    focus?.focus();
  }

  /* The stage. */
  open(run, scroll = false) {
    this.shown = run?.key ?? null;
    this.inside = null;
    history.replaceState(null, "", run ? `#run=${run.key}` : location.pathname);
    this.drawStage();
    if (scroll && (narrow() || this.stage.getBoundingClientRect().top < 0)) this.stage.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  photosChanged() {
    if (this.tray.list.length && this.shown && this.tray.list.some((photo) => !photo.item)) this.shown = null;
    const count = this.tray.ready.length;
    fill(this.go, icon("create"), h("span", {}, count > 1 ? t("create.generateMany", { count }) : t("create.generate")));
    this.drawStage();
    const now = this.tray.ready.map((photo) => photo.item.id).join() + this.tray.at;
    if (now !== this.weighed) { this.weighed = now; this.weighSoon(); }
  }

  runChanged(run, what) {
    const key = this.shown;
    if (what === "progress") {
      if (run.key === key) this.showParts(run);
      return this.drawRuns();
    }
    for (const job of run ? this.book.jobs(run) : []) if (isActive(job)) this.fresh.add(job.id);
    if (!run && key && !this.book.find(key)) this.shown = null;
    this.drawStage();
  }

  showParts(run) {
    const jobs = this.book.jobs(run);
    for (const job of jobs) if (isActive(job) && (!this.inside || this.inside === job.id)) this.drawn?.show?.(job, jobs);
  }

  drawStage() {
    const run = this.book?.find(this.shown);
    if (run) this.drawRun(run);
    else this.drawPhoto();
    fill(this.thumbs, this.tray?.list.length && !run ? photoStrip(this.tray, () => this.picker.open()) : null);
    this.drawRuns();
  }

  drawRuns() { fill(this.runs, this.book ? runStrip(this.book, this.shown, (run) => this.open(run)) : null); }

  put(key, make) {
    if (this.drawn?.key === key) return this.drawn;
    this.drawn = { key, ...make() };
    fill(this.stage, this.drawn.view);
    fill(this.foot, this.drawn.foot);
    return this.drawn;
  }

  drawPhoto() {
    const photo = this.tray?.current;
    const ways = { pick: () => this.picker.open(), camera: () => takePhoto((files) => this.tray.add(files)), clipboard: () => paste((files) => this.tray.add(files)) };
    if (!photo) return void this.put("empty", () => ({ view: invitation(ways) }));
    const drawn = this.put(`photo ${photo.key} ${photo.item?.id} ${photo.error}`, () => {
      const { item } = photo;
      const layer = h("div", { class: "face-layer" });
      const sketch = h("div", { class: "sketch", "aria-hidden": "true" });
      const part = h("p", { class: "stage-part figures", role: "status" });
      const panel = h("div", { class: "face-panel" });
      const fold = h("details", { class: "fold card", open: unsure(item ?? {}) || Array.isArray(this.faces[item?.id]) }, h("summary", {}, icon("face"), t("create.faces")), panel);
      const faces = () => {
        fill(layer);
        if (fold.open && item) faceEditor({ layer, panel, item, value: this.faces[item.id] ?? null, change: (value) => { this.faces[item.id] = value; this.keep(); this.weighSoon(); } });
      };
      fold.addEventListener("toggle", faces);
      if (item) faces();
      const left = item?.faces?.[0] ? item.faces[0].points[4] > item.width / 2 : false;
      return {
        sketch, part,
        view: h("div", { class: `stage-view is-photo ${left ? "is-left" : ""}` }, picture({ url: photo.url, width: item?.width, height: item?.height, name: t("create.photoOf", { name: photo.name }) }, layer), sketch, part,
          photo.error ? h("div", { class: "stage-over" }, problemCard({ title: t("create.photoTrouble"), detail: photo.error }, { retry: photo.again })) : null,
          h("div", { class: "stage-tools" },
            h("button", { class: "btn is-glass is-small", type: "button", on: { click: ways.pick } }, icon("plus"), t("create.addPhoto")),
            h("button", { class: "btn is-glass is-small", type: "button", "aria-label": t("create.takePhoto"), title: t("create.takePhoto"), on: { click: ways.camera } }, icon("camera")),
            h("button", { class: "btn is-glass is-small", type: "button", "aria-label": t("create.removePhoto", { name: photo.name }), title: t("create.removePhoto", { name: photo.name }), on: { click: () => this.tray.remove(photo) } }, icon("trash")))),
        foot: item ? fold : null,
      };
    });
    fill(drawn.part, photo.item || photo.error ? null : photo.part < 1 ? h("span", {}, t("create.uploading", { part: fmt.percent(photo.part) })) : h("span", {}, t("create.looking")));
    this.drawSketch();
  }

  drawSketch() {
    const { sketch } = this.drawn ?? {};
    if (!sketch) return;
    sketch.hidden = !this.board;
    if (this.board) drawSketch(sketch, applied(this.board, this.edits));
  }

  does = {
    again: (item) => this.launch(() => submit({ ...item.request, seed: null }).then((job) => [job]), "film"),
    vary: (item) => this.launch(() => server.post(`/items/${item.id}/vary`, { count: 4 }).then((answer) => answer.jobs), "drafts"),
    finish: (item) => this.launch(() => server.post(`/items/${item.id}/finish`).then((job) => [job]), "film"),
    keep: async (item) => {
      try {
        this.book.setItem(await server.post(`/items/${item.id}/keep`));
        this.ctx.toast(t("create.keptToast"), { kind: "good" });
        this.drawStage();
      } catch (error) { this.ctx.toast(error); }
    },
    reuse: (one) => this.reuse(one),
    open: (job) => { this.inside = job.id; this.drawStage(); },
  };

  async launch(ask, kind) {
    try {
      const jobs = await ask();
      for (const job of jobs) this.fresh.add(job.id);
      this.open(this.book.add(jobs, kind, jobs.length > 1 ? jobs[0].batch : null), true);
    } catch (error) { this.ctx.toast(error); }
  }

  /* Fills the form with the request of an item or a job. */
  async reuse({ request }) {
    if (!request) return;
    const { photo, dream, storyboard, face, ...options } = request;
    for (const name of Object.keys(this.options)) if (name in options) this.options[name] = options[name];
    if (photo) {
      const item = await server.get(`/items/${photo}`).catch(() => null);
      if (item && !item.trashed) { this.faces[item.id] = face ?? null; this.tray.take(item); }
    }
    this.edits = unchanged();
    await this.say(dream ?? "");
    if (storyboard && this.board) {
      this.edits = difference(this.board, storyboard);
      this.chips.show(this.board, this.edits);
    }
    this.drawSizes();
    this.drawMore();
    this.edited();
    this.open(null);
    this.words.focus({ preventScroll: true });
  }

  drawRun(run) {
    const all = this.book.jobs(run);
    const job = all.find((one) => one.id === this.inside) ?? (all.length === 1 ? all[0] : null);
    const back = () => h("button", { class: "btn is-quiet is-small", type: "button", on: { click: () => { if (all.length > 1 && this.inside) { this.inside = null; this.drawStage(); } else this.open(null); } } },
      icon("chevron-right"), t(all.length > 1 && this.inside ? "create.toAll" : "create.toPhoto"));
    const foot = (...more) => [h("div", { class: "stage-back" }, back()), more];
    if (!job) {
      const states = all.map((one) => `${one.id}${isActive(one) ? "" : one.state}${this.book.item(one)?.role}`).join();
      this.put(`group ${run.key} ${states}`, () => ({ ...groupView(run, all, (one) => this.book.item(one), this.does), foot: foot() }));
      this.showParts(run);
    } else if (isActive(job)) {
      this.put(`making ${job.id}`, () => {
        const item = this.tray?.list.find((photo) => photo.item?.id === job.photo)?.item;
        return { ...makingView(job, { width: item?.width, height: item?.height }), foot: foot() };
      }).show(job);
    } else if (job.state === "done" && this.book.item(job)) {
      const item = this.book.item(job);
      this.put(`film ${item.id} ${item.role}`, () => ({ view: filmView(item, { fresh: this.fresh.delete(job.id) }), foot: foot(h("div", { class: "card" }, filmActions(item, this.does))) }));
    } else this.put(`failed ${job.id} ${job.state}`, () => ({ view: failedView(job, this.does), foot: foot() }));
  }
}

function shape(aspect) {
  const [wide, high] = aspect.includes(":") ? aspect.split(":").map(Number) : [4, 3];
  const most = Math.max(wide, high);
  return h("span", { class: aspect.includes(":") ? "shape" : "shape is-own", style: { "--w": `${(wide / most) * 1.125}rem`, "--h": `${(high / most) * 1.125}rem` } });
}

let page = null;

export default {
  title: "create.title",
  mount(root, ctx) {
    page = new Create(root, ctx);
    events.on("online", () => page?.weighSoon(), ctx.signal);
    addEventListener("pagehide", () => page?.keep.flush(), { signal: ctx.signal });
    return page.start();
  },
  change(params) { void page?.follow(params); },
  unmount() {
    page?.keep.flush();
    for (const job of [page?.readSoon, page?.weighSoon]) job?.cancel();
    page = null;
  },
};

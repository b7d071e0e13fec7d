/* Jobs: what is being made, what waits for its turn, what is finished.

     running   large, with the newest moment ─┐
     waiting   in order, to be moved          ├─ each a JobList; events move jobs from one to the next
     finished  newest first                  ─┘                                                        */

import { debounce, fill, h } from "/web/dom.js";
import { api } from "/web/api.js";
import { fmt, t } from "/web/i18n.js";
import { icon } from "/web/components/icon.js";
import { menuButton } from "/web/components/popover.js";
import { segmented } from "/web/components/controls.js";
import { emptyState, problemCard, skeleton } from "/web/components/states.js";
import { details } from "./details.js";
import { JobList } from "./list.js";
import { glide, reorderable } from "./order.js";
import { finishedRow, nameOf, runningRow, waitingRow } from "./row.js";

const FINISHED = ["done", "failed", "cancelled"];
const WAITING = ["queued", "paused"];
const MANY = 24;

let show = () => {};

/** The verbs of the page; each tells the server and lets the events draw what came of it. */
function verbs(ctx, lists) {
  const post = async (path, body) => {
    try { return await api.post(path, body); } catch (error) { ctx.toast(error); return null; }
  };
  const one = (verb) => async (id) => { const job = await post(`/jobs/${id}/${verb}`); if (job) lists.place(job); };
  const does = {
    pause: one("pause"),
    resume: one("resume"),
    retry: one("retry"),
    details: (id) => ctx.navigate(`/jobs?job=${id}`),
    priority: async (id, priority) => { if (await post(`/jobs/${id}/priority`, { priority })) void lists.waiting.load(); },
    async cancel(id) {
      const job = lists.find(id) ?? (await api.get(`/jobs/${id}`));
      const far = job.state === "running" && (job.progress?.frame ?? 0) > 0;
      if (far && !(await ctx.confirm({ title: t("jobs.cancelTitle"), text: t("jobs.cancelText", { title: nameOf(job) }), yes: t("jobs.cancelYes"), no: t("jobs.cancelNo"), danger: true }))) return;
      const after = await post(`/jobs/${id}/cancel`);
      if (!after) return;
      lists.place(after);
      if (!far) ctx.toast(t("jobs.cancelled"), { action: { label: t("jobs.undo"), run: () => does.retry(id) } });
    },
    async remove(id) {
      try { await api.delete(`/jobs/${id}`); lists.forget(id); } catch (error) { ctx.toast(error); }
    },
    /** Moves a waiting job by one place, or to either end. */
    async step(id, by) {
      const { waiting } = lists;
      const from = waiting.jobs.findIndex((job) => job.id === id);
      await does.move(from, Math.max(0, by === Infinity ? Infinity : from + by));
    },
    async move(from, to) {
      const { waiting } = lists;
      if (to !== Infinity && to + 1 >= waiting.jobs.length && waiting.next) await waiting.more();
      const job = waiting.jobs[from];
      const end = to === Infinity || to >= waiting.jobs.length;
      const at = end ? waiting.jobs.length - 1 : to;
      if (!job || at === from && !(end && waiting.next)) return;
      const rest = waiting.jobs.filter((other) => other !== job);
      const before = to === Infinity ? null : rest[at]?.id ?? null;
      const act = document.activeElement?.closest?.("[data-act], .job-handle");
      glide(waiting.list.childNodes.length > 200 ? [] : [...waiting.list.children], () => {
        rest.splice(at, 0, job);
        waiting.jobs = rest;
        waiting.draw();
      });
      if (act?.isConnected) act.focus({ preventScroll: true });
      waiting.row(job.id)?.scrollIntoView({ block: "nearest" });
      ctx.announce(t("jobs.moved", { title: nameOf(job), place: at + 1, count: waiting.jobs.length }));
      const moved = await post(`/jobs/${job.id}/move`, { before });
      if (moved) waiting.put(moved);
      else void waiting.load();
    },
  };
  return does;
}

/** The three lists, and how a job finds its way from one to the other. */
function threeLists(ctx, does, changed) {
  const { signal } = ctx;
  const lists = {
    filter: "all",
    running: new JobList({ make: (job) => runningRow(job, does()), query: () => ({ state: "running" }), label: t("jobs.running"), signal, changed }),
    waiting: new JobList({
      make: (job) => waitingRow(job, does()), query: () => ({ state: WAITING }), label: t("jobs.waiting"), signal, changed,
      batch: (_, jobs) => ({ label: t("jobs.cancelAll"), run: async () => { for (const job of jobs) await does().cancel(job.id); } }),
    }),
    finished: new JobList({
      make: (job) => finishedRow(job, does()), query: () => ({ state: lists.filter === "all" ? FINISHED : lists.filter }), label: t("jobs.finished"), signal, changed, endless: true,
      batch: (_, jobs) => ({ label: t("jobs.removeAll"), run: async () => { for (const job of jobs) await does().remove(job.id); } }),
    }),
    all: () => [lists.running, lists.waiting, lists.finished],
    load: () => Promise.all(lists.all().map((list) => list.load())),
    find: (id) => lists.all().map((list) => list.find(id)).find(Boolean),
    forget: (id) => lists.all().forEach((list) => list.drop(id)),
    /** Shows a job where its state belongs. */
    place(job) {
      const home = job.state === "running" ? lists.running : WAITING.includes(job.state) ? lists.waiting : lists.finished;
      for (const list of lists.all()) if (list !== home) list.drop(job.id);
      if (home !== lists.finished) return home.put(job);
      if (lists.filter === "all" || lists.filter === job.state) home.put(job, { first: true });
      else home.drop(job.id);
    },
  };
  return lists;
}

/** Follows the events; a few are asked for one by one, many at once mean a fresh look at everything. */
function follow(ctx, lists, reload) {
  const asked = new Set();
  const ask = debounce(async () => {
    const ids = [...asked];
    asked.clear();
    if (ids.length > MANY) return void reload();
    for (const id of ids) {
      try { lists.place(await api.get(`/jobs/${id}`, {}, { signal: ctx.signal })); } catch (error) { if (error.status === 404) lists.forget(id); }
    }
  }, 120);
  const order = debounce(() => void lists.waiting.load().catch(() => {}), 300);
  ctx.events.on("job", (data, name) => {
    const kind = name.split(".")[1];
    const known = lists.find(data.subject);
    if (kind === "removed") return lists.forget(data.subject);
    if (kind === "progress" && known?.state === "running") {
      return lists.running.put({ ...known, progress: data.progress, has_preview: known.has_preview || (data.progress?.segment ?? 0) > 0, wanted: data.wanted ?? null });
    }
    if (kind === "moved") return order();
    if (kind === "queued" && known && known.state !== "queued") order();
    asked.add(data.subject);
    return ask();
  }, ctx.signal);
  ctx.events.on("reset", reload, ctx.signal);
  ctx.events.on("online", reload, ctx.signal);
}

/** Why jobs stand still for want of room, and what gives room. */
function roomNote(ctx, lists, host) {
  let shown = false;
  return async () => {
    const stuck = lists.waiting.jobs.filter((job) => job.state === "paused" && job.reason === "disk");
    if (!stuck.length) { shown = false; return void fill(host); }
    if (shown) return;
    shown = true;
    const storage = await api.get("/storage", {}, { signal: ctx.signal }).catch(() => ({}));
    const free = (what) => async (event) => {
      event.currentTarget.disabled = true;
      try {
        const { freed } = await api.post("/storage/clean", { what: [what] });
        ctx.toast(t("jobs.freed", { size: fmt.bytes(freed) }), { kind: "good" });
      } catch (error) { ctx.toast(error); }
      shown = false;
    };
    const ways = ["trash", "drafts", "segments", "uploads"].filter((what) => storage[what] > 1e6);
    fill(host, h("div", { class: "job-room note is-warn" }, icon("disk"), h("div", { class: "stack" },
      h("div", {}, h("h2", {}, t("jobs.fullTitle")), h("p", {}, t("jobs.fullText", { count: stuck.length })),
        storage.free === undefined ? null : h("p", { class: "soft" }, t("jobs.fullFree", { size: fmt.bytes(storage.free) }))),
      h("div", { class: "row" },
        ways.map((what) => h("button", { class: "btn is-small", type: "button", on: { click: free(what) } }, t(`jobs.free.${what}`, { size: fmt.bytes(storage[what]) }))),
        h("a", { class: "btn is-small", href: "/library?view=storage" }, t("jobs.seeStorage")),
        h("button", { class: "btn is-small is-primary", type: "button", on: { click: async () => { for (const job of stuck) await api.post(`/jobs/${job.id}/resume`).then(lists.place, ctx.toast); } } }, icon("play"), t("jobs.tryNow"))))));
  };
}

/** The button that holds the whole queue, and the note while it is held. */
function holdQueue(ctx, note) {
  const button = h("button", { class: "btn spread", type: "button" });
  const set = async (paused) => {
    try {
      const answer = await api.post(`/queue/${paused ? "pause" : "resume"}`);
      const status = ctx.facts.get("status") ?? {};
      ctx.facts.set("status", { ...status, queue: { ...status.queue, ...answer } });
    } catch (error) { ctx.toast(error); }
  };
  let paused = null;
  const draw = (status) => {
    if (paused === Boolean(status?.queue?.paused)) return;
    paused = Boolean(status?.queue?.paused);
    fill(button, icon(paused ? "play" : "pause"), t(paused ? "jobs.resumeQueue" : "jobs.pauseQueue"));
    fill(note, paused ? h("div", { class: "note is-warn" }, icon("pause"), h("p", {}, h("strong", {}, t("jobs.queuePaused")), " ", t("jobs.queuePausedText"))) : null);
  };
  button.addEventListener("click", () => void set(!paused));
  ctx.signal.addEventListener("abort", ctx.facts.watch("status", draw), { once: true });
  ctx.events.on("queue", (data) => {
    const status = ctx.facts.get("status") ?? {};
    if (data.paused !== undefined) ctx.facts.set("status", { ...status, queue: { ...status.queue, paused: data.paused } });
  }, ctx.signal);
  return button;
}

function clearMenu(ctx, lists) {
  const clear = async (states) => {
    try {
      const { removed } = await api.post("/jobs/clear", { states });
      ctx.toast(t("jobs.cleared", { count: removed }), { kind: "good" });
      await lists.finished.load();
    } catch (error) { ctx.toast(error); }
  };
  return menuButton({
    label: t("jobs.clear"), text: t("jobs.clear"), icon: "trash", look: "is-small is-quiet",
    items: () => [
      { label: t("jobs.clearDone"), icon: "check", hint: t("jobs.clearDoneHint"), run: () => clear(["done"]) },
      { label: t("jobs.clearFailed"), icon: "warning", run: () => clear(["failed", "cancelled"]) },
      { label: t("jobs.clearAll"), icon: "trash", hint: t("jobs.clearDoneHint"), run: () => clear(FINISHED) },
    ],
  });
}

const part = (name, list, ...head) => h("section", { class: `jobs-part is-${name}`, hidden: true, "aria-labelledby": `jobs-${name}` },
  h("header", { class: "jobs-part-head" }, h("h2", { id: `jobs-${name}` }, t(`jobs.${name}`)), head), list.list, list.end);

function mount(root, ctx) {
  let does = null;
  const main = h("div", { class: "jobs-main" });
  const queueNote = h("div", {});
  const room = h("div", { "aria-live": "polite" });
  let changed = () => {};
  const lists = threeLists(ctx, () => does, () => changed());
  does = verbs(ctx, lists);
  const count = h("span", { class: "jobs-count figures soft" });
  const none = h("p", { class: "jobs-none soft", hidden: true });
  const filter = segmented({
    label: t("jobs.filter"), value: "all", options: ["all", ...FINISHED].map((value) => ({ value, label: t(`jobs.filter.${value}`) })),
    change: (value) => { lists.filter = value; lists.finished.jobs = []; void lists.finished.load().catch(ctx.toast); },
  });
  const parts = {
    running: part("running", lists.running),
    waiting: part("waiting", lists.waiting, count),
    finished: part("finished", lists.finished, h("div", { class: "row spread" }, filter, clearMenu(ctx, lists))),
  };
  parts.finished.insertBefore(none, lists.finished.list);
  const idle = h("div", {});
  const checkRoom = roomNote(ctx, lists, room);
  changed = () => {
    if (!lists.all().every((list) => list.loaded)) return;
    const waiting = lists.waiting.jobs.length;
    parts.running.hidden = !lists.running.jobs.length;
    parts.waiting.hidden = !waiting;
    parts.finished.hidden = !lists.finished.jobs.length && lists.filter === "all";
    none.hidden = Boolean(lists.finished.jobs.length);
    none.textContent = t("jobs.noneSuch");
    count.textContent = t("jobs.count", { count: Math.max(waiting, lists.waiting.next ? ctx.facts.get("status")?.queue?.queued ?? waiting : waiting) });
    const quiet = Object.values(parts).every((one) => one.hidden);
    if (quiet !== Boolean(idle.firstChild)) fill(idle, quiet ? emptyState({ picture: "sheep", title: t("jobs.empty"), text: t("jobs.emptyText"), action: { label: t("jobs.emptyAction"), href: "/create" } }) : null);
    void checkRoom();
  };
  const reload = async () => {
    try {
      await lists.load();
      if (!main.contains(idle)) fill(main, idle, parts.running, parts.waiting, parts.finished);
    } catch (error) {
      if (error.name !== "AbortError" && !main.contains(idle)) fill(main, problemCard(error, { retry: reload }));
    }
  };
  reorderable(lists.waiting.list, { rows: () => [...lists.waiting.list.querySelectorAll(":scope > .job")], moved: (from, to) => does.move(from, to), signal: ctx.signal });
  fill(main, skeleton(5, "line"));
  fill(root, h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("jobs.title")), h("p", {}, t("jobs.lead"))), holdQueue(ctx, queueNote)),
    queueNote, room, h("p", { class: "only-read", id: "jobs-how" }, t("jobs.how")), main);
  follow(ctx, lists, () => void reload());
  let open = "";
  show = async (params) => {
    const id = params.get("job") ?? "";
    if (!id || id === open) return;
    open = id;
    await details(id, does, ctx.signal);
    open = "";
    if (!ctx.signal.aborted && location.pathname === "/jobs") ctx.navigate("/jobs", { replace: true });
  };
  void show(ctx.params);
  return reload();
}

export default { title: "jobs.title", mount, change: (params) => void show(params) };

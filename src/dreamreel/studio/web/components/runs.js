/* Runs: films being made and just made. One run is one film, a batch (several photos) or drafts (several seeds). */

import { api } from "../api.js";
import { announce, debounce } from "../dom.js";
import { events } from "../events.js";
import { t } from "../i18n.js";
import { session } from "../store.js";

const KEPT = "create.runs";
const MOST = 12;
const ACTIVE = new Set(["queued", "running", "paused"]);
export const isActive = (job) => ACTIVE.has(job.state);

/** How much of a job is done, 0 to 1; null while nobody knows. */
export const partDone = (job) => {
  if (job.state === "done") return 1;
  const { frame, frames } = job.progress ?? {};
  return frames ? Math.min(1, frame / frames) : null;
};

/**
 * The runs of this tab and whatever else is being made, the newest first: `list` of `{key, kind, ids}`.
 * `changed(run, what)` is called with what: "state" or "progress".
 */
export function runBook({ changed, signal }) {
  const jobs = new Map();
  const items = new Map();
  const told = new Map();
  let list = [];
  const keep = () => session.set(KEPT, list.slice(0, MOST));
  const runOf = (id) => list.find((run) => run.ids.includes(id));

  const book = {
    get list() { return list; },
    find: (key) => list.find((run) => run.key === key) ?? null,
    jobs: (run) => run.ids.map((id) => jobs.get(id)).filter(Boolean),
    item: (job) => items.get(job.result) ?? null,
    setItem: (item) => items.set(item.id, item),
    add(made, kind = "film", key = null) {
      for (const job of made) jobs.set(job.id, job);
      const run = { key: key ?? made[0].id, kind, ids: made.map((job) => job.id) };
      list = [run, ...list.filter((one) => one.key !== run.key)];
      keep();
      changed(run, "state");
      return run;
    },
    remove(run) { list = list.filter((one) => one !== run); keep(); changed(null, "state"); },
    async restore() {
      const wanted = session.get(KEPT) ?? [];
      const found = await Promise.all(wanted.flatMap((run) => run.ids).map((id) => api.get(`/jobs/${id}`, null, { signal }).catch(() => null)));
      const active = await api.get("/jobs", { state: [...ACTIVE], limit: 50 }, { signal }).catch(() => ({ jobs: [] }));
      for (const job of [...found.filter(Boolean), ...active.jobs]) jobs.set(job.id, job);
      list = wanted.map((run) => ({ ...run, ids: run.ids.filter((id) => jobs.has(id)) })).filter((run) => run.ids.length);
      const groups = new Map();
      for (const job of active.jobs.filter((one) => !runOf(one.id) && one.kind === "generate")) {
        const key = job.batch ?? job.id;
        groups.set(key, [...(groups.get(key) ?? []), job]);
      }
      for (const [key, group] of groups) list.push({ key: group.length > 1 ? key : group[0].id, kind: group.length < 2 ? "film" : group[0].draft ? "drafts" : "batch", ids: group.map((job) => job.id) });
      await Promise.all([...jobs.values()].map(result));
      keep();
      changed(null, "state");
    },
    async reload(id) {
      const job = await api.get(`/jobs/${id}`, null, { signal });
      jobs.set(id, job);
      await result(job);
      return job;
    },
  };

  async function result(job) {
    if (!job.result || items.has(job.result)) return;
    const item = await api.get(`/items/${job.result}`, null, { signal }).catch(() => null);
    if (item) items.set(item.id, item);
  }

  const soon = new Map();
  function refresh(id) {
    if (!soon.has(id)) soon.set(id, debounce(async () => {
      const job = await book.reload(id).catch(() => null);
      const run = runOf(id);
      if (job && run) changed(run, "state");
    }, 60));
    soon.get(id)();
  }

  events.on("job", (data, name) => {
    const job = jobs.get(data.subject);
    const run = job && runOf(job.id);
    if (!run) return;
    if (name === "job.removed") {
      run.ids = run.ids.filter((id) => id !== job.id);
      if (!run.ids.length) book.remove(run);
      else changed(run, "state");
      return;
    }
    if (name !== "job.progress") {
      say(data.state ?? name.split(".")[1], job.title);
      return refresh(job.id);
    }
    const before = job.progress?.segment;
    Object.assign(job, { state: "running", progress: data.progress ?? job.progress });
    if (job.progress?.segment !== before || (!job.has_preview && partDone(job) > 0.2 && job.progress.frame % 3 === 0)) refresh(job.id);
    quarter(job);
    changed(run, "progress");
  }, signal);
  events.on("item.changed", async ({ subject }) => {
    if (!items.has(subject)) return;
    const item = await api.get(`/items/${subject}`, null, { signal }).catch(() => null);
    if (item) items.set(subject, item);
  }, signal);
  events.on("reset", () => void book.restore(), signal);

  function say(state, title) {
    if (["done", "failed", "cancelled"].includes(state)) announce(t(`create.said.${state}`, { title }));
  }
  function quarter(job) {
    const at = Math.floor((partDone(job) ?? 0) * 4);
    if (at && at !== told.get(job.id)) announce(t("create.said.part", { title: job.title, part: at * 25 }));
    told.set(job.id, at);
  }
  return book;
}

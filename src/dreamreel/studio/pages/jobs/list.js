/* A list of jobs that grows page by page: rows are kept by their job's id, and only what changed is touched.

     load() first page ─► more() the next one, when the end comes near ─► put(job), drop(id) as events come in */

import { fill, h } from "/web/dom.js";
import { fmt, t } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";

const PAGE = 50;
const REFRESHED = 200;

/** `make(job)` builds a row; `query()` says which jobs; `batch(id, jobs)` gives a batch's actions. */
export class JobList {
  jobs = [];
  next = null;
  loaded = false;
  #rows = new Map();
  #heads = new Map();
  #busy = null;
  #turn = 0;

  /** An `endless` list grows as its end comes near; others have something below them, and grow when they are asked. */
  constructor({ make, query, label, signal, batch, changed, endless = false }) {
    Object.assign(this, { make, query, signal, batch, changed });
    this.list = h("ul", { class: "job-list", "aria-label": label });
    this.end = h("div", { class: "job-end", hidden: true },
      h("button", { class: "btn is-quiet", type: "button", on: { click: () => void this.more() } }, t("jobs.more")));
    if (!endless) return;
    const watch = new IntersectionObserver(([seen]) => { if (seen.isIntersecting) void this.more().catch(() => {}); }, { rootMargin: "900px" });
    watch.observe(this.end);
    signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  }

  /** Looks again at what is shown, as far as one page reaches. */
  async load() {
    const mine = ++this.#turn;
    const wanted = Math.min(REFRESHED, Math.max(PAGE, this.jobs.length));
    const page = await this.#ask(null, wanted);
    if (mine !== this.#turn) return;
    const fresh = new Set(page.jobs.map((job) => job.id));
    if (this.jobs.length <= wanted) [this.jobs, this.next] = [page.jobs, page.next];
    else this.jobs = [...page.jobs, ...this.jobs.slice(page.jobs.length).filter((job) => !fresh.has(job.id))];
    this.loaded = true;
    this.draw();
  }

  /** Appends the next page, if there is one. */
  more() {
    if (!this.next) return Promise.resolve();
    this.#busy ??= this.#grow().finally(() => { this.#busy = null; });
    return this.#busy;
  }

  async #grow() {
    const mine = this.#turn;
    const page = await this.#ask(this.next, PAGE);
    if (mine !== this.#turn) return;
    const known = new Set(this.jobs.map((job) => job.id));
    this.jobs.push(...page.jobs.filter((job) => !known.has(job.id)));
    this.next = page.next;
    this.draw();
  }

  #ask(cursor, limit) {
    return api.get("/jobs", { ...this.query(), cursor, limit }, { signal: this.signal });
  }

  /** The job of that id, or undefined. */
  find(id) { return this.jobs.find((job) => job.id === id); }

  /** The row of a job. */
  row(id) { return this.#rows.get(id)?.row; }

  /** Shows a job that is new here, or what changed about one that is not. */
  put(job, { first = false } = {}) {
    const at = this.jobs.findIndex((one) => one.id === job.id);
    if (at >= 0) {
      this.jobs[at] = job;
      this.#show(job);
      return;
    }
    if (first) this.jobs.unshift(job);
    else if (this.next) return;
    else this.jobs.push(job);
    this.draw();
  }

  /** Takes a job away. */
  drop(id) {
    const before = this.jobs.length;
    this.jobs = this.jobs.filter((job) => job.id !== id);
    if (this.jobs.length !== before) this.draw();
  }

  /** Brings the rows into the order of `jobs`. */
  draw() {
    const wanted = [];
    const keep = new Set();
    for (const [index, job] of this.jobs.entries()) {
      if (this.batch && job.batch && this.jobs[index - 1]?.batch !== job.batch && this.jobs[index + 1]?.batch === job.batch) wanted.push(this.#head(job.batch, index));
      const made = this.#show(job);
      made.row.classList.toggle("in-batch", Boolean(job.batch) && (this.jobs[index - 1]?.batch === job.batch || this.jobs[index + 1]?.batch === job.batch));
      wanted.push(made.row);
      keep.add(job.id);
    }
    for (const id of [...this.#rows.keys()]) if (!keep.has(id)) this.#rows.delete(id);
    let at = this.list.firstChild;
    for (const row of wanted) {
      if (row === at) at = at.nextSibling;
      else this.list.insertBefore(row, at);
    }
    while (at) { const after = at.nextSibling; at.remove(); at = after; }
    this.end.hidden = !this.next;
    this.changed?.();
  }

  #show(job) {
    if (!this.#rows.has(job.id)) this.#rows.set(job.id, { ...this.make(job), job });
    const made = this.#rows.get(job.id);
    if (made.job !== job) made.draw(job);
    made.job = job;
    return made;
  }

  #head(batch, index) {
    if (!this.#heads.has(batch)) {
      this.#heads.set(batch, h("li", { class: "job-batch" }));
    }
    let last = index;
    while (this.jobs[last + 1]?.batch === batch) last += 1;
    const jobs = this.jobs.slice(index, last + 1);
    const action = this.batch(batch, jobs);
    const mark = `${jobs.length}.${fmt.number(index)}`;
    const head = this.#heads.get(batch);
    if (head.dataset.mark === mark) return head;
    head.dataset.mark = mark;
    fill(head, icon("vary"), h("span", {}, t(jobs[0].kind === "convert" ? "convert.count" : "jobs.batch", { count: jobs.length })), h("span", { class: "soft batch-name" }, jobs[0].title),
      action ? h("button", { class: "btn is-quiet is-small spread", type: "button", on: { click: action.run } }, action.label) : null);
    return head;
  }
}

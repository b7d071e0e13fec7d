/* Everything about one job in a drawer: what was asked, how far it is, what happened. */

import { debounce, fill, h } from "/web/dom.js";
import { fmt, has, t, word } from "/web/i18n.js";
import { api } from "/web/api.js";
import { events } from "/web/events.js";
import { dialog } from "/web/components/dialog.js";
import { icon } from "/web/components/icon.js";
import { problemCard, skeleton } from "/web/components/states.js";
import { again, doing, nameOf, part, pill, took } from "./row.js";

const rows = (pairs) => h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false)
  .map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));

function asked(job) {
  const r = job.request ?? {};
  return rows([
    [t("jobs.fact.dream"), r.dream],
    [t(job.kind !== "generate" ? "convert.source" : "jobs.fact.photo"), job.photo ? h("a", { href: `/library/${job.photo}` }, t("jobs.fact.openPhoto")) : null],
    [t("convert.preset"), r.preset],
    [t("convert.format"), r.container],
    [t("jobs.fact.length"), r.duration ? fmt.seconds(Number(r.duration)) : null],
    [t("jobs.fact.size"), [r.resolution, r.aspect === "photo" ? t("jobs.fact.asPhoto") : r.aspect].filter(Boolean).join(" · ")],
    [t("jobs.fact.fps"), r.fps ? fmt.number(Number(r.fps)) : null],
    [t("jobs.fact.look"), r.look ? word("look", r.look) : null],
    [t("jobs.fact.camera"), r.camera ? word("camera", r.camera) : null],
    [t("jobs.fact.sound"), r.sound ? word("sound", r.sound) : null],
    [t("jobs.fact.loop"), r.loop ? t("jobs.yes") : null],
    [t("jobs.fact.seed"), r.seed === null || r.seed === undefined ? null : String(r.seed)],
  ]);
}

function course(job) {
  const time = took(job);
  return rows([
    [t("jobs.fact.state"), h("span", { class: "row" }, pill(job), job.state === "running" ? doing(job) : "")],
    [t("jobs.fact.done"), job.state === "running" || job.state === "paused" ? part(job) !== null && fmt.percent(part(job)) : null],
    [t("jobs.fact.created"), fmt.date(job.created)],
    [t("jobs.fact.started"), job.started ? fmt.date(job.started) : null],
    [t("jobs.fact.finished"), job.finished ? fmt.date(job.finished) : null],
    [t("jobs.fact.took"), time === null ? null : fmt.span(time)],
    [t("jobs.fact.attempts"), job.attempts > 1 ? fmt.number(job.attempts) : null],
  ]);
}

/** Events of one job as lines; what only counts frames becomes one line. */
function lines(log) {
  const told = [];
  for (const event of log) {
    const last = told.at(-1);
    if (event.kind === "progress" && last?.kind === "progress") told[told.length - 1] = event;
    else told.push(event);
  }
  return told.map((event) => {
    const p = event.data.progress ?? {};
    const own = p.stage === "photo" ? "jobs.log.photo" : `jobs.log.${event.kind}`;
    const key = event.kind === "paused" && event.data.reason === "disk" ? "jobs.log.full" : own;
    return h("li", {},
      h("time", { class: "figures soft", datetime: when(event.at).toISOString() }, when(event.at).toLocaleTimeString(document.documentElement.lang)),
      h("span", {}, has(key) ? t(key, { frame: p.frame ?? 0, frames: p.frames ?? 0, part: fmt.percent((p.frame ?? 0) / Math.max(1, p.frames ?? 1)) }) : event.kind));
  });
}

const when = (at) => new Date(typeof at === "number" ? at * 1000 : at);

/** Opens the drawer; it follows the job while it is open. Resolves when it is closed. */
export async function details(id, does, leaving) {
  const controller = new AbortController();
  const { signal } = controller;
  const body = h("div", { class: "job-details stack" }, skeleton(4, "line"));
  const finished = dialog({ title: t("jobs.details"), body });
  const box = body.closest("dialog");
  box.classList.add("drawer");
  const close = () => box.close();
  leaving.addEventListener("abort", close, { once: true, signal });
  const heading = box.querySelector("h2");
  const log = h("ol", { class: "job-log" });

  const draw = async () => {
    try {
      const [job, told] = await Promise.all([api.get(`/jobs/${id}`, {}, { signal }), api.get(`/jobs/${id}/log`, {}, { signal })]);
      heading.textContent = nameOf(job);
      fill(log, lines(told.events));
      if (body.dataset.state !== job.state + job.wanted) {
        body.dataset.state = job.state + job.wanted;
        const held = body.contains(document.activeElement);
        fill(body,
          job.error ? h("div", { class: "note is-bad" }, icon("warning"), h("p", {}, job.error.detail || job.error.title)) : null,
          h("div", { class: "row" }, actions(job, does, close)),
          h("section", {}, h("h3", {}, t("jobs.asked")), asked(job)),
          h("section", { class: "job-course" }, h("h3", {}, t("jobs.course")), course(job)),
          h("section", {}, h("h3", {}, t("jobs.log")), log));
        if (held) body.querySelector("a, button")?.focus();
      } else body.querySelector(".job-course").replaceChildren(h("h3", {}, t("jobs.course")), course(job));
    } catch (error) {
      if (error.name !== "AbortError") fill(body, problemCard(error, { retry: draw }));
    }
  };
  const soon = debounce(() => void draw(), 400);
  events.on("job", ({ subject }) => { if (subject === id) soon(); }, signal);
  void draw();
  await finished;
  controller.abort();
  soon.cancel();
}

function actions(job, does, close) {
  const button = (label, shape, run, look = "") => h("button", { class: `btn is-small ${look}`, type: "button", on: { click: () => run(job.id) } }, icon(shape), label);
  const leaving = (run) => (id) => { close(); run(id); };
  const busy = Boolean(job.wanted);
  const back = again(job);
  return [
    job.result ? h("a", { class: "btn is-small is-primary", href: `/library/${job.result}`, on: { click: close } }, icon("play"), t("jobs.open")) : null,
    job.state === "running" || job.state === "queued" ? button(t("jobs.pause"), "pause", does.pause) : null,
    job.state === "paused" ? button(t("jobs.resume"), "play", does.resume, "is-primary") : null,
    job.state === "failed" || job.state === "cancelled" ? button(t("jobs.retry"), "again", does.retry, "is-primary") : null,
    h("a", { class: "btn is-small", href: back.href, on: { click: close } }, icon(back.icon), back.label),
    ["running", "queued", "paused"].includes(job.state) && !busy ? button(t("jobs.cancel"), "close", does.cancel) : null,
    ["done", "failed", "cancelled"].includes(job.state) ? button(t("jobs.remove"), "trash", leaving(does.remove)) : null,
  ];
}

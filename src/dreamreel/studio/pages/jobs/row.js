/* One job as a row of a list. `draw(job)` changes what differs; nothing is built twice. */

import { append, fill, h } from "/web/dom.js";
import { fmt, has, t } from "/web/i18n.js";
import { api } from "/web/api.js";
import { icon } from "/web/components/icon.js";
import { menuButton } from "/web/components/popover.js";
import { progress } from "/web/components/controls.js";
import { castPicture } from "/web/components/states.js";

const PILLS = { running: "", queued: "is-plain", paused: "is-warn", done: "is-good", failed: "is-bad", cancelled: "is-plain" };

/** What a job is called. */
export const nameOf = (job) => job.title || t("jobs.untitled");

/** The state of a job as a small word. */
export function pill(job) {
  const key = job.state === "paused" && job.reason === "disk" ? "jobs.state.full" : `jobs.state.${job.state}`;
  return h("span", { class: `pill ${PILLS[job.state] ?? ""}` }, t(key));
}

/** What a running job does at the moment, in a few words. */
export function doing(job) {
  if (job.wanted) return t(`jobs.wanted.${job.wanted}`);
  const now = job.progress;
  if (!now) return t("jobs.stage.plan");
  const own = `${job.kind}.stage.${now.stage}`;
  return t(has(own) ? own : `jobs.stage.${now.stage}`);
}

/** How much of a job is done, 0 to 1, or null while nobody knows. */
export const part = (job) => (job.progress?.frames ? job.progress.frame / job.progress.frames : null);

function picture(source, size = 64) {
  const shown = h("span", { class: "job-picture" });
  if (!source) return append(shown, castPicture("cloud", size * 0.75));
  const image = h("img", { src: source, alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  image.addEventListener("error", () => fill(shown, castPicture("cloud", size * 0.75)), { once: true });
  return append(shown, image);
}

const act = (name, shape, label, run) =>
  h("button", { class: "icon-btn", type: "button", data: { act: name }, "aria-label": label, title: label, on: { click: run } }, icon(shape));

const title = (job, does) =>
  h("h3", { class: "job-title" }, h("button", { class: "job-name", type: "button", on: { click: () => does.details(job.id) } }, nameOf(job)));

/* A running job: large, with the newest finished moment. */

/** `does` are the page's verbs: details, pause, resume, cancel, retry, remove, move, priority. */
export function runningRow(job, does) {
  let now = job;
  let seen = "";
  const bar = progress({ label: nameOf(job), value: part(job) });
  const stage = h("p", { class: "job-stage" });
  const left = h("p", { class: "job-left figures" });
  const frames = h("p", { class: "job-frames figures soft" });
  const film = h("div", { class: "job-film" }, job.photo ? h("img", { class: "job-photo", src: api.url(`/items/${job.photo}/thumb`), alt: "" }) : castPicture("moon", 96));
  const pause = act("pause", "pause", t("jobs.pauseOne", { title: nameOf(job) }), () => does.pause(now.id));
  const cancel = act("cancel", "close", t("jobs.cancelOne", { title: nameOf(job) }), () => does.cancel(now.id));
  const row = h("li", { class: "job is-running card", data: { id: job.id } },
    film,
    h("div", { class: "job-body" },
      h("div", { class: "job-top" }, title(job, does), job.draft ? h("span", { class: "pill is-plain" }, t("jobs.draft")) : null),
      h("div", { class: "job-line" }, stage, left),
      bar,
      h("div", { class: "job-line" }, frames,
        h("div", { class: "job-acts" }, pause, cancel, act("details", "info", t("jobs.detailsOne", { title: nameOf(job) }), () => does.details(now.id))))));

  const look = () => {
    const mark = `${now.progress?.segment ?? 0}`;
    if (!now.has_preview || mark === seen) return;
    seen = mark;
    const image = new Image();
    image.alt = "";
    image.className = "job-moment";
    image.addEventListener("load", () => {
      for (const old of film.querySelectorAll(".job-moment")) setTimeout(() => old.remove(), 600);
      film.append(image);
    });
    image.src = api.url(`/jobs/${now.id}/preview`, { at: `${mark}.${now.attempts}` });
  };
  const draw = (next) => {
    now = next;
    const p = next.progress ?? {};
    stage.textContent = doing(next);
    left.textContent = p.eta && !next.wanted ? t("jobs.left", { time: fmt.span(p.eta) }) : "";
    frames.textContent = p.frames && p.stage !== "photo" ? [t("jobs.frames", { frame: p.frame, frames: p.frames }), p.fps ? t("jobs.fps", { fps: Math.round(p.fps * 10) / 10 }) : ""].filter(Boolean).join(" · ") : "";
    bar.value = next.progress?.stage === "join" ? 1 : part(next);
    pause.disabled = cancel.disabled = Boolean(next.wanted);
    look();
  };
  draw(job);
  return { row, draw };
}

/* A waiting job: a handle, where it stands, and what can be done with it. */

/** `does.place()` tells `{index, count}` of a job in the list. */
export function waitingRow(job, does) {
  let now = job;
  const state = h("span", { class: "row job-notes" });
  const handle = h("button", { class: "job-handle icon-btn", type: "button", "aria-label": t("jobs.handle", { title: nameOf(job) }), "aria-describedby": "jobs-how" }, dots());
  const up = act("up", "up", t("jobs.up", { title: nameOf(job) }), () => does.step(now.id, -1));
  const down = act("down", "down", t("jobs.down", { title: nameOf(job) }), () => does.step(now.id, 1));
  const hold = h("span", {});
  const items = () => [
    { label: t("jobs.toTop"), icon: "up", run: () => does.step(now.id, -Infinity) },
    { label: t("jobs.upShort"), icon: "up", run: () => does.step(now.id, -1) },
    { label: t("jobs.downShort"), icon: "down", run: () => does.step(now.id, 1) },
    { label: t("jobs.toEnd"), icon: "down", run: () => does.step(now.id, Infinity) },
    ...[1, 0, -1].map((priority) => ({ label: t(`jobs.priority.${priority}`), checked: now.priority === priority, run: () => does.priority(now.id, priority) })),
    now.state === "paused" ? { label: t("jobs.resume"), icon: "play", run: () => does.resume(now.id) } : { label: t("jobs.pause"), icon: "pause", run: () => does.pause(now.id) },
    { label: t("jobs.details"), icon: "info", run: () => does.details(now.id) },
    { label: t("jobs.cancel"), icon: "close", danger: true, run: () => does.cancel(now.id) },
  ];
  const row = h("li", { class: "job is-waiting", data: { id: job.id } },
    handle, picture(job.photo && api.url(`/items/${job.photo}/thumb`)),
    h("div", { class: "job-body" }, title(job, does), state),
    h("div", { class: "job-acts" }, up, down, hold, menuButton({ label: t("jobs.moreOne", { title: nameOf(job) }), items })));
  const draw = (next) => {
    now = next;
    row.classList.toggle("is-paused", next.state === "paused");
    const done = part(next);
    fill(state,
      next.state === "paused" ? pill(next) : null,
      next.priority ? h("span", { class: next.priority > 0 ? "pill" : "pill is-plain" }, t(`jobs.priority.${next.priority}`)) : null,
      next.draft ? h("span", { class: "pill is-plain" }, t("jobs.draft")) : null,
      h("span", { class: "soft" }, done ? t("jobs.partly", { part: fmt.percent(done) }) : wish(next)));
    const paused = next.state === "paused";
    if (hold.dataset.paused === String(paused)) return;
    hold.dataset.paused = String(paused);
    const held = hold.contains(document.activeElement);
    fill(hold, act("hold", paused ? "play" : "pause", t(paused ? "jobs.resumeOne" : "jobs.pauseOne", { title: nameOf(next) }), () => (paused ? does.resume(next.id) : does.pause(next.id))));
    if (held) hold.firstElementChild.focus();
  };
  draw(job);
  return { row, draw };
}

function dots() {
  const shape = icon("menu");
  shape.classList.add("job-dots");
  return shape;
}

/** Length and size as they were asked for: "5 sec · 720p". */
export function wish(job) {
  const { duration, resolution } = job.request ?? {};
  return [duration ? fmt.seconds(Number(duration)) : "", resolution ?? ""].filter(Boolean).join(" · ");
}

/* A finished job: its film, or why there is none. */

/** The way back to where a job was asked for. */
export function again(job) {
  if (job.kind === "convert") return { label: t("jobs.convertAgain"), icon: "convert", href: `/convert?item=${job.photo}` };
  if (job.kind === "enhance") return { label: t("jobs.enhanceAgain"), icon: "enhance", href: `/enhance?item=${job.photo}` };
  return { label: t("jobs.makeAgain"), icon: "create", href: `/create?job=${job.id}` };
}

/** Seconds that a job was worked on, or null. */
export const took = (job) => (job.started && job.finished ? (new Date(job.finished) - new Date(job.started)) / 1000 : null);

/** A row of the last list. */
export function finishedRow(job, does) {
  const shown = picture(api.url(job.result ? `/items/${job.result}/thumb` : `/items/${job.photo}/thumb`));
  const open = job.result ? h("a", { class: "job-link", href: `/library/${job.result}`, tabindex: "-1", "aria-hidden": "true" }, shown, icon("play", { filled: true })) : shown;
  const time = took(job);
  const items = () => [
    job.result ? { label: t("jobs.open"), icon: "play", href: `/library/${job.result}` } : null,
    job.state === "done" ? null : { label: t("jobs.retry"), icon: "again", run: () => does.retry(job.id) },
    again(job),
    { label: t("jobs.details"), icon: "info", run: () => does.details(job.id) },
    { label: t("jobs.remove"), icon: "trash", danger: true, run: () => does.remove(job.id) },
  ];
  const row = h("li", { class: `job is-finished is-${job.state}`, data: { id: job.id } },
    open,
    h("div", { class: "job-body" },
      title(job, does),
      h("span", { class: "row job-notes" }, pill(job), job.draft ? h("span", { class: "pill is-plain" }, t("jobs.draft")) : null,
        h("span", { class: "soft" }, [fmt.ago(job.finished ?? job.created), time === null ? "" : t("jobs.took", { time: fmt.span(time) })].filter(Boolean).join(" · "))),
      job.error ? h("p", { class: "job-error" }, job.error.detail || job.error.title) : null),
    h("div", { class: "job-acts" },
      job.result
        ? h("a", { class: "btn is-small", href: `/library/${job.result}` }, t("jobs.open"), h("span", { class: "only-read" }, ` ${nameOf(job)}`))
        : h("button", { class: "btn is-small", type: "button", on: { click: () => does.retry(job.id) } }, icon("again"), t("jobs.retry"), h("span", { class: "only-read" }, ` ${nameOf(job)}`)),
      menuButton({ label: t("jobs.moreOne", { title: nameOf(job) }), items })));
  return { row, draw: () => {} };
}

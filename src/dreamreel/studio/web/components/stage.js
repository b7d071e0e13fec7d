/* The stage: the photo, the film while it is made, and the film. What it shows is one of

     nothing │ a photo, with a sketch of the dream │ a run (film, batch, drafts) │ one job of a run */

import { api, idempotency } from "../api.js";
import { fill, h } from "../dom.js";
import { fmt, t } from "../i18n.js";
import { progress, stars } from "./controls.js";
import { icon } from "./icon.js";
import { menuButton } from "./popover.js";
import { isActive, partDone } from "./runs.js";
import { castPicture, problemCard } from "./states.js";
import { toast } from "./toast.js";

const STAGES = new Set(["plan", "measure", "sound", "picture", "join", "done"]);

/** Does something to a job and says what went wrong. */
export async function act(job, verb) {
  try { return await api.post(`/jobs/${job.id}/${verb}`); } catch (error) { toast(error); return null; }
}

/** A picture that fills the stage without being cut, on its own soft light. */
export function picture({ url, width, height, name = "", breathing = false }, ...over) {
  return [
    h("div", { class: "stage-light", style: { "background-image": `url("${url}")` } }),
    h("div", { class: breathing ? "frame is-breathing" : "frame", style: { "--ratio": String(width && height ? width / height : 4 / 3) } },
      h("img", {
        class: "frame-picture", src: url, alt: name, draggable: "false",
        on: {
          load: (event) => { if (!width) event.target.parentElement.style.setProperty("--ratio", String(event.target.naturalWidth / event.target.naturalHeight)); },
          error: (event) => event.target.classList.add("is-missing"),
        },
      }), ...over),
  ];
}

/* The same in a word or two, for a small tile. */
const brief = (job) => {
  const left = job.progress?.eta ? ` · ${t("create.left", { time: fmt.span(job.progress.eta) })}` : "";
  return job.state === "running" && partDone(job) ? fmt.percent(partDone(job)) + left : told(job);
};

/** A sentence about how far a job is. */
export function told(job) {
  if (job.state === "paused") return t(job.reason === "disk" ? "create.pausedDisk" : "create.paused");
  if (job.state === "queued") return t("create.queued");
  if (job.wanted === "cancel") return t("create.cancelling");
  const { stage, frame, frames, eta } = job.progress ?? {};
  const words = [t(`create.stage.${STAGES.has(stage) ? stage : "picture"}`)];
  if (frames && frame && stage !== "join") words.push(t("create.frames", { frame, frames }));
  if (eta) words.push(t("create.left", { time: fmt.span(eta) }));
  return words.join(" · ");
}

/* What waits has a bar at rest; only what runs without a number wanders. */
const barOf = (job) => {
  const part = partDone(job);
  return job.state !== "running" ? part ?? 0 : part || null;
};
const barOfAll = (jobs) => jobs.reduce((sum, job) => sum + (isActive(job) ? partDone(job) ?? 0 : 1), 0) / Math.max(1, jobs.length);

const photoOf = (job, big = true) => (job.photo ? api.url(`/items/${job.photo}/${big ? "poster" : "thumb"}`) : "");

/** The film of a job while it is made: the photo breathes, finished moments fade in over it. */
export function makingView(job, output) {
  const bar = progress({ label: t("create.progress"), value: partDone(job) });
  const words = h("p", { class: "figures" }, told(job));
  const moments = h("div", { class: "moments" });
  let now = job;
  const pause = h("button", { class: "btn is-glass", type: "button", on: { click: () => act(now, now.state === "paused" ? "resume" : "pause") } });
  const view = h("div", { class: "stage-view is-making" },
    picture({ url: photoOf(job), ...output, breathing: true }, moments),
    h("div", { class: "making" },
      h("div", { class: "making-text" }, h("strong", {}, job.title || t("create.untitled")), words),
      bar,
      h("div", { class: "row" }, pause,
        h("button", { class: "btn is-glass", type: "button", on: { click: () => act(job, "cancel") } }, icon("close"), h("span", {}, t("shell.cancel"))))));
  let seen = null;
  const show = (next) => {
    now = next;
    words.textContent = told(next);
    bar.value = barOf(next);
    view.classList.toggle("is-paused", next.state === "paused");
    fill(pause, icon(next.state === "paused" ? "play" : "pause"), h("span", {}, t(next.state === "paused" ? "create.resume" : "create.pause")));
    const moment = next.has_preview ? next.progress?.segment ?? 0 : null;
    if (moment === null || moment === seen) return;
    seen = moment;
    const url = api.url(`/jobs/${next.id}/preview`, { seq: String(moment) });
    const image = h("img", { src: url, alt: "", class: "moment" });
    image.decode().then(() => { moments.append(image); while (moments.children.length > 2) moments.firstElementChild.remove(); }, () => {});
  };
  show(job);
  return { view, show };
}

const film = (item, extra = {}) =>
  h("video", { class: "film", src: api.url(`/items/${item.id}/file`), poster: api.url(`/items/${item.id}/poster`), playsInline: true, loop: true, "aria-label": item.title || item.name, ...extra });

/** The finished film. It plays once by itself when `fresh` (and people have not asked for calm). */
export function filmView(item, { fresh = false } = {}) {
  const video = film(item, { controls: true, preload: "metadata" });
  if (fresh) video.play?.().catch(() => { video.muted = true; video.play().catch(() => {}); });
  return h("div", { class: "stage-view is-film" }, h("div", { class: "stage-light", style: { "background-image": `url("${api.url(`/items/${item.id}/thumb`)}")` } }), video);
}

/** What can be done with a finished film: `does` holds again, reuse, vary. */
export function filmActions(item, does) {
  const download = (recipe, hint) => ({
    label: t(`create.download.${recipe}`), hint, icon: "download", href: api.url(`/items/${item.id}/download`, { recipe }), download: item.name,
  });
  return h("div", { class: "film-actions" },
    h("div", { class: "film-title" },
      h("h2", {}, item.title || item.name),
      h("p", { class: "soft figures" }, [fmt.size(item.width, item.height), item.duration && fmt.seconds(item.duration), fmt.bytes(item.bytes)].filter(Boolean).join(" · "))),
    stars({
      label: t("create.rate"), value: item.rating,
      change: async (rating) => {
        try { Object.assign(item, await api.patch(`/items/${item.id}`, { rating })); } catch (error) { toast(error); }
      },
    }),
    h("div", { class: "row" },
      menuButton({ label: t("create.download"), text: t("create.download"), icon: "download", look: "is-primary", items: () => [download("keep", t("create.download.keepHint")), download("strip", t("create.download.stripHint"))] }),
      h("button", { class: "btn", type: "button", title: t("create.againHint"), on: { click: () => does.again(item) } }, icon("again"), t("create.again")),
      h("button", { class: "btn", type: "button", title: t("create.varyHint"), on: { click: () => does.vary(item) } }, icon("vary"), t("create.vary")),
      menuButton({
        label: t("create.moreActions"),
        items: () => [
          { label: t("create.reuse"), icon: "sliders", run: () => does.reuse(item) },
          { label: t("create.inLibrary"), icon: "library", href: `/library/${item.id}` },
        ],
      })),
    item.notes?.length ? h("div", { class: "notes" }, item.notes.map((note) => h("p", { class: "note" }, icon("info"), note))) : null);
}

/** A job that did not become a film: its sentence and the way out. */
export function failedView(job, does) {
  const cancelled = job.state === "cancelled";
  const again = h("button", { class: "btn is-primary", type: "button", on: { click: () => act(job, "retry") } }, icon("again"), t(cancelled ? "create.makeAfterAll" : "shell.retry"));
  return h("div", { class: "stage-view is-failed" },
    picture({ url: photoOf(job) }),
    h("div", { class: "stage-over" }, problemCard(
      cancelled ? { title: t("create.cancelled"), detail: t("create.cancelledText") } : job.error ?? { title: t("create.failed") },
      { picture: cancelled ? "moon" : "", actions: [again, h("button", { class: "btn", type: "button", on: { click: () => does.reuse(job) } }, icon("sliders"), t("create.change")), h("a", { class: "btn is-quiet", href: "/jobs" }, t("create.seeJobs"))] })));
}

/** Several films side by side: a batch's progress, or drafts to choose from. */
export function groupView(run, jobs, itemOf, does) {
  const done = jobs.filter((job) => job.state === "done").length;
  const drafts = run.kind === "drafts";
  const bar = progress({ label: t("create.progress"), value: barOfAll(jobs) });
  const tiles = new Map();
  const tile = (job) => {
    const item = itemOf(job);
    const part = isActive(job) ? progress({ label: t("create.progress"), value: barOf(job) }) : null;
    const lost = job.state === "failed" || job.state === "cancelled";
    const words = part ? h("span", { class: "tile-words figures" }, brief(job)) : lost ? h("span", { class: "tile-words" }, t(`create.state.${job.state}`)) : null;
    tiles.set(job.id, { part, words });
    const face = item && drafts
      ? film(item, { muted: true, autoplay: true, preload: "auto" })
      : h("img", { src: item ? api.url(`/items/${item.id}/thumb`) : photoOf(job, false), alt: "", class: isActive(job) ? "is-waiting" : null });
    return h("li", { class: `group-tile is-${job.state}` },
      h("button", { class: "group-face", type: "button", "aria-label": t("create.openFilm", { title: job.title || t("create.untitled") }), on: { click: () => does.open(job) } },
        face, item && !drafts ? h("span", { class: "group-play" }, icon("play", { filled: true })) : null,
        lost ? h("span", { class: "group-play is-bad" }, icon("warning")) : null),
      words ? h("div", { class: "group-part" }, part, words) : null,
      drafts && item ? h("div", { class: "row" },
        h("button", { class: "btn is-primary is-small", type: "button", on: { click: () => does.finish(item) } }, t("create.finish")),
        item.role === "draft"
          ? h("button", { class: "btn is-small", type: "button", on: { click: () => does.keep(item) } }, t("create.keep"))
          : h("span", { class: "pill is-good" }, icon("check"), t("create.kept"))) : null);
  };
  const active = jobs.some(isActive);
  const view = h("div", { class: "stage-view is-group" },
    h("header", { class: "group-head" },
      h("div", {}, h("h2", {}, t(drafts ? "create.drafts" : "create.batch")), h("p", { class: "figures" }, drafts ? t("create.draftsHint") : t("create.batchDone", { done, count: jobs.length }))),
      active ? h("button", { class: "btn is-glass is-small spread", type: "button", on: { click: () => jobs.filter(isActive).forEach((job) => act(job, "cancel")) } }, icon("close"), t("create.cancelAll")) : null),
    active ? bar : null,
    h("ul", { class: ["group-grid", drafts && "is-drafts", jobs.length <= 4 && "is-few"] }, jobs.map(tile)));
  return {
    view,
    show(job, all) {
      const { part, words } = tiles.get(job.id) ?? {};
      if (part) {
        part.value = barOf(job);
        words.textContent = brief(job);
      }
      bar.value = barOfAll(all);
    },
  };
}

/** The empty stage: an invitation. */
export function invitation({ pick, camera, clipboard }) {
  return h("div", { class: "stage-view is-empty" },
    h("div", { class: "invite" },
      h("div", { class: "invite-cloud", "aria-hidden": "true" }, ["moon", "sheep", "star"].map((who) => castPicture(who, 88))),
      h("h2", {}, t("create.choosePhoto")),
      h("p", { class: "soft" }, t("create.choosePhotoText")),
      h("div", { class: "row is-centred" },
        h("button", { class: "btn is-primary is-large", type: "button", on: { click: pick } }, icon("photo"), t("create.pick"))),
      h("div", { class: "row is-centred" },
        h("button", { class: "btn is-quiet", type: "button", on: { click: camera } }, icon("camera"), t("create.takePhoto")),
        h("button", { class: "btn is-quiet", type: "button", on: { click: clipboard } }, icon("paste"), t("create.paste")))));
}

/** The row of runs: one button each, with how far it is. */
export function runStrip(book, chosen, choose) {
  return book.list.length ? h("ul", { class: "run-strip", "aria-label": t("create.runs") }, book.list.map((run) => {
    const jobs = book.jobs(run);
    const job = jobs[0];
    if (!job) return null;
    const active = jobs.filter(isActive);
    const part = barOfAll(jobs);
    const bad = jobs.some((one) => one.state === "failed");
    const item = book.item(job);
    const state = active.length ? fmt.percent(part) : bad ? t("create.state.failed") : job.state === "cancelled" ? t("create.state.cancelled") : t("create.state.done");
    return h("li", {}, h("button", {
      class: `run ${active.length ? "is-active" : ""} ${bad ? "is-bad" : ""}`, type: "button", "aria-pressed": String(run.key === chosen), data: { run: run.key },
      style: { "--part": `${Math.round(part * 360)}deg` }, on: { click: () => choose(run) },
    },
    h("span", { class: "run-face" }, h("img", { src: item ? api.url(`/items/${item.id}/thumb`) : photoOf(job, false), alt: "" })),
    h("span", { class: "run-text" }, h("strong", {}, jobs.length > 1 ? t(run.kind === "drafts" ? "create.runDrafts" : "create.runBatch", { count: jobs.length }) : job.title || t("create.untitled")), h("small", { class: "figures" }, state))));
  })) : null;
}

/** Sends a request as a job, once. */
export const submit = (request, batch) => api.post("/jobs", { kind: "generate", request, ...(batch ? { batch } : {}) }, idempotency());

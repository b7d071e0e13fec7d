/* Words for what becomes of a file: its tracks, its size, its progress. */

import { api } from "/web/api.js";
import { fill, h } from "/web/dom.js";
import { fmt, has, t } from "/web/i18n.js";
import { progress } from "/web/components/controls.js";
import { icon } from "/web/components/icon.js";
import { partDone } from "/web/components/runs.js";

const CODECS = {
  h264: "H.264", h265: "H.265", hevc: "H.265", av1: "AV1", vp8: "VP8", vp9: "VP9", mpeg2: "MPEG-2", mpeg2video: "MPEG-2", mpeg1: "MPEG-1", mpeg4: "MPEG-4", mjpeg: "Motion JPEG",
  prores: "ProRes", dnxhd: "DNxHD", dnxhr: "DNxHR", ffv1: "FFV1", theora: "Theora", gif: "GIF", aac: "AAC", mp3: "MP3", mp2: "MP2", opus: "Opus", vorbis: "Vorbis", flac: "FLAC",
  flac24: "FLAC, 24 bit", alac: "ALAC", ac3: "AC-3", eac3: "E-AC-3", wma: "WMA", wavpack: "WavPack", pcm: "PCM", pcm24: "PCM, 24 bit", pcm_s16le: "PCM", pcm_s24le: "PCM, 24 bit",
  subrip: "SRT", srt: "SRT", ass: "ASS", webvtt: "WebVTT", mov_text: "MP4 text",
};
/* Action → icon and look. Each is also told in words. */
const ACTIONS = { copy: ["copy", "is-good"], cut: ["cut", "is-good"], convert: ["convert", ""], encode: ["convert", ""], drop: ["warning", "is-warn"] };

/** A codec as people write it. */
export const codecName = (key) => CODECS[key] ?? String(key).toUpperCase();

const whatIs = (kind) => t(has(`convert.track.${kind}`) ? `convert.track.${kind}` : "convert.track.unknown");

function trackLine(track) {
  const [shape, look] = ACTIONS[track.action] ?? ACTIONS.encode;
  const what = [whatIs(track.kind), track.language, track.title].filter(Boolean).join(" · ");
  return h("li", { class: `track ${look}` }, icon(shape),
    h("span", {}, h("strong", {}, what), " ", t(`convert.does.${track.action}`, { codec: codecName(track.codec) }), track.why ? h("span", { class: "track-why" }, ` ${track.why}`) : null));
}

/** What is copied, encoded and lost, one track a line. */
export const trackList = (plan) => h("ul", { class: "tracks", "aria-label": t("convert.tracks") }, plan.tracks.map(trackLine));

/** "12 MB → about 3 MB", with how much smaller that is. */
export function sizes(before, after, { about = true } = {}) {
  const part = before ? after / before - 1 : 0;
  return h("span", { class: "sizes-told figures" }, fmt.bytes(before), h("span", { class: "arrow", "aria-hidden": "true" }, "→"), h("span", { class: "only-read" }, ` ${t("convert.becomes")} `),
    h("strong", {}, about ? t("convert.about", { size: fmt.bytes(after) }) : fmt.bytes(after)),
    Math.abs(part) >= 0.01 && before ? h("span", { class: part < 0 ? "pill is-good" : "pill is-plain" }, fmt.number(part, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" })) : null);
}

/** A plan told as a whole; `small` leaves the notes out. */
export function planTold(plan) {
  return [
    h("p", { class: "plan-line" }, sizes(plan.bytes_in, plan.bytes),
      h("span", { class: "soft figures" }, [plan.width ? fmt.size(plan.width, plan.height) : "", t("convert.takes", { time: fmt.span(plan.seconds) })].filter(Boolean).join(" · ")),
      plan.whole ? h("span", { class: "pill is-good" }, icon("check"), t("convert.whole")) : null),
    trackList(plan),
    plan.notes.map((note) => h("p", { class: "note" }, icon("info"), h("span", {}, note))),
  ];
}

/** What a job does at the moment. */
export function doing(job) {
  if (job.wanted) return t(`convert.wanted.${job.wanted}`);
  if (job.state === "queued" || job.state === "paused") return t(`convert.state.${job.state}`);
  const key = `convert.stage.${job.progress?.stage}`;
  return t(has(key) ? key : "convert.stage.plan");
}

/** A bar with its words, `draw(job)` brings it up to date. */
export function jobBar(name, job) {
  const bar = progress({ label: t("convert.progressOf", { name }), value: null });
  const words = h("span", {});
  const left = h("span", { class: "soft figures" });
  const draw = (now) => {
    const part = partDone(now);
    bar.value = now.state === "running" ? part : part ?? 0;
    words.textContent = doing(now);
    left.textContent = [part === null ? "" : fmt.percent(part), now.progress?.eta && !now.wanted ? t("convert.left", { time: fmt.span(now.progress.eta) }) : ""].filter(Boolean).join(" · ");
  };
  draw(job);
  return { node: h("div", { class: "job-told" }, h("p", { class: "job-words" }, words, left), bar), draw };
}

/** Saves an item as a file. */
export function save(item) {
  const link = h("a", { href: api.url(`/items/${item.id}/download`), download: item.name });
  document.body.append(link);
  link.click();
  link.remove();
}

/** What can be done with a finished file. */
export function results(item) {
  const named = () => h("span", { class: "only-read" }, ` ${item.name}`);
  return [
    h("a", { class: "btn is-small", href: `/library/${item.id}` }, icon("play"), t("convert.open"), named()),
    h("button", { class: "btn is-small is-primary", type: "button", data: { act: "download" }, on: { click: () => save(item) } }, icon("download"), t("convert.download"), named()),
  ];
}

/** Fills a place again and gives the focus back to what had it. */
export function refill(place, ...children) {
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  fill(place, ...children);
  if (held !== null) (place.querySelector(`[data-act="${held}"]`) ?? place.querySelector("button, a[href]"))?.focus();
}

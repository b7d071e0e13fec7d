/* What was found, in plain words, and what will be done about it: each step with its reason, a switch, a strength. */

import { h } from "/web/dom.js";
import { fmt, has, t } from "/web/i18n.js";
import { icon } from "/web/components/icon.js";

/* From where on a number is worth a word; as the proposal counts it. */
const NOISE = 2;
const BLOCKS = 0.15;
const HALOS = 0.5;
const COARSE = 0.2;
const SOFT = 0.45;
const DARK = 0.2;
const SHAKE = 0.35;
const HELD = 0.15;
const SHAPES = {
  deinterlace: "menu", crop: "cut", deblock: "vary", dehalo: "sun", denoise: "wind", deband: "sliders", upscale: "expand", restore: "create", resize: "expand", interpolate: "film",
  stabilize: "camera", restore_film: "film", auto_colour: "sun", colourise: "sun", to_hdr: "sun", grain: "more", sharpen: "create",
};
/* What each step is about, in the numbers of a shot. */
const ABOUT = { deblock: "blocking", dehalo: "ringing", denoise: "noise" };
const key = (verb, start) => `${verb}|${start ?? ""}`;
const digits = (value) => fmt.number(value, { maximumFractionDigits: 1 });

function span(values, write) {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(write);
  return low === high ? low : `${low} – ${high}`;
}

/** What was found, as a list of `{good, text}`. */
function facts(found) {
  const shots = found.shots;
  const some = (name, bad) => shots.filter((shot) => bad(shot[name]));
  const told = [];
  const tell = (good, name, values) => told.push({ good, text: t(`enhance.found.${name}`, values) });
  const measure = (name, field, bad, write) => {
    const hit = some(field, bad);
    if (!hit.length) return void (has(`enhance.found.no.${name}`) && tell(true, `no.${name}`));
    const where = shots.length > 1 && hit.length < shots.length ? ` · ${t("enhance.inShots", { count: hit.length, shots: fmt.number(shots.length) })}` : "";
    told.push({ good: false, text: t(`enhance.found.${name}`, { value: span(hit.map((shot) => shot[field]), write) }) + where });
  };
  if (found.scan !== "progressive") tell(false, found.scan === "telecine" ? "telecine" : "interlaced");
  measure("noise", "noise", (value) => value >= NOISE, digits);
  if ((found.coarse ?? 0) >= COARSE) tell(false, "coarse", { value: fmt.percent(found.coarse) });
  measure("blocks", "blocking", (value) => value >= BLOCKS, fmt.percent);
  measure("halos", "ringing", (value) => value >= HALOS, fmt.percent);
  measure("soft", "sharpness", (value) => value < SOFT, fmt.percent);
  measure("dark", "brightness", (value) => value < DARK, fmt.percent);
  if (found.crop) tell(false, "bars", { size: found.crop.split("+")[0].replace("x", " × ") });
  if ((found.shake ?? 0) >= SHAKE) tell(false, "shake", { value: fmt.number(found.shake / 100, { style: "percent", maximumFractionDigits: 1 }) });
  if (found.held >= HELD) tell(false, "held", { value: fmt.percent(found.held) });
  const faces = Math.max(0, ...shots.map((shot) => shot.faces ?? 0));
  if (faces) tell(true, "faces", { count: faces });
  tell(true, found.drawn ? "drawn" : "camera");
  if (found.hdr) tell(true, "hdr");
  return told;
}

/** The card "What was found". */
export const foundList = (found) => h("ul", { class: "found" }, facts(found).map((one) => h("li", { class: one.good ? "is-good" : "is-bad" }, icon(one.good ? "check" : "warning"), h("span", {}, h("span", { class: "only-read" }, `${t(one.good ? "enhance.good" : "enhance.bad")}: `), one.text))));

/* Steps of one kind, together: two enlargements are one. */
function grouped(steps) {
  const rows = [];
  for (const step of steps) {
    const same = rows.find((row) => row.verb === step.verb);
    if (!same) rows.push({ verb: step.verb, args: step.args, all: [step] });
    else same.all.push(step);
  }
  return rows;
}

function title(row) {
  const name = row.verb === "deinterlace" && row.args.film ? "deinterlace_film" : row.verb;
  const text = `enhance.step.${name}`;
  if (!has(text)) return row.all[0].reason;
  const scale = row.all.reduce((product, step) => product * (step.args.scale ?? 1), 1);
  const { width, height, rate } = row.args;
  return t(text, { scale, size: width ? fmt.size(width, height) : "", rate: rate ? digits(Number(String(rate).split("/").reduce((a, b) => a / b))) : "" });
}

/** The name of a network, as "clean · m". */
export const netName = (args) => [args.family, args.size].filter(Boolean).join(" · ");

function why(row, found, stretch) {
  const inside = stretch ? found.shots.filter((shot) => shot.start >= stretch.start - 1e-6 && shot.start < stretch.end) : found.shots;
  const field = ABOUT[row.verb];
  if (field && inside.length) return t(`enhance.why.${row.verb}`, { value: span(inside.map((shot) => shot[field]), field === "noise" ? digits : fmt.percent) });
  const text = `enhance.why.${row.verb}`;
  return [has(text) ? t(text) : "", row.args.face ? t("enhance.why.faces") : ""].filter(Boolean).join(" · ");
}

/* One step: what, why, on or off, and how much. */
function stepRow(row, { found, stretch, changes, changed, locked }) {
  const id = key(row.verb, stretch?.key);
  const now = changes.get(id) ?? { on: true };
  const name = title(row);
  const set = (fields) => { changes.set(id, { ...(changes.get(id) ?? { on: true }), ...fields }); changed(); };
  const reason = why(row, found, stretch);
  const nets = row.verb === "upscale" || row.verb === "restore" ? [...new Set(row.all.map((step) => netName({ family: "general", ...step.args })))] : row.args.method === "network" ? [row.verb] : [];
  const body = h("div", { class: "step-body" }, h("strong", {}, name), reason ? h("small", { class: "soft" }, reason) : null,
    nets.length ? h("span", { class: "row" }, nets.map((net) => h("span", { class: "pill" }, icon("chip"), h("span", { class: "only-read" }, `${t("enhance.network")} `), net))) : null);
  const where = stretch ? `${name}, ${range(stretch)}` : name;
  const node = h("li", { class: "step", data: { verb: row.verb } }, h("span", { class: "step-shape" }, icon(SHAPES[row.verb] ?? "create")), body,
    h("label", { class: "toggle" }, h("input", { type: "checkbox", role: "switch", checked: now.on, disabled: locked, "aria-label": where, on: { change: (event) => { node.classList.toggle("is-off", !event.target.checked); set({ on: event.target.checked }); } } }), h("span", { class: "toggle-track", "aria-hidden": "true" })));
  node.classList.toggle("is-off", !now.on);
  for (const [field, words] of [["strength", "enhance.strength"], ["face", "enhance.faces"]]) {
    if (typeof row.args[field] === "number") node.append(share(field, words, row, now, where, set, locked));
  }
  return node;
}

/* How much of something a step does: its `field`, called `words`. */
function share(field, words, row, now, where, set, locked) {
  const told = h("output", { class: "figures step-much" });
  const slider = h("input", {
    type: "range", min: 0, max: 1, step: 0.05, value: String(now[field] ?? row.args[field]), disabled: locked, "aria-label": t(`${words}Of`, { step: where }),
    on: { input: () => show(), change: () => set({ [field]: Number(slider.value) }) },
  });
  const show = () => { told.textContent = fmt.percent(Number(slider.value)); slider.setAttribute("aria-valuetext", told.textContent); slider.style.setProperty("--fill", `${Number(slider.value) * 100}%`); };
  show();
  return h("div", { class: "step-strength" }, h("span", { class: "soft", "aria-hidden": "true" }, t(words)), slider, told);
}

const range = (stretch) => `${fmt.clock(stretch.start)} – ${fmt.clock(stretch.end)}`;

/** The chain: steps for the whole, then for each stretch. `changes` is a Map that the switches write into. */
export function chain(plan, found, changes, changed, locked = false) {
  const offered = plan.offered;
  const rows = (steps, stretch) => h("ol", { class: "steps" }, grouped(steps).map((row) => stepRow(row, { found, stretch, changes, changed, locked })));
  const whole = [...offered.before, ...offered.after];
  const parts = offered.stretches;
  if (!whole.length && !parts.some((part) => part.steps.length)) return h("p", { class: "note is-good" }, icon("check"), h("span", {}, t("enhance.nothing")));
  return h("div", { class: "stack" },
    offered.before.length ? rows(offered.before) : null,
    parts.length ? h("div", { class: "stack-s" }, h("h3", {}, t("enhance.byShot")), timeline(parts, found),
      parts.map((part, index) => h("details", { class: "stretch", open: parts.length <= 3 || index === 0 },
        h("summary", {}, h("strong", { class: "figures" }, range(part)), h("span", { class: "soft" }, t("enhance.shots", { count: part.shots })),
          h("span", { class: "spread soft" }, part.steps.length ? t("enhance.steps", { count: grouped(part.steps).length }) : t("enhance.left"))),
        part.steps.length ? rows(part.steps, part) : h("p", { class: "hint" }, t("enhance.leftHint"))))) : null,
    offered.after.length ? h("div", { class: "stack-s" }, parts.length ? h("h3", {}, t("enhance.wholeAfter")) : null, rows(offered.after)) : null);
}

function timeline(parts, found) {
  const whole = parts.at(-1).end || found.duration || 1;
  return h("div", { class: "shot-line", "aria-hidden": "true" }, parts.map((part) => {
    const box = h("span", { class: part.steps.length ? "shot-part is-done" : "shot-part" });
    box.style.setProperty("flex-grow", String(Math.max(0.004, (part.end - part.start) / whole)));
    return box;
  }));
}

/** The changes as the API takes them. */
export const changesOf = (changes) => [...changes].flatMap(([id, now]) => {
  const [verb, start] = id.split("|");
  const plain = { verb, ...(start ? { start } : {}) };
  if (!now.on) return [{ ...plain, on: false }];
  const much = Object.fromEntries(["strength", "face"].filter((field) => typeof now[field] === "number").map((field) => [field, now[field]]));
  return Object.keys(much).length ? [{ ...plain, ...much }] : [];
});

/* The dream as chips: what was read from the words, and a way to change each part of it.

     words ─ POST /dream ─► storyboard ─┐
                                        ├─ applied() ─► what will be drawn
     changes by hand ───────────────────┘

   Changes are kept apart from the words ("three sheep, but pink"), so that typing on does not lose them. */

import { fill, h } from "../dom.js";
import { t, word } from "../i18n.js";
import { choices } from "./choices.js";
import { field, segmented, select, stepper } from "./controls.js";
import { icon } from "./icon.js";
import { popover } from "./popover.js";
import { castPicture } from "./states.js";

/** No changes. `actors` maps a kind to what differs (null: taken out); `added` lists kinds in their order. */
export const unchanged = () => ({ setting: {}, board: {}, actors: {}, added: [] });

/** True when something was changed by hand. */
export const isChanged = (edits) =>
  Boolean(edits.added.length || [edits.setting, edits.board, edits.actors].some((part) => Object.keys(part).length));

/** The storyboard with the changes applied. */
export function applied(board, edits) {
  const kinds = new Set(board.actors.map((cue) => cue.kind));
  const added = edits.added.filter((kind) => !kinds.has(kind))
    .map((kind) => ({ kind, count: 1, colour: null, size: "normal", action: null, relation: "alone", to: null }));
  return {
    ...board,
    ...edits.board,
    setting: { ...board.setting, ...edits.setting },
    actors: [...board.actors, ...added].filter((cue) => edits.actors[cue.kind] !== null).map((cue) => ({ ...cue, ...edits.actors[cue.kind] })),
  };
}

/** The changes that turn one storyboard into another. */
export function difference(board, wanted) {
  const has = (list, kind) => list.some((cue) => cue.kind === kind);
  const { mood, reaction } = wanted;
  return {
    setting: wanted.setting,
    board: { mood, reaction },
    actors: Object.fromEntries([
      ...board.actors.filter((cue) => !has(wanted.actors, cue.kind)).map((cue) => [cue.kind, null]),
      ...wanted.actors.map(({ kind, ...rest }) => [kind, rest]),
    ]),
    added: wanted.actors.map((cue) => cue.kind).filter((kind) => !has(board.actors, kind)),
  };
}

const settingPicture = (kind) => h("img", { class: "place", src: `/web/settings/${kind}.webp`, alt: "", width: 64, height: 40, loading: "lazy", decoding: "async" });
const swatch = (value) => h("span", { class: "swatch", style: value ? { "--swatch": value } : {}, data: value ? {} : { own: "" } });
const TIME_ICONS = { dawn: "sun", day: "sun", dusk: "moon", night: "moon" };

/**
 * Draws the chips into `root` and keeps them. `cast` is GET /cast; `changed()` is called after a change, which is in
 * `edits` then; `camera` is `{list, get, set}`, because the camera is chosen outside the storyboard. Answers `{show}`.
 */
export function storyboardChips(root, { cast, changed, camera }) {
  let board = null;
  let edits = unchanged();
  const actor = (kind) => cast.actors.find((one) => one.kind === kind) ?? { kind, word: kind };
  const actorName = (kind) => word("actor", kind, actor(kind).word);
  const named = (room, kind) => word(room, kind, (cast[`${room}s`] ?? []).find?.((one) => one.kind === kind)?.word);
  const colourName = (name) => word("colour", name, name);
  const colourValue = (name) => (name?.startsWith("#") ? name : cast.colours.find((one) => one.name === name)?.value);

  const update = (close, back) => {
    close?.();
    draw();
    changed();
    if (back) requestAnimationFrame(() => root.querySelector(`[data-chip="${back}"]`)?.focus());
  };
  const chip = (key, { picture, text, title, open, classes = "" }) => h("button", {
    class: `chip ${classes}`, type: "button", data: { chip: key }, "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": `${title}: ${text}`,
    on: { click: (event) => popover(event.currentTarget, open, { label: title }) },
  }, picture, h("span", {}, text), icon("chevron-down"));

  const setActor = (kind, change, close) => {
    edits.actors[kind] = { ...edits.actors[kind], ...change };
    update(close, `actor-${kind}`);
  };

  function actorText(cue) {
    const words = [];
    if (cue.size !== "normal") words.push(word("size", cue.size));
    if (cue.colour) words.push(colourName(cue.colour));
    return t("create.actor", { count: cue.count, what: [...words, actorName(cue.kind)].join(" "), name: actorName(cue.kind) });
  }

  function actorPanel(kind, close) {
    const cue = applied(board, edits).actors.find((one) => one.kind === kind);
    const seen = new Set();
    const colours = cast.colours.filter((one) => !seen.has(one.value) && seen.add(one.value));
    const live = (change) => { edits.actors[kind] = { ...edits.actors[kind], ...change }; draw(); changed(); };
    return h("div", { class: "actor-panel" },
      h("div", { class: "actor-head" }, castPicture(kind, 56), h("strong", {}, actorName(kind)),
        stepper({ label: t("create.count"), value: cue.count, min: 1, max: 12, change: (count) => live({ count }) })),
      field({ label: t("create.colour"), group: true, control: choices({
        label: t("create.colour"), look: "swatches", value: cue.colour,
        options: [{ value: null, label: t("create.ownColour"), picture: swatch(null) }, ...colours.map((one) => ({ value: one.name, label: colourName(one.name), picture: swatch(one.value) }))],
        pick: (colour) => setActor(kind, { colour }, close),
      }) }),
      field({ label: t("create.does"), control: select({
        label: t("create.does"), value: cue.action ?? "",
        options: [{ value: "", label: t("create.ownHabit") }, ...cast.actions.map((one) => ({ value: one.kind, label: word("action", one.kind, one.word) }))],
        change: (action) => live({ action: action || null }),
      }) }),
      field({ label: t("create.size"), group: true, control: segmented({
        label: t("create.size"), value: cue.size, options: cast.sizes.map((size) => ({ value: size, label: word("size", size) })), change: (size) => live({ size }),
      }) }),
      h("button", { class: "btn is-quiet is-small is-remove", type: "button", on: { click: () => {
        if (board.actors.some((one) => one.kind === kind)) edits.actors[kind] = null;
        else delete edits.actors[kind];
        edits.added = edits.added.filter((one) => one !== kind);
        update(close, "add");
      } } }, icon("trash"), t("create.takeOut")));
  }

  const adding = (close) => choices({
    label: t("create.addActor"), look: "grid", search: { placeholder: t("create.searchCast"), nothing: t("create.nobody") },
    options: cast.actors.map((one) => ({ value: one.kind, label: actorName(one.kind), words: one.words, picture: castPicture(one.kind, 48) })),
    pick: (kind) => {
      const there = applied(board, edits).actors.find((cue) => cue.kind === kind);
      if (there) return setActor(kind, { count: Math.min(12, there.count + 1) }, close);
      if (edits.actors[kind] === null) delete edits.actors[kind];
      if (!board.actors.some((cue) => cue.kind === kind)) edits.added = [...edits.added, kind];
      update(close, `actor-${kind}`);
    },
  });

  function small(key, title, room, values, picture) {
    const shown = applied(board, edits);
    const inSetting = key === "time" || key === "weather";
    const value = inSetting ? shown.setting[key] : shown[key];
    return chip(key, {
      title, text: word(room, value), picture: icon(picture(value)), classes: "is-small",
      open: (close) => choices({
        label: title, value, options: values.map((one) => ({ value: one, label: word(room, one), picture: icon(picture(one)) })),
        pick: (one) => { edits[inSetting ? "setting" : "board"][key] = one; update(close, key); },
      }),
    });
  }

  function draw() {
    if (!board) return;
    const shown = applied(board, edits);
    const place = cast.settings.find((one) => one.kind === shown.setting.kind);
    const focused = document.activeElement?.dataset?.chip;
    const open = root.querySelector('[aria-expanded="true"]')?.dataset.chip;
    const old = open ? root.querySelector(`[data-chip="${open}"]`) : null;
    fill(root,
      chip("setting", {
        title: t("create.setting"), text: named("setting", shown.setting.kind), picture: settingPicture(shown.setting.kind), classes: "is-place",
        open: (close) => choices({
          label: t("create.setting"), look: "grid", value: shown.setting.kind,
          options: cast.settings.map((one) => ({ value: one.kind, label: named("setting", one.kind), picture: settingPicture(one.kind) })),
          pick: (kind) => {
            const times = cast.settings.find((one) => one.kind === kind)?.times ?? [];
            edits.setting = { ...edits.setting, kind, ...(times.length && !times.includes(shown.setting.time) ? { time: times[0] } : {}) };
            update(close, "setting");
          },
        }),
      }),
      shown.actors.map((cue) => {
        const made = chip(`actor-${cue.kind}`, {
          title: t("create.inTheDream"), text: actorText(cue) + (cue.action ? ` · ${named("action", cue.action)}` : ""),
          picture: [castPicture(cue.kind, 36), colourValue(cue.colour) ? swatch(colourValue(cue.colour)) : null], classes: "is-actor",
          open: (close) => actorPanel(cue.kind, close),
        });
        return old?.dataset.chip === made.dataset.chip ? keep(old, made) : made;
      }),
      h("button", { class: "chip is-add", type: "button", data: { chip: "add" }, "aria-haspopup": "dialog", "aria-expanded": "false", on: { click: (event) => popover(event.currentTarget, adding, { label: t("create.addActor") }) } }, icon("plus"), h("span", {}, t("create.addActor"))),
      small("time", t("create.time"), "time", place?.times?.length ? place.times : cast.times, (value) => TIME_ICONS[value] ?? "clock"),
      small("weather", t("create.weather"), "weather", cast.weathers, (value) => (value === "wind" ? "wind" : value === "clear" ? "sun" : "cloud")),
      small("mood", t("create.mood"), "mood", cast.moods, () => "face"),
      chip("camera", {
        title: t("create.camera"), text: word("camera", camera.get() ?? shown.camera), picture: icon("camera"), classes: "is-small",
        open: (close) => choices({
          label: t("create.camera"), value: camera.get() ?? "auto", options: camera.list().map((one) => ({ value: one, label: word("camera", one), picture: icon("camera") })),
          pick: (one) => { camera.set(one); update(close, "camera"); },
        }),
      }),
      cast.reactions ? small("reaction", t("create.reaction"), "reaction", cast.reactions, () => "heart") : null);
    if (focused && document.activeElement === document.body) root.querySelector(`[data-chip="${focused}"]`)?.focus();
  }

  return { show(nextBoard, nextEdits) { board = nextBoard; edits = nextEdits; draw(); } };
}

/* A chip whose panel is open stays the same element, so that the panel keeps its anchor; only its face changes. */
function keep(old, made) {
  old.setAttribute("aria-label", made.getAttribute("aria-label"));
  fill(old, [...made.childNodes]);
  return old;
}

const HIGH = new Set(["star", "moon", "sun", "cloud", "rainbow", "bird", "butterfly", "owl", "heart", "rocket", "hot_air_balloon"]);
const SCALE = { tiny: 0.55, small: 0.75, normal: 1, big: 1.25, huge: 1.5 };

/** A sketch of the dream: its place in a cloud, and who is in it. Decorative. */
export function drawSketch(root, board) {
  const rides = (cue) => (["on", "in"].includes(cue.relation) ? board.actors.find((one) => one.kind === cue.to && one !== cue) : null);
  const high = (cue) => !rides(cue) && (HIGH.has(cue.kind) || cue.action === "fly");
  const rows = [true, false].map((up) => board.actors.filter((cue) => high(cue) === up && !rides(cue)));
  const placed = [];
  for (const [row, cues] of rows.entries()) {
    const slot = 0.64 / Math.max(1, cues.length);
    for (const [at, cue] of cues.entries()) {
      const copies = Math.min(cue.count, 3);
      const wide = Math.min(0.3, slot * 0.85) * (copies > 1 ? 0.64 : 1) * (SCALE[cue.size] ?? 1);
      const middle = 0.18 + slot * (at + 0.5);
      for (let copy = 0; copy < copies; copy += 1) {
        const off = copy - (copies - 1) / 2;
        placed.push({ cue, wide, x: middle + off * Math.min(wide * 0.8, slot / copies), y: (rows[1 - row].length ? [0.26, 0.66][row] : 0.52) + (copy % 2 ? 0.07 : 0) });
      }
    }
  }
  for (const cue of board.actors.filter(rides)) {
    const below = placed.find((one) => one.cue === rides(cue));
    if (below) placed.splice(placed.indexOf(below), 0, { cue, wide: below.wide * 0.66, x: below.x, y: below.y - below.wide * 0.62 });
  }
  fill(root, h("div", { class: "sketch-place", style: { "background-image": `url("/web/settings/${board.setting.kind}.webp")` } },
    placed.slice(0, 14).map(({ cue, wide, x, y }, index) => h("img", {
      src: `/web/cast/${cue.kind}.webp`, alt: "", class: "sketch-actor",
      style: { "--wide": String(wide), "--x": String(x), "--y": String(y), "--late": `${-index * 0.7}s` },
    }))));
}

/* Whose dream it is: the faces found in a photo, or five points placed by hand (mouse, finger or arrow keys). */

import { announce, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { segmented } from "./controls.js";

export const POINTS = ["rightEye", "leftEye", "nose", "rightMouth", "leftMouth"];
const LAYOUT = [[0.42, 0.42], [0.58, 0.42], [0.5, 0.52], [0.44, 0.6], [0.56, 0.6]];

/** True when the studio cannot tell by itself whose dream it is. */
export const unsure = (item) => item?.kind === "photo" && (item.faces?.length ?? 0) !== 1;

/**
 * Points over the photo (`layer`, which covers exactly the picture) and their panel (`panel`).
 * `value` is null (automatic), a number (which face) or ten numbers in the photo's pixels; `change(value)`.
 */
export function faceEditor({ layer, panel, item, value, change }) {
  const { width, height } = item;
  let points = Array.isArray(value) ? [...value] : null;
  let asked = value;

  const start = () => (item.faces[0]?.points ? [...item.faces[(typeof asked === "number" ? asked : 1) - 1].points] : LAYOUT.flatMap(([x, y]) => [x * width, y * height]));
  const set = (next) => {
    points = Array.isArray(next) ? next : null;
    asked = next;
    change(next);
    draw();
  };
  const move = (index, x, y) => {
    points[2 * index] = Math.min(width, Math.max(0, x));
    points[2 * index + 1] = Math.min(height, Math.max(0, y));
    const [dot, fieldX, fieldY] = [layer, panel, panel].map((root, part) => root.querySelector(["[data-point]", "[data-x]", "[data-y]"][part].replace("]", `="${index}"]`)));
    if (dot) place(dot, index);
    if (fieldX) fieldX.value = String(Math.round(points[2 * index]));
    if (fieldY) fieldY.value = String(Math.round(points[2 * index + 1]));
    change([...points].map((number) => Math.round(number * 10) / 10));
  };
  const place = (dot, index) => {
    dot.style.setProperty("left", `${(points[2 * index] / width) * 100}%`);
    dot.style.setProperty("top", `${(points[2 * index + 1] / height) * 100}%`);
  };

  function dot(name, index) {
    const element = h("button", {
      class: "face-dot", type: "button", data: { point: String(index), name }, "aria-label": t("create.pointKeys", { point: t(`create.point.${name}`) }),
      on: {
        keydown: (event) => {
          const step = (event.shiftKey ? 0.02 : 0.004) * Math.max(width, height);
          const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
          if (!by) return;
          event.preventDefault();
          move(index, points[2 * index] + by[0], points[2 * index + 1] + by[1]);
          announce(`${t(`create.point.${name}`)}: ${Math.round(points[2 * index])}, ${Math.round(points[2 * index + 1])}`);
        },
        pointerdown: (event) => {
          event.preventDefault();
          element.focus();
          element.setPointerCapture(event.pointerId);
        },
        pointermove: (event) => {
          if (!element.hasPointerCapture(event.pointerId)) return;
          const box = layer.getBoundingClientRect();
          move(index, ((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height);
        },
      },
    }, h("span", { class: "face-name" }, t(`create.point.${name}`)));
    place(element, index);
    return element;
  }

  function ring(face, index) {
    const xs = face.points.filter((_, at) => at % 2 === 0);
    const ys = face.points.filter((_, at) => at % 2 === 1);
    const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) * 2.4;
    const [x, y] = [xs, ys].map((list) => list.reduce((sum, one) => sum + one, 0) / list.length);
    return h("button", {
      class: "face-ring", type: "button", "aria-pressed": String(asked === index + 1), "aria-label": t("create.face", { count: index + 1 }),
      style: { left: `${(x / width) * 100}%`, top: `${(y / height) * 100}%`, width: `${(size / width) * 100}%` },
      on: { click: () => set(index + 1) },
    }, h("span", {}, String(index + 1)));
  }

  function draw() {
    fill(layer, points ? POINTS.map(dot) : item.faces.length > 1 ? item.faces.map(ring) : null);
    const mode = points ? "hand" : asked === null ? "auto" : String(asked);
    fill(panel,
      h("p", { class: "hint" }, t(item.faces.length ? "create.facesFound" : "create.noFace", { count: item.faces.length })),
      segmented({
        label: t("create.whose"), value: mode,
        options: [
          { value: "auto", label: t(item.faces.length ? "create.faceAuto" : "create.faceNone") },
          ...(item.faces.length > 1 ? item.faces.map((_, index) => ({ value: String(index + 1), label: t("create.face", { count: index + 1 }) })) : []),
          { value: "hand", label: t("create.byHand") },
        ],
        change: (next) => {
          set(next === "auto" ? null : next === "hand" ? start() : Number(next));
          panel.querySelector("input:checked")?.focus();
        },
      }),
      points ? h("details", { class: "fold is-small" }, h("summary", {}, t("create.numbers")),
        h("div", { class: "face-numbers" }, POINTS.map((name, index) => h("fieldset", {},
          h("legend", {}, t(`create.point.${name}`)),
          ["x", "y"].map((axis, part) => h("input", {
            class: "input", type: "number", min: 0, max: part ? height : width, value: String(Math.round(points[2 * index + part])), data: { [axis]: String(index) },
            "aria-label": `${t(`create.point.${name}`)} ${axis}`,
            on: { change: (event) => move(index, part ? points[2 * index] : Number(event.target.value), part ? Number(event.target.value) : points[2 * index + 1]) },
          })))))) : null);
  }

  draw();
}

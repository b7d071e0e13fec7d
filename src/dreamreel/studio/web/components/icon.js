/* Icons: one stroke, round ends, drawn on a grid of 24. `icon("trash")`, `icon("star", {filled: true})`. */

import { svg } from "../dom.js";

const PATHS = {
  create: "M12 3l1.9 5.1L19 10l-5.1 1.9L12 17l-1.9-5.1L5 10l5.1-1.9zM19 16l.8 2.2L22 19l-2.2.8L19 22l-.8-2.2L16 19l2.2-.8z",
  enhance: "M4 20L14.5 9.5M13 8l3 3M17.5 3l.9 2.6L21 6.5l-2.6.9-.9 2.6-.9-2.6L14 6.5l2.6-.9zM8 4l.6 1.6 1.6.6-1.6.6L8 8.4l-.6-1.6-1.6-.6 1.6-.6zM19.5 14l.5 1.4 1.4.5-1.4.5-.5 1.4-.5-1.4-1.4-.5 1.4-.5z",
  jobs: "M4 6h16M4 12h10M4 18h7M17 14v7l5-3.5z",
  convert: "M4 8.5h13M13.5 5l3.5 3.5-3.5 3.5M20 15.5H7M10.5 12L7 15.5l3.5 3.5",
  cut: "M7 4l9 12.5M17 4L8 16.5M6.5 15a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM17.5 15a2.5 2.5 0 100 5 2.5 2.5 0 000-5z",
  "mark-in": "M9 4.5H5v15h4M19.5 12H10M13.5 8.5L10 12l3.5 3.5", "mark-out": "M15 4.5h4v15h-4M4.5 12H14M10.5 8.5L14 12l-3.5 3.5",
  "step-back": "M17 6v12l-8-6zM7 6v12", "step-on": "M7 6v12l8-6zM17 6v12",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4",
  text: "M4 6h16v12H4zM7.5 14h5M15 14h1.5M7.5 10.5h2M12 10.5h4.5",
  library: "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5a2 2 0 100 4 2 2 0 000-4zM8 15a2 2 0 100 4 2 2 0 000-4z",
  photo: "M4 6h16v12H4zM4 15l4.5-4 4 4 2.5-2 5 4M15.5 9.2h.01",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.4 3.4 0 100 6.8 3.4 3.4 0 000-6.8z",
  paste: "M9 4h6v3H9zM9 5.5H6V20h12V5.5h-3M9 12h6M9 16h4",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  close: "M6 6l12 12M18 6L6 18", plus: "M12 5v14M5 12h14", minus: "M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  "chevron-down": "M6 9.5l6 6 6-6", "chevron-right": "M9.5 6l6 6-6 6",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  upload: "M12 16V5M7.5 9L12 4.5 16.5 9M5 20h14",
  again: "M19.5 12a7.5 7.5 0 11-2.2-5.3L20 9.4M20 4.5v5h-5",
  vary: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13.5v6M13.5 16.5h6",
  pause: "M9 6v12M15 6v12", play: "M8 5.5v13l10.5-6.5z", stop: "M7 7h10v10H7z",
  star: "M12 4l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6z",
  heart: "M12 19.5S4.5 15 4.5 9.7A4 4 0 0112 7.6a4 4 0 017.5 2.1c0 5.3-7.5 9.8-7.5 9.8z",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 13h8.4L17 7M10.5 11v5M13.5 11v5",
  edit: "M5 19l1-4L16 5l3 3L9 18z", search: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20",
  info: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 11v5M12 8h.01",
  warning: "M12 4.5L21 19.5H3zM12 10v4.5M12 17h.01",
  shield: "M12 3.5l7 2.5v5.5c0 4.4-2.9 7.6-7 9-4.1-1.4-7-4.6-7-9V6zM9 12l2.2 2.2L15.2 10",
  moon: "M19.5 14.5A8 8 0 019.5 4.5a8 8 0 1010 10z",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.5l3 2",
  face: "M12 4a8 8 0 100 16 8 8 0 000-16zM9 10.5h.01M15 10.5h.01M8.5 14.5a4.6 4.6 0 007 0",
  sound: "M5 10v4h3l4 3.5v-11L8 10zM15.5 9.5a3.6 3.6 0 010 5M18 7a7 7 0 010 10",
  loop: "M7 7h9a4 4 0 010 8H8a4 4 0 01-3.5-6M9.5 4.5L7 7l2.5 2.5",
  sliders: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5a2 2 0 100 4 2 2 0 000-4zM8 15a2 2 0 100 4 2 2 0 000-4z",
  more: "M5 12a1 1 0 102 0 1 1 0 10-2 0M11 12a1 1 0 102 0 1 1 0 10-2 0M17 12a1 1 0 102 0 1 1 0 10-2 0", menu: "M4 7h16M4 12h16M4 17h16",
  up: "M12 19V5M6.5 10.5L12 5l5.5 5.5", down: "M12 5v14M6.5 13.5L12 19l5.5-5.5",
  cloud: "M7.5 18a4 4 0 01-.6-7.9 5.2 5.2 0 0110-1.3A4.6 4.6 0 0116.5 18z",
  wind: "M4 9h9.5a2.5 2.5 0 10-2.3-3.5M4 13h14a2.5 2.5 0 11-2.3 3.5M4 17h6",
  disk: "M5 7c0-4 14-4 14 0v10c0 4-14 4-14 0zM5 7c0 4 14 4 14 0M5 12c0 4 14 4 14 0",
  chip: "M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8h.01", filter: "M4 6h16l-6 7v6l-4-2v-4z", copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  expand: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", link: "M10 14l4-4M8 11l-2 2a3.5 3.5 0 005 5l2-2M16 13l2-2a3.5 3.5 0 00-5-5l-2 2",
  restore: "M4.5 12a7.5 7.5 0 112.2 5.3M4.5 12L2 9.5M4.5 12L7 9.5", folder: "M4 6h6l2 2.5h8V19H4z",
};

/** An icon as an SVG; decorative unless a `label` is given. */
export function icon(name, { label = "", filled = false, fallback = "create" } = {}) {
  const path = PATHS[name] ?? PATHS[fallback] ?? PATHS.create;
  const drawn = svg("svg", { viewBox: "0 0 24 24", class: filled ? "icon is-filled" : "icon" }, svg("path", { d: path }));
  if (label) {
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", label);
  } else drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

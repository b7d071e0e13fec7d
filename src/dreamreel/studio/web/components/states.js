/* What a page shows when there is nothing, when it waits, and when something went wrong. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";

/** One of the cast as a picture; `who` is a kind such as "owl". Decorative. */
export const castPicture = (who, size = 96) =>
  h("img", { class: "cast", src: `/web/cast/${who}.webp`, alt: "", width: size, height: size, loading: "lazy", decoding: "async", draggable: "false" });

/** `emptyState({picture: "owl", title: "Nothing here yet", text: "…", action: {label, href | run}})`. */
export const emptyState = ({ picture = "cloud", title, text, action }) =>
  h("div", { class: "empty" },
    h("div", { class: "empty-picture" }, castPicture(picture, 128)),
    h("h2", {}, title),
    text ? h("p", {}, text) : null,
    action?.href ? h("a", { class: "btn is-primary", href: action.href }, action.label) : null,
    action?.run ? h("button", { class: "btn is-primary", type: "button", on: { click: action.run } }, action.label) : null);

/** Grey shapes of what will come, so that nothing moves when it does. */
export const skeleton = (count = 6, kind = "tile") =>
  h("div", { class: `skeletons is-${kind}`, role: "status", "aria-label": t("shell.loading") },
    Array.from({ length: count }, () => h("div", { class: "skeleton" })));

/** A failure with its sentence and a way out: `problemCard(error, {retry: load})`. */
export const problemCard = (error, { retry, actions = [], picture = "" } = {}) =>
  h("div", { class: "problem", role: "alert" },
    picture ? castPicture(picture, 96) : icon("warning"),
    h("div", { class: "problem-text" },
      h("h2", {}, error.code === "Offline" ? t("shell.offline") : error.title || t("shell.wrong")),
      h("p", {}, error.code === "Offline" ? t("shell.offlineText") : error.detail || error.message)),
    retry || actions.length
      ? h("div", { class: "row" },
        retry ? h("button", { class: "btn", type: "button", on: { click: retry } }, icon("again"), t("shell.retry")) : null,
        actions)
      : null);

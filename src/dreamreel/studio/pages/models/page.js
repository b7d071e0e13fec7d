/* Models: the networks that are here, those that others made and that were added, and those that could be. */

import { api } from "/web/api.js";
import { fill, h } from "/web/dom.js";
import { fmt, has, t } from "/web/i18n.js";
import { icon } from "/web/components/icon.js";
import { problemCard, skeleton } from "/web/components/states.js";

const GROUPS = [
  { name: "shipped", belongs: (model) => model.origin === "shipped" },
  { name: "added", belongs: (model) => model.origin !== "shipped" && model.installed },
  { name: "known", belongs: (model) => !model.installed },
];
const SHAPES = { enlarge: "expand", restore: "create", faces: "face", colourise: "sun" };
/* 59852 → "60 K" */
const many = (count) => fmt.number(count, { notation: "compact", maximumSignificantDigits: 3 });

const title = (model) => (model.family && has(`models.family.${model.family}`) ? t(`models.family.${model.family}`) : model.name);
const purpose = (model) => (model.family && has(`models.for.${model.family}`) ? t(`models.for.${model.family}`) : `${model.purpose.charAt(0).toUpperCase()}${model.purpose.slice(1)}.`);

function card(model) {
  const line = (name, value) => (value === null || value === "" || value === undefined ? null : [h("dt", {}, t(`models.${name}`)), h("dd", {}, value)]);
  const size = model.size ? t(`models.size.${model.size}`) : "";
  return h("li", { class: "card model" },
    h("div", { class: "model-head" }, h("span", { class: "model-shape" }, icon(SHAPES[model.use] ?? "chip")),
      h("div", {}, h("h3", {}, title(model)), model.family ? h("p", { class: "soft figures" }, model.name) : h("p", { class: "soft" }, t("models.by", { author: model.author })))),
    h("p", {}, purpose(model)),
    h("p", { class: "row" },
      model.use === "faces" || model.use === "colourise" ? null : h("span", { class: "pill" }, model.scale > 1 ? t("models.times", { times: model.scale }) : t("models.same")),
      size ? h("span", { class: "pill is-plain" }, size) : null,
      h("span", { class: model.commercial ? "pill is-good" : "pill is-warn" }, icon(model.commercial ? "check" : "warning"), model.licence === "unknown" ? t("models.noLicence") : model.licence)),
    h("dl", { class: "facts" }, line("numbers", model.parameters ? many(model.parameters) : null), line("file", model.bytes ? fmt.bytes(model.bytes) : null), line("architecture", model.family ? null : model.architecture), line("accepted", model.accepted)),
    model.family ? null : h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("models.licence"), h("span", { class: "only-read" }, ` ${model.name}`)),
      h("div", { class: "stack-s" }, h("p", {}, h("strong", {}, model.licence_title)), h("p", { class: "soft" }, model.terms), model.commercial ? null : h("p", { class: "note is-warn" }, icon("warning"), h("span", {}, t("models.notForMoney"))), h("p", { class: "soft" }, model.source))));
}

function howTo() {
  const command = (text) => h("code", { class: "model-command" }, text);
  return h("section", { class: "card stack", "aria-labelledby": "models-how" }, h("h2", { id: "models-how", class: "card-title" }, t("models.how")),
    h("p", {}, t("models.howText")),
    h("div", { class: "stack-s" }, h("p", { class: "label" }, t("models.haveFile")), command("dreamreel models add FILE")),
    h("div", { class: "stack-s" }, h("p", { class: "label" }, t("models.haveAddress")), command("dreamreel models pull NAME --from ADDRESS")),
    h("p", { class: "hint" }, t("models.howHint")));
}

async function show(place, signal) {
  fill(place, skeleton(4, "tile"));
  let models;
  try {
    models = await api.get("/models", null, { signal });
  } catch (error) {
    if (!signal.aborted) fill(place, problemCard(error, { retry: () => void show(place, signal) }));
    return;
  }
  const groups = GROUPS.map((group) => ({ ...group, models: models.filter(group.belongs) }));
  fill(place, groups.map((group) => [
    group.models.length ? h("section", { class: "models-group", "aria-labelledby": `models-${group.name}` },
      h("header", {}, h("h2", { id: `models-${group.name}` }, t(`models.group.${group.name}`), h("span", { class: "pill is-plain figures" }, fmt.number(group.models.length))), h("p", { class: "soft" }, t(`models.group.${group.name}Text`))),
      h("ul", { class: "model-list" }, group.models.map(card))) : null,
    group.name === "added" ? howTo() : null,
  ]));
}

export default {
  title: "models.title",
  mount(root, ctx) {
    const place = h("div", { class: "models" });
    fill(root, h("header", { class: "page-head" }, h("div", {}, h("h1", {}, t("models.title")), h("p", {}, t("models.lead"))),
      h("a", { class: "btn is-small spread", href: "/enhance" }, icon("enhance"), t("models.back"))), place);
    void show(place, ctx.signal);
  },
};

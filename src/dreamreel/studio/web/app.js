/* The shell: what is around every page. It loads the texts, says who is connected, and hands pages their ctx. */

import { api, onUnreachable } from "./api.js";
import { announce, assign, debounce, fill, h } from "./dom.js";
import { events } from "./events.js";
import { has, preferred, speak, t, fmt } from "./i18n.js";
import { icon } from "./components/icon.js";
import { problemCard } from "./components/states.js";
import { confirm, dialog } from "./components/dialog.js";
import { toast } from "./components/toast.js";
import { navigate, onBroken, route } from "./router.js";
import { facts, local } from "./store.js";

const main = document.getElementById("main");
const navigation = document.getElementById("nav");

/** Shows a theme at once: "auto", "light", "dark" or "contrast". */
export function dress(theme) {
  document.documentElement.dataset.theme = theme;
  local.set("theme", theme);
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", paper);
}

async function refreshStatus() {
  const status = await api.get("/status");
  facts.set("status", status);
  return status;
}
const soonStatus = debounce(() => refreshStatus().catch(() => {}), 250);

function navLink(page) {
  return h("a", { class: "nav-link", href: `/${page.name}`, data: { page: page.name } },
    icon(page.icon ?? page.name, { fallback: page.name }),
    h("span", { class: "nav-text" }, t(has(`nav.${page.name}`) ? `nav.${page.name}` : `${page.name}.title`)),
    h("span", { class: "nav-count", hidden: true }));
}

function drawNavigation(pages) {
  fill(navigation, pages.filter((page) => page.listed).sort((a, b) => a.order - b.order).map(navLink));
  navigation.removeAttribute("aria-busy");
  navigation.setAttribute("aria-label", t("shell.pages"));
}

function mark(page) {
  for (const link of navigation.querySelectorAll("a")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showCounts(status) {
  const busy = (status.queue?.queued ?? 0) + (status.queue?.running ?? 0);
  for (const link of navigation.querySelectorAll('[data-page="jobs"]')) {
    const count = link.querySelector(".nav-count");
    count.hidden = !busy;
    fill(count, fmt.number(busy), h("span", { class: "only-read" }, ` ${t("shell.busy", { count: busy })}`));
  }
  const badge = document.getElementById("badge");
  fill(badge, icon("shield"), h("span", {}, t("shell.connections", { count: status.connections ?? 0 })),
    h("span", { class: "badge-more" }, t("shell.private")));
  badge.dataset.level = status.sandbox?.level ?? "none";
}

function privacy() {
  const status = facts.get("status") ?? {};
  const level = status.sandbox?.level ?? "none";
  void dialog({
    title: t("shell.privacy"),
    body: [
      h("p", {}, t("shell.privacyText")),
      h("dl", { class: "facts" },
        h("dt", {}, t("shell.connectionsNow")), h("dd", {}, fmt.number(status.connections ?? 0)),
        h("dt", {}, t("shell.sandbox")), h("dd", {}, t(`shell.sandbox.${level}`)),
        h("dt", {}, t("shell.version")), h("dd", {}, status.version ?? "")),
      status.sandbox?.detail ? h("p", { class: "soft" }, status.sandbox.detail) : null,
    ],
    actions: [{ label: t("shell.close"), value: "close", kind: "primary" }],
  });
}

function offline(gone) {
  const banner = document.getElementById("offline");
  if (gone) fill(banner, icon("moon"), h("p", {}, h("strong", {}, t("shell.offline")), " ", t("shell.offlineText")));
  banner.hidden = !gone;
}

function refused() {
  main.removeAttribute("aria-busy");
  fill(main, problemCard({ title: t("shell.refused"), detail: t("shell.refusedText") }, { picture: "owl" }));
}

function context(signal, params) {
  return { api, t, fmt, events, toast, dialog, confirm, navigate, announce, facts, local, params, signal, dress };
}

async function languages() {
  const settings = await api.get("/settings").catch((error) => {
    if (error.status === 401 || error.status === 403) throw error;
    return {};
  });
  const status = await refreshStatus();
  facts.set("settings", settings);
  const wished = settings.language && settings.language !== "auto" ? settings.language : preferred(status.languages ?? ["en"]);
  await speak(wished).catch(() => speak("en"));
  if (settings.theme) dress(settings.theme);
  return status;
}

async function start() {
  onUnreachable(() => events.suspect());
  onBroken((error) => fill(main, problemCard(
    { title: t("shell.broken"), detail: String(error.message ?? error) }, { retry: () => location.reload() })));
  let status;
  try {
    status = await languages();
  } catch (error) {
    await speak("en").catch(() => {});
    if (error.status === 401 || error.status === 403) return void refused();
    offline(true);
    events.start();
    events.on("online", () => location.reload());
    return;
  }
  assign(document.getElementById("skip"), { textContent: t("shell.skip") });
  assign(document.getElementById("brand"), { "aria-label": t("shell.home") });
  drawNavigation(status.pages);
  // A new button rather than a wider one: nothing that is seen moves.
  const placeholder = document.getElementById("badge");
  placeholder.replaceWith(placeholder.cloneNode(false));
  facts.watch("status", showCounts);
  document.getElementById("badge").addEventListener("click", privacy);
  events.on("job", (_, name) => { if (name !== "job.progress") soonStatus(); });
  events.on("reset", soonStatus);
  events.on("offline", () => offline(true));
  events.on("online", () => { offline(false); soonStatus(); announce(t("shell.back")); });
  events.on("refused", refused);
  events.start();
  document.documentElement.classList.add("is-ready");
  await route({ root: main, pages: [...status.pages].sort((a, b) => a.order - b.order).map((page) => page.name), context, changed: mark });
  serviceWorker();
  if (settings().tour_done === false) void import("/web/components/tour.js").then((tour) => tour.offerTour(), () => {});
}

const settings = () => facts.get("settings") ?? {};

function serviceWorker() {
  if (!("serviceWorker" in navigator)) return;
  const policy = globalThis.trustedTypes?.createPolicy("dreamreel", { createScriptURL: () => "/sw.js" });
  void navigator.serviceWorker.register(policy ? policy.createScriptURL("") : "/sw.js").catch(() => {});
}

void start();

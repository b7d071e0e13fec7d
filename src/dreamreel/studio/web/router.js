/* Addresses and pages: `/library?query=sea` shows the module `/pages/library/page.js`.

   A page:  export default { title: "library.title", mount(root, ctx), change?(params), unmount?() }
   ctx.signal is aborted when the page goes, so listeners and requests that carry it stop by themselves. */

import { fill, h } from "./dom.js";

let current = null;
let make = () => ({});
let outlet = null;
let known = [];
let moved = () => {};
let turn = 0;

/** Goes to a page of the studio: `navigate("/library?photo=i1")`. */
export function navigate(to, { replace = false } = {}) {
  const url = new URL(to, location.href);
  if (url.href !== location.href) history[replace ? "replaceState" : "pushState"](null, "", url);
  return show();
}

/** Starts routing into `root`; `context(signal, params)` makes a page's ctx, `changed(name)` marks the navigation. */
export function route({ root, pages, context, changed }) {
  [outlet, known, make, moved] = [root, pages, context, changed];
  addEventListener("popstate", () => void show());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !name(link.pathname)) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
    event.preventDefault();
    void navigate(link.href);
  });
  return show();
}

const name = (path) => {
  const asked = path.split("/")[1] || known[0];
  return known.includes(asked) ? asked : "";
};

async function show() {
  const page = name(location.pathname) || known[0];
  const params = new URLSearchParams(location.search);
  if (current?.name === page) {
    current.module.change?.(params);
    return;
  }
  const mine = ++turn;
  const first = !current;
  leave();
  moved(page);
  let module;
  try {
    [{ default: module }] = await Promise.all([import(`/pages/${page}/page.js`), style(`/pages/${page}/page.css`)]);
  } catch (error) {
    if (mine === turn) broken(error);
    return;
  }
  if (mine !== turn) return;
  const controller = new AbortController();
  const root = h("div", { class: `page page-${page}` });
  current = { name: page, module, controller };
  const ctx = make(controller.signal, params);
  document.title = `${ctx.t(module.title)} · Dreamreel`;
  outlet.removeAttribute("aria-busy");
  fill(outlet, root);
  if (!first) {
    scrollTo(0, 0);
    outlet.focus({ preventScroll: true });
  }
  await module.mount(root, ctx);
}

function leave() {
  if (!current) return;
  current.controller.abort();
  current.module.unmount?.();
  current = null;
}

const styles = new Map();
function style(href) {
  if (!styles.has(href)) {
    styles.set(href, new Promise((done) => {
      document.head.append(h("link", { rel: "stylesheet", href, on: { load: done, error: done } }));
    }));
  }
  return styles.get(href);
}

let broken = () => {};
/** Called when a page's module could not be loaded. */
export const onBroken = (run) => { broken = run; };

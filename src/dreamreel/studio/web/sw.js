/* The service worker keeps the shell (never photos, words or films), so that the page opens and says what is
   wrong while the studio is not running. The network is always asked first. */

const NAME = "dreamreel-shell-__VERSION__";
const kept = (url) => url.pathname.startsWith("/web/") || url.pathname.startsWith("/pages/") || url.pathname.startsWith("/texts/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (!url.search.includes("token=")) event.respondWith(answer(event.request, "/"));
  } else if (kept(url)) event.respondWith(answer(event.request, event.request));
});

async function answer(request, key) {
  const cache = await caches.open(NAME);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && fresh.type === "basic" && !fresh.redirected) await cache.put(key, fresh.clone());
    return fresh;
  } catch (error) {
    const old = await cache.match(key);
    if (old) return old;
    throw error;
  }
}

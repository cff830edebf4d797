// The worker of /sheet/: two pages and their looks, and nothing else. They hold service numbers and an empty
// form, never a caller's data. The network comes first; the copy is for when there is none.

const KEPT = "sheet-1";
const PAGES = ["/sheet/", "/sheet/form"];
const LOOKS = /\/static\/(css\/(tokens|sheet)\.css|js\/sheet(-keeper)?\.js|mark\.svg)/;
const PATIENCE_MS = 4000;

const worker = /** @type {any} */ (self);

/** @param {Response} answer */
function mayBeKept(answer) {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

/** Both pages and what they link to, as the server has them now. */
async function keepAll() {
  const kept = await caches.open(KEPT);
  for (const page of PAGES) {
    const answer = await fetch(page, { credentials: "same-origin", cache: "no-store" });
    if (!mayBeKept(answer)) continue;
    const text = await answer.clone().text();
    await kept.put(page, answer);
    for (const [, link] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (!LOOKS.test(link)) continue;
      const look = await fetch(link);
      if (mayBeKept(look)) await kept.put(new URL(link, worker.location.origin).pathname, look);
    }
    const keeper = await fetch("/static/js/sheet-keeper.js");
    if (mayBeKept(keeper)) await kept.put("/static/js/sheet-keeper.js", keeper);
  }
}

/** @param {Request} request @param {string} path */
async function answer(request, path) {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), PATIENCE_MS);
  try {
    const fresh = await fetch(request, { signal: slow.signal });
    if (fresh.status < 500) return fresh;
    return (await caches.match(path, { ignoreVary: true })) ?? fresh;
  } catch (error) {
    const kept = await caches.match(path, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

worker.addEventListener("install", (/** @type {any} */ event) => {
  worker.skipWaiting();
  event.waitUntil(keepAll().catch(() => undefined));
});
worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))));
});
worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "refresh") event.waitUntil(keepAll().catch(() => undefined));
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const url = new URL(event.request.url);
  const mine = url.origin === worker.location.origin && (PAGES.includes(url.pathname) || LOOKS.test(url.pathname));
  if (event.request.method === "GET" && mine) event.respondWith(answer(event.request, url.pathname));
});

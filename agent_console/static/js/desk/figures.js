// The four figures of an idle desk come with the server's message, once a second for all desks: no page is
// asked for. Lists that may have changed are fetched later, each desk at its own moment, so that one call
// that is owed does not make every desk ask at once.

const LISTS_SPREAD_MS = 40000;
let lists = 0;

/** @param {Record<string, any>} figures */
function show(figures) {
  for (const shown of document.querySelectorAll("#bar [data-figure]")) {
    const name = shown.getAttribute("data-figure") ?? "";
    if (!(name in figures)) continue;
    if (name === "longest") showLongest(shown, figures);
    else if (shown.textContent !== figures[name]) shown.textContent = figures[name];
  }
}

/** A new element begins to count anew. @param {Element} shown @param {Record<string, any>} figures */
function showLongest(shown, figures) {
  const fresh = /** @type {Element} */ (shown.cloneNode(false));
  fresh.textContent = figures.longest;
  if (figures.longest_seconds === null) fresh.removeAttribute("data-since");
  else fresh.setAttribute("data-since", String(Math.floor(figures.longest_seconds)));
  shown.replaceWith(fresh);
}

document.body.addEventListener("desk.figures", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  show(detail);
  if (!detail.lists || lists) return;
  lists = window.setTimeout(() => {
    lists = 0;
    document.body.dispatchEvent(new CustomEvent("desk.lists"));
  }, Math.random() * LISTS_SPREAD_MS);
});

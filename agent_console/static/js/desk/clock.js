// Digits that run: they count from what the server said, by this page's own steady clock.

/** @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** @type {WeakMap<Element, number>} */
const seen = new WeakMap();

/** @param {Element} element */
function elapsed(element) {
  if (!seen.has(element)) seen.set(element, performance.now());
  return (performance.now() - /** @type {number} */ (seen.get(element))) / 1000;
}

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = span(Number(element.getAttribute("data-since")) + elapsed(element));
  }
  for (const element of document.querySelectorAll("[data-left]")) {
    const left = Number(element.getAttribute("data-left")) - elapsed(element);
    if (element instanceof SVGElement) {
      showRing(element, left);
      sayLeft(element, left);
    } else element.textContent = span(left);
  }
}

/** @param {Element} text @param {number} left */
function showRing(text, left) {
  text.textContent = String(Math.max(0, Math.ceil(left)));
  const ring = text.parentElement?.querySelector('[data-role="countdown-ring"]');
  const whole = Number(text.getAttribute("data-whole")) || 1;
  ring?.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(100, (100 * left) / whole))} 100`);
}

const SAID_AT = [10, 5];

/** Who does not see the ring hears when little is left to answer. @param {Element} text @param {number} left */
function sayLeft(text, left) {
  const line = text.closest("section")?.querySelector('[data-role="countdown-words"]');
  const seconds = SAID_AT.filter((at) => left <= at && left > 0).pop();
  if (!(line instanceof HTMLElement) || seconds === undefined || line.dataset.said === String(seconds)) return;
  line.dataset.said = String(seconds);
  line.textContent = (line.dataset.words ?? "").replace("{n}", String(seconds));
}

export function startClock() {
  setInterval(tick, 250);
}

// The board keeps itself fresh: one request brings every part as one moment. A part whose row is under the
// pointer, or whose menu is open, waits until it is left; danger, help and figures never wait.

const LEAST_MS = 1000;
const HEAL_MS = 10000;
const STALE_SECONDS = 25;

/** @type {HTMLElement | null} */
const root = document.querySelector('[data-role="board"]');
/** @type {Map<string, HTMLElement>} */
const waiting = new Map();
let lastAsked = 0;
let lastHeard = Date.now();
let asking = false;
/** @type {number | undefined} */
let planned;

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// The server's clock rules: the browser's own may be wrong by minutes.
let ahead = 0;
function readClock() {
  const at = Number(document.querySelector("[data-at]")?.getAttribute("data-at") ?? 0);
  if (at) ahead = at * 1000 - Date.now();
}
const serverNow = () => (Date.now() + ahead) / 1000;

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const text = span(serverNow() - Number(element.getAttribute("data-since")));
    if (element.textContent !== text) element.textContent = text;
  }
  const age = Math.round((Date.now() - lastHeard) / 1000);
  const stale = age > STALE_SECONDS;
  document.body.classList.toggle("stale-data", stale);
  for (const line of document.querySelectorAll('[data-role="age"]')) {
    if (!(line instanceof HTMLElement)) continue;
    const words = line.querySelector('[data-role="age-words"]');
    const time = new Date(lastHeard + ahead).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    const text = (stale ? line.dataset.stale : line.dataset.fresh) ?? "";
    if (words) words.textContent = text.replace("{n}", String(age)).replace("{time}", time);
  }
  const clock = document.querySelector('[data-role="clock"]');
  if (clock) clock.textContent = new Date(serverNow() * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
}

/** What a part says, without its running clocks and its form tokens. @param {Element} part */
function essence(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const clock of copy.querySelectorAll("[data-since]")) clock.textContent = "";
  for (const token of copy.querySelectorAll('[name="csrf_token"]')) token.remove();
  for (const note of copy.querySelectorAll('[data-role="held"]')) note.remove();
  copy.removeAttribute("data-at");
  return copy.innerHTML;
}

/** @param {Element} part */
function isHeld(part) {
  if (part.hasAttribute("data-at-once")) return false;
  const active = document.activeElement;
  const typing = active instanceof HTMLInputElement || active instanceof HTMLSelectElement;
  return Boolean(part.querySelector("[data-row]:hover, details[open]") || (typing && part.contains(active)));
}

/** @param {HTMLElement} fresh */
function place(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return;
  const note = old.querySelector('[data-role="held"]');
  if (essence(old) === essence(fresh)) {
    if (fresh.dataset.at) old.setAttribute("data-at", fresh.dataset.at);
    waiting.delete(fresh.id);
    if (note instanceof HTMLElement) note.hidden = true;
    return;
  }
  if (isHeld(old)) {
    waiting.set(fresh.id, fresh);
    if (note instanceof HTMLElement) note.hidden = false;
    return;
  }
  waiting.delete(fresh.id);
  const scroll = old.querySelector(".scroll")?.scrollTop ?? 0;
  const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  old.replaceWith(fresh);
  const scroller = fresh.querySelector(".scroll");
  if (scroller) scroller.scrollTop = scroll;
  // Whoever stood on a link with the keyboard stands on the same link afterwards.
  const link = focused ? fresh.querySelector(`a[href="${CSS.escape(focused)}"]`) : null;
  if (link instanceof HTMLElement) link.focus();
}

function placeWaiting() {
  for (const fresh of [...waiting.values()]) place(fresh);
}

/** The form stands in the page once; it is filled in for the seat whose menu is opened. @param {EventTarget | null} menu */
function fillSeatMenu(menu) {
  const one = document.querySelector("template#seat-form");
  if (!(menu instanceof HTMLDetailsElement) || !menu.open || !menu.dataset.action) return;
  if (!(one instanceof HTMLTemplateElement) || menu.querySelector("form")) return;
  menu.append(document.importNode(one.content, true));
  const form = menu.querySelector("form");
  const status = form?.querySelector("select");
  if (form) form.action = menu.dataset.action;
  if (status) status.value = menu.dataset.status ?? "";
}

async function refresh() {
  if (!root || asking) return;
  asking = true;
  lastAsked = Date.now();
  try {
    const answer = await fetch(root.dataset.live ?? "", { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    lastHeard = Date.now();
    for (const fresh of page.querySelectorAll("[data-part]")) place(/** @type {HTMLElement} */ (document.importNode(fresh, true)));
    // The day is counted anew now and then: what was told since is worth asking for in a moment.
    const again = page.querySelector("[data-again]")?.getAttribute("data-again");
    if (again) setTimeout(plan, Number(again) * 1000);
    readClock();
    tick();
    document.body.dispatchEvent(new CustomEvent("board.fresh"));
  } catch {
    // No network: the last figures stay, and the line above says since when they stand still.
  } finally {
    asking = false;
  }
}

/** At most one request a second, and never a fact without a request after it. */
function plan() {
  if (planned !== undefined) return;
  const wait = Math.max(0, lastAsked + LEAST_MS - Date.now());
  planned = window.setTimeout(() => {
    planned = undefined;
    void refresh();
  }, wait);
}

if (root) {
  readClock();
  tick();
  setInterval(tick, 1000);
  setInterval(plan, HEAL_MS);
  document.body.addEventListener("live.fact", plan);
  document.body.addEventListener("live.resumed", plan);
  root.addEventListener("pointerout", () => requestAnimationFrame(placeWaiting));
  root.addEventListener("toggle", (event) => {
    fillSeatMenu(event.target);
    placeWaiting();
  }, true);
  root.addEventListener("focusout", () => requestAnimationFrame(placeWaiting));
}

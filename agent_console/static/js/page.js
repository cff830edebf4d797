// Every signed-in page: the live link, and what every htmx request carries.
import { connectLive } from "./live.js";

/** Events of a person's hand; anything else that starts a request is a timer or a pushed fact. */
const BY_HAND = ["click", "submit", "change", "input", "keydown", "keyup"];

document.body.addEventListener("htmx:configRequest", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (!BY_HAND.includes(detail.triggeringEvent?.type)) detail.headers["X-Hotline-Passive"] = "1";
});

// A page whose person is signed out hears no more: it says so, and takes it back once a request is answered again.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const status = /** @type {CustomEvent} */ (event).detail.xhr?.status ?? 0;
  const over = document.querySelector('[data-role="session-over"]');
  if (over instanceof HTMLElement && status) over.hidden = status !== 401;
});

// A form that htmx has not bound yet would leave the page and write its fields, a caller's words, into the
// address. What is swapped in is bound at once (no settle delay, base.html); this is for whatever comes between.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !form.matches("[hx-post], [hx-get]")) return;
  event.preventDefault();
  if (form.dataset.boundLate) return;
  form.dataset.boundLate = "yes";
  /** @type {any} */ (window).htmx.process(form);
  const { submitter } = event;
  setTimeout(() => form.requestSubmit(submitter)); // not while this event is still on its way: that is ignored
});

// "Connected" is said once this page can act on what it hears: all scripts have run and every control is bound.
// Earlier, a fact would find no listener, and a hand that trusts the word would press a dead button.
document.addEventListener("DOMContentLoaded", connectLive);

// On a narrow screen the menu scrolls sideways; where one is must be in sight.
const menu = /** @type {HTMLElement | null} */ (document.querySelector(".topbar .nav"));
const here = /** @type {HTMLElement | null} */ (menu?.querySelector("[aria-current]"));
if (menu && here) menu.scrollLeft = here.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;

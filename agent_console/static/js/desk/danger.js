// Danger at the desk: the key tells the supervisor and opens the checklist; a mark opens it too, once. Opening
// never moves the cursor, and what the checklist asks is decided by the person who reads it.
import { post } from "./http.js";

let openedFor = "";

const panel = () => document.getElementById("danger-panel");

/** @param {string} callId */
async function open(callId) {
  const slot = document.getElementById("danger-slot");
  if (!slot || !callId || panel()) return;
  const htmx = /** @type {any} */ (window).htmx;
  await htmx.ajax("GET", `/dangers/calls/${callId}/_panel`, { target: slot, swap: "innerHTML" });
}

function close() {
  panel()?.remove();
}

/** The bar shows a danger that was not there: somebody else's mark or the caller's key. @param {HTMLElement} bar */
export function followDanger(bar) {
  const danger = bar.dataset.danger ?? "";
  if (!danger) {
    openedFor = "";
    close();
    return;
  }
  if (danger === openedFor) return;
  openedFor = danger;
  close();
  void open(bar.dataset.call ?? "");
}

/**
 * @param {{bar: () => HTMLElement, callUrl: (verb: string) => string,
 *          attempt: (work: () => Promise<any>) => Promise<any>}} desk
 * @returns {Record<string, (button: HTMLElement|null) => void>} actions by role
 */
export function dangerActions(desk) {
  const toggle = () => {
    if (panel()) close();
    else void open(desk.bar().dataset.call ?? "");
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()?.contains(document.activeElement)) close();
  });
  return {
    danger: () => {
      if (desk.bar().dataset.danger) toggle();
      else void desk.attempt(() => post(desk.callUrl("danger")));
    },
    "open-danger": toggle,
    "close-danger-panel": close,
  };
}

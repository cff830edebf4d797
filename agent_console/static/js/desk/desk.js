// One page for a whole shift. The server says what is so; this page shows it, rings, and carries out
// what a hand asks. The bar is swapped as calls come and go; the form never moves under the hand.
import { ACTIONS, goTo } from "./actions.js";
import { listenToCallBacks } from "./call-back.js";
import { startClock } from "./clock.js";
import "./figures.js";
import { adoptBar, adoptMain } from "./following.js";
import { post } from "./http.js";
import { listenToKeys } from "./keys.js";
import "./refusal.js";
import { attempt, bar, desk, main, part, refresh } from "./room.js";
import { keepSheets } from "../sheet-keeper.js";
import { openPhone } from "./telephone.js";

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-role]") : null;
  if (!(button instanceof HTMLElement) || !ACTIONS[button.dataset.role ?? ""]) return;
  if (button instanceof HTMLAnchorElement) event.preventDefault();
  ACTIONS[button.dataset.role ?? ""](button);
});

document.body.addEventListener("scale.alarm", () => {
  const notice = part("ask-now");
  if (!notice?.hidden) return; // it was said once; the hand stays where it is
  notice.hidden = false;
  goTo("two_weeks");
});

listenToCallBacks(attempt, openPhone);
listenToKeys((role) => {
  const button = part(role);
  const always = ["finish", "save", "show-keys", "next-page"].includes(role);
  if (always || (button && !(button instanceof HTMLButtonElement && button.disabled))) ACTIONS[role](button);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset.role === "sign-on-form") {
    event.preventDefault();
    void attempt(() => post("/desk/sign-on", { seat: new FormData(form).get("seat") }));
  } else if (desk.note && form.method === "post" && !form.hasAttribute("hx-post")) {
    // Language, theme, signing out: the page goes; the text first.
    if (!desk.note.isDirty) return;
    event.preventDefault();
    void desk.note.flush().then((safe) => {
      desk.leaving = safe;
      if (safe) form.submit();
    });
  }
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.dataset.role !== "consent") return;
  const callId = main().dataset.call;
  void attempt(() => post(`/desk/calls/${callId}/consent`, { kind: box.dataset.kind, on: box.checked ? "yes" : "no" })).then(() => {
    document.body.dispatchEvent(new CustomEvent("desk.consents"));
  });
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const focused = document.activeElement;
  if (detail.target?.id === "main" && detail.target.dataset.mainKey === "idle" && detail.requestConfig.headers["X-Hotline-Passive"]) {
    // A timer never takes away what a hand is at.
    if (focused instanceof HTMLSelectElement && main().contains(focused)) detail.shouldSwap = false;
  }
  if (detail.target?.id === "bar" && focused instanceof HTMLInputElement && bar().contains(focused)) {
    if (detail.serverResponse.includes(`data-mode="${bar().dataset.mode}"`)) detail.shouldSwap = false;
  }
  if (detail.target?.id === "bar" && desk.endArmed) detail.shouldSwap = false;
});

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  // An open menu is not folded away by news.
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.target?.id === "own-status" && part("agent-status")?.hasAttribute("open")) detail.shouldSwap = false;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  const id = /** @type {CustomEvent} */ (event).detail.elt?.id;
  if (id === "bar") adoptBar();
  if (id === "main" || id === "side" || id === "note-form") adoptMain();
});

document.body.addEventListener("live.fact", (event) => {
  const { name } = /** @type {CustomEvent} */ (event).detail;
  if (/^(offer|call|callback|line|seat|danger|help|consent|recording|transfer|participation|linkage)\./.test(name)) refresh();
});

window.addEventListener("beforeunload", (event) => {
  if (desk.leaving || !desk.note?.isDirty) return;
  void desk.note.save();
  event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) void desk.note?.save();
});

// A page that is left takes the telephone with it: everything else opens beside the desk.
for (const link of document.querySelectorAll(".topbar a:not([aria-current])")) {
  link.setAttribute("target", "_blank");
  if (link.getAttribute("href") === "/knowledge/") link.setAttribute("data-role", "knowledge");
}
startClock();
keepSheets();
adoptMain();
adoptBar();
// A page that was loaded anew has no microphone yet, whatever the seat says: no caller may ring at a dead desk.
if (["idle", "offer"].includes(bar().dataset.mode ?? "")) {
  void attempt(() => post("/desk/device", { live: "no", reason: "reloaded" }, { passive: true }));
}

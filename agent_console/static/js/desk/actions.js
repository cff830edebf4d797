// What a hand asks of a call, a note and a seat, by button or key: one table.
import { dangerActions } from "./danger.js";
import { RefusedByServer, post } from "./http.js";
import { knowledgeActions } from "./knowledge.js";
import { nextPage, openPageOf, showPage } from "./pages.js";
import { attempt, bar, callUrl, desk, htmx, main, part, refresh, say, words } from "./room.js";
import { accept, makeReady, mute, openPhone } from "./telephone.js";
import { transferActions } from "./transfer.js";
import { takeBackVoid } from "./void-close.js";

const END_AGAIN_MS = 5000;

/** @param {string} role @param {string} verb */
function toggle(role, verb) {
  const on = part(role)?.getAttribute("aria-pressed") === "true";
  return attempt(() => post(callUrl(verb), { on: on ? "no" : "yes" }));
}

async function hangUp() {
  const high = Number(bar().dataset.level || 0) >= 3;
  const button = part("hang-up");
  if (high && !desk.endArmed && button) {
    const word = part("word", button);
    if (word) word.textContent = words.end_again;
    desk.endArmed = window.setTimeout(() => {
      desk.endArmed = 0;
      refresh();
    }, END_AGAIN_MS);
    return;
  }
  clearTimeout(desk.endArmed);
  desk.endArmed = 0;
  await attempt(async () => {
    await desk.note?.flush();
    await post(callUrl("end"));
  });
}

export async function finish() {
  if (!desk.note) return;
  if (bar().dataset.mode === "call" && bar().dataset.call === String(desk.note.callId)) return say(words.still_talking, true);
  const open = desk.note;
  if (!(await open.flush())) return say(words.not_saved, true);
  try {
    await post(`/desk/calls/${open.callId}/finish`);
    open.closed = true;
    open.form.dataset.state = "closed";
    delete main().dataset.opened;
    say("");
    if (bar().dataset.mode !== "wrap_up") await htmx.ajax("GET", "/desk/_main", { target: "#main", swap: "outerHTML" });
  } catch (error) {
    const missing = error instanceof RefusedByServer ? error.body.missing : null;
    if (missing?.length) {
      goTo(missing[0]);
      say(error instanceof RefusedByServer ? error.body.title : "", true);
    } else say(error instanceof RefusedByServer ? (error.body.title ?? words.failed) : words.failed, true);
  }
  refresh();
}

/** @param {string} field */
export function goTo(field) {
  const row = document.getElementById(`f-${field}`) ?? desk.note?.form.querySelector(`[name="${field}"]`) ?? null;
  openPageOf(main(), row);
  row?.scrollIntoView({ block: "nearest" });
  const control = row?.matches("input,select,textarea") ? row : row?.querySelector("input,select,textarea");
  if (control instanceof HTMLElement) control.focus();
  row?.classList.add("wanted");
  setTimeout(() => row?.classList.remove("wanted"), 4000);
}

/** @type {Record<string, (button: HTMLElement|null) => void>} */
export const ACTIONS = {
  ready: () => void makeReady(),
  "test-ring": () => void attempt(async () => {
    const opened = await openPhone();
    if (!opened.opened) await opened.open();
    await opened.testRing();
  }),
  "choose-status": (button) => void attempt(async () => {
    await post("/desk/status", { status: button?.dataset.status ?? "" });
    part("agent-status")?.removeAttribute("open");
  }),
  "choose-ready": () => {
    part("agent-status")?.removeAttribute("open");
    void makeReady();
  },
  "sign-off": () => void attempt(async () => {
    await desk.note?.flush();
    await post("/desk/sign-off");
  }),
  accept: () => void accept(),
  decline: () => void attempt(() => post(part("decline")?.dataset.url ?? "")),
  mute: () => void mute(),
  "handed-over-done": () => void attempt(async () => {
    await desk.note?.flush();
    await post(callUrl("finish"));
  }),
  hold: () => void toggle("hold", "hold"),
  "pause-recording": () => void toggle("pause-recording", "pause-recording"),
  help: () => void attempt(() => post(callUrl("help"))),
  "hang-up": () => void hangUp(),
  extend: () => void attempt(() => post("/desk/wrap-up/extend")),
  finish: () => void finish(),
  rest: () => void attempt(async () => {
    await post("/desk/status", { status: "after_hard_call" });
    await finish();
  }),
  save: () => void desk.note?.save(),
  "void-now": () => {
    if (bar().dataset.mode !== "call") return void (desk.note && takeBackVoid(desk.note.form));
    desk.finishAfterEnd = Number(bar().dataset.call);
    void hangUp();
  },
  "page-tab": (button) => showPage(main(), button?.dataset.page ?? ""),
  "next-page": () => nextPage(main()),
  "go-to": (button) => goTo(button?.dataset.field ?? ""),
  "keep-mine": () => void desk.note?.keepMine().then(hideConflict),
  "take-theirs": () => {
    desk.note?.takeTheirs();
    hideConflict();
  },
  "show-keys": () => keysDialog()?.showModal(),
  "close-keys": () => keysDialog()?.close(),
};

Object.assign(ACTIONS, dangerActions({ bar, callUrl, attempt }), knowledgeActions(main));
Object.assign(ACTIONS, transferActions({ callUrl, attempt, flush: async () => desk.note?.flush() }));

function keysDialog() {
  return /** @type {HTMLDialogElement|null} */ (document.getElementById("keys"));
}

function hideConflict() {
  const box = part("conflict");
  if (box) box.hidden = true;
}

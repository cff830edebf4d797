// One page for a whole shift. The server says what is so; this page shows it, rings, and carries out
// what a hand asks. The bar is swapped as calls come and go; the form never moves under the hand.
import { endAlarm, mayNotify, raiseAlarm } from "./alarm.js";
import { adoptCaptions } from "./captions.js";
import { listenToCallBacks } from "./call-back.js";
import { startClock } from "./clock.js";
import { makeForm, showRows } from "./form.js";
import { RefusedByServer, post } from "./http.js";
import { listenToKeys } from "./keys.js";
import { showSaved, showSaveState } from "./note-view.js";
import { Note } from "./note.js";
import { DeskPhone } from "./phone.js";
import "./refusal.js";
import { transferActions } from "./transfer.js";

const END_AGAIN_MS = 5000;
const page = /** @type {HTMLElement} */ (document.getElementById("desk"));
/** @type {Record<string, string>} */
const words = JSON.parse(page.dataset.words ?? "{}");
const htmx = /** @type {any} */ (window).htmx;

const bar = () => /** @type {HTMLElement} */ (document.getElementById("bar"));
const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));
/** @param {string} role @param {ParentNode} [within] @returns {HTMLElement|null} */
const part = (role, within = document) => within.querySelector(`[data-role="${role}"]`);

/** @type {Note|null} */
let note = null;
/** @type {DeskPhone|null} */
let phone = null;
let finishAfterEnd = 0;
let endArmed = 0;
let leaving = false;

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  const line = part("message");
  if (!line) return;
  line.hidden = !text;
  line.textContent = text;
  line.classList.toggle("bad", bad);
}

/** Do what a hand asked; what the server refuses is said in its own words. @param {() => Promise<any>} work */
async function attempt(work) {
  try {
    say("");
    return await work();
  } catch (error) {
    say(error instanceof RefusedByServer ? [error.body.title, error.body.advice].filter(Boolean).join(" ") || words.failed : words.failed, true);
    return undefined;
  } finally {
    refresh();
  }
}

function refresh() {
  document.body.dispatchEvent(new CustomEvent("desk.refresh"));
}

// ---------------------------------------------------------------- what the server shows

function adoptBar() {
  const now = bar();
  const mode = now.dataset.mode ?? "";
  if (mode === "offer") raiseAlarm(words);
  else endAlarm();
  if (mode !== "offer" && phone) phone.wantsToAnswer = false;
  if (mode !== "call") part("transfer-panel")?.remove();
  if (mode !== "offer" && part("message")?.textContent === words.connecting) say("");
  if (now.dataset.seat !== page.dataset.seat) {
    leaving = true;
    location.reload(); // another seat: another room of the live link
    return;
  }
  showMute();
  void followMain(now);
}

/** The main part follows the bar, but never before what was typed is with the server. @param {HTMLElement} now */
async function followMain(now) {
  const wanted = now.dataset.mainKey ?? "idle";
  const shown = main().dataset.mainKey ?? "";
  const talking = now.dataset.mode === "call";
  if (wanted !== shown) {
    const ownNote = wanted === "idle" && shown.startsWith("call:") && part("note")?.dataset.state === "draft";
    if (ownNote && main().dataset.opened) return; // an unfinished note that was opened by hand
    if (note && !(await note.flush())) return; // the text is still here; the next refresh tries again
    await htmx.ajax("GET", "/desk/_main", { target: "#main", swap: "outerHTML" });
    return;
  }
  const side = part("side");
  if (side && side.dataset.phase !== (talking ? "talk" : "after") && !main().dataset.opened) {
    if (note) await note.flush();
    await htmx.ajax("GET", side.dataset.url ?? "", { target: "#side", swap: "outerHTML" });
    const finish = part("finish");
    if (finish) finish.hidden = talking;
    if (note) showRows(note.form, main(), talking);
  }
  if (now.dataset.mode === "wrap_up" && finishAfterEnd && finishAfterEnd === Number(now.dataset.call)) {
    finishAfterEnd = 0;
    void finish();
  }
}

function adoptMain() {
  adoptCaptions();
  const form = document.getElementById("note-form");
  if (form instanceof HTMLFormElement && note?.form !== form) {
    note?.stop();
    makeForm(form, { words, talking: () => bar().dataset.mode === "call", changed: () => note?.changed() });
    note = new Note(form, {
      words,
      onSaved: (saved) => showSaved(main(), saved, words, note),
      onState: (kind, text) => showSaveState(main(), kind, text),
      onConflict: (conflict) => {
        const box = part("conflict");
        const differing = part("differing");
        if (box) box.hidden = false;
        if (differing) differing.textContent = conflict.differing.join(words.comma);
      },
    });
    if (!bar().dataset.call || bar().dataset.call !== form.dataset.call) main().dataset.opened = "by-hand";
  } else if (!form && note) {
    note.stop();
    note = null;
  }
  showDevice();
}

// ---------------------------------------------------------------- the telephone

function showDevice() {
  const state = phone?.state;
  const mark = (/** @type {string} */ role, /** @type {boolean} */ on) => {
    const field = part(role);
    if (field) field.textContent = (on ? field.dataset.on : field.dataset.off) ?? "";
  };
  mark("sound-state", state?.sound === "live");
  mark("line-state", Boolean(state?.registered));
}

function showMute() {
  const button = part("mute");
  const muted = Boolean(phone?.state.muted);
  button?.setAttribute("aria-pressed", String(muted));
  const word = button && part("word", button);
  if (word) word.textContent = muted ? words.muted : words.mute;
}

/** @returns {Promise<DeskPhone>} */
async function openPhone() {
  if (!phone) {
    const access = await post("/desk/softphone");
    phone = new DeskPhone({
      signallingUrl: access.signalling_url,
      onChange: () => {
        showDevice();
        showMute();
      },
      onIncoming: refresh,
      onLevel: (level) => {
        const meter = part("level");
        if (meter instanceof HTMLMeterElement) meter.value = level;
      },
      onWarning: (code) => {
        const field = part("device-note");
        if (field && code === "microphone-silent") field.textContent = words.silent;
      },
    });
  }
  return phone;
}

async function makeReady() {
  mayNotify();
  const field = part("device-words");
  if (field) field.textContent = words.opening;
  await attempt(async () => {
    const reason = await (await openPhone()).open();
    if (reason) {
      say(words[reason] ?? reason, true);
      if (field) field.textContent = words[reason] ?? reason;
      return;
    }
    await post("/desk/status", { status: "ready" });
    say(words.live);
    setTimeout(() => say(""), 4000);
  });
}

async function accept() {
  if (bar().dataset.mode !== "offer") return;
  await attempt(async () => {
    const answered = await (await openPhone()).answer();
    say(answered ? words.connecting : words.line_not_ringing);
  });
}

// ---------------------------------------------------------------- what a hand asks

const callUrl = (/** @type {string} */ verb) => `/desk/calls/${bar().dataset.call ?? main().dataset.call}/${verb}`;

/** @param {string} role @param {string} verb */
function toggle(role, verb) {
  const on = part(role)?.getAttribute("aria-pressed") === "true";
  return attempt(() => post(callUrl(verb), { on: on ? "no" : "yes" }));
}

/** Silent at once here; so for everybody when the line confirms. */
async function mute() {
  if (!phone) return;
  const muted = !phone.state.muted;
  phone.mute(muted);
  showMute();
  if (part("mute")?.dataset.lent !== "yes") await attempt(() => post(callUrl("mute"), { on: muted ? "yes" : "no" }));
}

async function hangUp() {
  const high = Number(bar().dataset.level || 0) >= 3;
  const button = part("hang-up");
  if (high && !endArmed && button) {
    const word = part("word", button);
    if (word) word.textContent = words.end_again;
    endArmed = window.setTimeout(() => {
      endArmed = 0;
      refresh();
    }, END_AGAIN_MS);
    return;
  }
  clearTimeout(endArmed);
  endArmed = 0;
  await attempt(async () => {
    await note?.flush();
    await post(callUrl("end"));
  });
}

async function finish() {
  if (!note) return;
  if (bar().dataset.mode === "call" && bar().dataset.call === String(note.callId)) return say(words.still_talking, true);
  const open = note;
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
function goTo(field) {
  const row = document.getElementById(`f-${field}`);
  row?.scrollIntoView({ block: "nearest" });
  const control = row?.matches("input,select,textarea") ? row : row?.querySelector("input,select,textarea");
  if (control instanceof HTMLElement) control.focus();
  row?.classList.add("wanted");
  setTimeout(() => row?.classList.remove("wanted"), 4000);
}

/** @type {Record<string, (button: HTMLElement|null) => void>} */
const ACTIONS = {
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
  "sign-off": () => void attempt(async () => {
    await note?.flush();
    await post("/desk/sign-off");
  }),
  accept: () => void accept(),
  decline: () => void attempt(() => post(part("decline")?.dataset.url ?? "")),
  mute: () => void mute(),
  "handed-over-done": () => void attempt(async () => {
    await note?.flush();
    await post(callUrl("finish"));
  }),
  hold: () => void toggle("hold", "hold"),
  "pause-recording": () => void toggle("pause-recording", "pause-recording"),
  help: () => void attempt(() => post(callUrl("help"))),
  danger: () => void attempt(() => post(callUrl("danger"))),
  "hang-up": () => void hangUp(),
  extend: () => void attempt(() => post("/desk/wrap-up/extend")),
  finish: () => void finish(),
  rest: () => void attempt(async () => {
    await post("/desk/status", { status: "after_hard_call" });
    await finish();
  }),
  save: () => void note?.save(),
  "void-now": () => {
    if (bar().dataset.mode !== "call") return void finish();
    finishAfterEnd = Number(bar().dataset.call);
    void hangUp();
  },
  "go-to": (button) => goTo(button?.dataset.field ?? ""),
  "keep-mine": () => void note?.keepMine().then(hideConflict),
  "take-theirs": () => {
    note?.takeTheirs();
    hideConflict();
  },
  "show-keys": () => keysDialog()?.showModal(),
  "close-keys": () => keysDialog()?.close(),
};

Object.assign(ACTIONS, transferActions({ callUrl, attempt, flush: async () => note?.flush() }));

function keysDialog() {
  return /** @type {HTMLDialogElement|null} */ (document.getElementById("keys"));
}

function hideConflict() {
  const box = part("conflict");
  if (box) box.hidden = true;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-role]") : null;
  if (!(button instanceof HTMLElement) || !ACTIONS[button.dataset.role ?? ""]) return;
  if (button instanceof HTMLAnchorElement) event.preventDefault();
  ACTIONS[button.dataset.role ?? ""](button);
});

listenToCallBacks(attempt, openPhone);
listenToKeys((role) => {
  const button = part(role);
  const always = ["finish", "save", "show-keys"].includes(role);
  if (always || (button && !(button instanceof HTMLButtonElement && button.disabled))) ACTIONS[role](button);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset.role === "sign-on-form") {
    event.preventDefault();
    void attempt(() => post("/desk/sign-on", { seat: new FormData(form).get("seat") }));
  } else if (note && form.method === "post" && !form.hasAttribute("hx-post")) {
    // Language, theme, signing out: the page goes; the text first.
    if (!note.isDirty) return;
    event.preventDefault();
    void note.flush().then((safe) => {
      leaving = safe;
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
  if (detail.target?.id === "bar" && endArmed) detail.shouldSwap = false;
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
  if (leaving || !note?.isDirty) return;
  void note.save();
  event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) void note?.save();
});

startClock();
adoptMain();
adoptBar();
// A page that was loaded anew has no microphone yet, whatever the seat says: no caller may ring at a dead desk.
if (["idle", "offer"].includes(bar().dataset.mode ?? "")) {
  void attempt(() => post("/desk/device", { live: "no", reason: "reloaded" }, { passive: true }));
}

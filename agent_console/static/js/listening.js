// A supervisor's telephone: it comes into a talk muted, and says in words who hears it. The server is the
// truth about the mode; the local microphone opens only after the line confirmed that it may. Beside it run the
// captions of the talk, as on the operator's desk.
import { adoptCaptions } from "./desk/captions.js";
import { post, RefusedByServer } from "./desk/http.js";
import { Softphone } from "./softphone.js";
import { stayInTalk } from "./stays-in-talk.js";

/** @type {Softphone|null} */
let phone = null;
let expecting = false;

const panel = () => document.getElementById("listening");

/** @param {string} text */
function say(text) {
  const line = document.querySelector('[data-role="listening-message"]');
  if (!(line instanceof HTMLElement)) return;
  line.hidden = !text;
  line.textContent = text;
}

async function refresh() {
  const answer = await fetch("/supervisor/_listening", { headers: { "HX-Request": "true", "X-Hotline-Passive": "1" } });
  const old = panel();
  if (!answer.ok || !old) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = told.getElementById("listening");
  if (!fresh) return;
  followCaptions(told.getElementById("listening-captions"));
  const focused = old.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.mode : undefined;
  old.replaceWith(document.importNode(fresh, true));
  const again = focused ? panel()?.querySelector(`[data-mode="${focused}"][data-role="mode"]`) : null;
  if (again instanceof HTMLElement) again.focus();
  // Listening stays silent at the source too, whatever the line does.
  phone?.mute((panel()?.dataset.mode ?? "listen") === "listen");
}

/** The captions stay while the talk is the same: their lines are on this page alone. @param {HTMLElement|null} fresh */
function followCaptions(fresh) {
  const shown = document.getElementById("listening-captions");
  if (fresh && shown && fresh.dataset.call !== shown.dataset.call) shown.replaceWith(document.importNode(fresh, true));
  adoptCaptions();
}

/** @returns {Promise<Softphone>} */
async function openPhone() {
  if (phone) return phone;
  const access = await post("/supervisor/softphone");
  phone = new Softphone({
    signallingUrl: access.signalling_url,
    fetchToken: async () => (await post("/supervisor/softphone", {}, { passive: true })).token,
    ringOnIncoming: false,
    onIncoming: () => {
      if (!expecting || !phone) return;
      expecting = false;
      void phone.answer().then(() => phone?.mute(true));
    },
    onState: () => {},
  });
  await phone.openMicrophone();
  await phone.register();
  return phone;
}

/** @param {string} callId */
async function listen(callId) {
  try {
    say("");
    await openPhone();
    expecting = true;
    await post(`/supervisor/calls/${callId}/listen`);
  } catch (error) {
    expecting = false;
    const words = document.querySelector('[data-role="listening-message"]');
    const fallback = words instanceof HTMLElement ? words.dataset.failed ?? "" : "";
    say(error instanceof RefusedByServer ? [error.body.title, error.body.advice].filter(Boolean).join(" ") || fallback : fallback);
  }
  await refresh();
}

/** @param {string} verb @param {object} [body] */
async function change(verb, body = {}) {
  const id = panel()?.dataset.participation;
  if (!id) return;
  try {
    await post(`/supervisor/listening/${id}/${verb}`, body);
  } catch (error) {
    say(error instanceof RefusedByServer ? error.body.title ?? "" : "");
  }
  await refresh();
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-role]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  if (button.dataset.role === "listen") void listen(button.dataset.call ?? "");
  if (button.dataset.role === "mode") void change("mode", { mode: button.dataset.mode });
  if (button.dataset.role === "leave-listening") void change("leave");
});

// One key joins, listening, whoever asked for help or is in danger first on the board.
document.addEventListener("keydown", (event) => {
  if (event.key !== "F7" || event.repeat || event.ctrlKey || event.altKey || event.shiftKey) return;
  const button = document.querySelector('[data-role="urgent-strip"] [data-role="listen"]');
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  button.click();
});

document.body.addEventListener("live.fact", (event) => {
  if (/^(participation|transfer|call)\./.test(/** @type {CustomEvent} */ (event).detail.name)) void refresh();
});
document.body.addEventListener("live.resumed", () => void refresh());
stayInTalk(() => phone !== null && panel()?.dataset.participation !== undefined);
adoptCaptions();

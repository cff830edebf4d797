// The caller's page: one button, one call. What it shows of the place in line comes from the server, for
// this browser's own call alone. Nothing is kept here.
import { Softphone } from "./softphone.js";

const LOOK_MS = 4000;
const FIRST_LOOK_MS = 1000;
const page = /** @type {HTMLElement} */ (document.querySelector('[data-role="caller"]'));
/** @type {Record<string, string>} */
const words = JSON.parse(page.dataset.words ?? "{}");
/** @param {string} role */
const part = (role) => /** @type {HTMLElement|null} */ (page.querySelector(`[data-role="${role}"]`));

/** @type {Softphone|null} */
let phone = null;
let pending = "";
let renew = false;
let looking = 0;
let placeKnown = false;
let talkingSince = 0;
let breathingSince = 0;
let breathing = false;

/** @param {string} state start | waiting | talking | message | ended */
function show(state) {
  page.dataset.state = state;
  for (const element of page.querySelectorAll("[data-shown]")) {
    const shown = (element.getAttribute("data-shown") ?? "").split(" ").includes(state);
    element.toggleAttribute("hidden", !(shown || (breathing && state === "start" && element.getAttribute("data-role") === "breathing")));
  }
  if (state === "waiting") breathingSince ||= performance.now();
}

/** @param {string} text */
function say(text) {
  const line = part("said");
  if (!line) return;
  line.hidden = !text;
  line.textContent = text;
}

/** @param {string} url @param {Record<string, string>} fields */
function post(url, fields) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token, Accept: "application/json" } });
}

async function fetchToken() {
  const answer = await post("/call/token", renew ? { renew: "yes" } : {});
  if (!answer.ok) throw new Error(answer.status === 429 ? "too_many" : "no_line");
  renew = true;
  return answer.json();
}

/** @param {string} digit  pressed as soon as the line is open */
async function call(digit) {
  pending = digit;
  say(words.opening);
  renew = false;
  try {
    const access = await fetchToken();
    let first = access.token;
    phone = new Softphone({
      signallingUrl: access.signalling_url,
      fetchToken: async () => {
        const token = first || (await fetchToken()).token;
        first = "";
        return token;
      },
      onState: heard,
      onWarning: (/** @type {string} */ code) => {
        if (code === "media-interrupted") say(words.interrupted);
      },
    });
    try {
      await phone.openMicrophone();
    } catch {
      return give(words.no_microphone);
    }
    say(words.connecting);
    await phone.call({ To: access.number });
    show("waiting");
    look();
  } catch (error) {
    give(words[error instanceof Error ? error.message : ""] ?? words.no_line);
  }
}

/** The call did not come about: say why; the buttons are there again. @param {string} text */
function give(text) {
  phone?.close();
  phone = null;
  show("start");
  say(text);
}

/** @param {any} state @param {string} reason */
function heard(state, reason) {
  if (reason === "talking") {
    say("");
    setTimeout(pressPending, 600);
  }
  if (state.call === "none" && ["hung-up-there", "hung-up-here", "call-failed", "cancelled"].includes(reason) && page.dataset.state !== "start") over();
  if (state.call === "none" && reason.startsWith("refused-")) give(words.no_line);
}

function pressPending() {
  const refused = /** @type {HTMLInputElement|null} */ (page.querySelector('input[name="recording"][value="no"]'))?.checked;
  if (pending) void press(pending);
  else if (refused) void press("*");
  if (pending && refused) setTimeout(() => void press("*"), 4000);
  pending = "";
}

/** In a talk nobody listens to keys any more: then the server is told. @param {string} digit */
async function press(digit) {
  const meaning = { 1: "danger", "*": "no-recording" }[digit];
  if (page.dataset.state === "talking" && meaning) {
    const told = await post("/call/say", { what: meaning }).catch(() => null);
    if (!told?.ok) return say(words.not_told);
  } else phone?.sendDigits(digit);
  if (digit === "1") say(words.danger_told);
  if (digit === "*") {
    say(words.declined);
    part("no-recording")?.setAttribute("disabled", "");
  }
}

function over() {
  clearTimeout(looking);
  showWhere(false);
  phone?.close();
  phone = null;
  talkingSince = 0;
  show("ended");
  say("");
}

async function look() {
  clearTimeout(looking);
  if (!phone) return;
  try {
    const answer = await fetch("/call/place", { headers: { Accept: "application/json" } });
    if (answer.ok) showPlace(await answer.json());
  } catch {
    // The next look tries again; the call itself does not depend on it.
  }
  looking = window.setTimeout(() => void look(), placeKnown ? LOOK_MS : FIRST_LOOK_MS);
}

/** The operator asks where this caller is: shown once, the cursor stays. @param {boolean} asked */
function showWhere(asked) {
  const form = part("where");
  if (!form || form.hidden === !asked) return;
  form.hidden = !asked;
  if (asked) form.scrollIntoView({ block: "nearest" });
}

/** @param {boolean} refuse */
async function answerWhere(refuse) {
  const form = /** @type {HTMLFormElement|null} */ (part("where"));
  if (!form) return;
  const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
  const told = await post("/call/where", refuse ? { refuse: "yes" } : fields).catch(() => null);
  if (!told?.ok) return say(words.not_told);
  form.reset();
  showWhere(false);
  say(refuse ? words.where_refused : words.where_told);
}

/** @param {{state: string, ahead?: number, wait?: string, on_duty?: boolean, asks?: boolean}} place */
function showPlace(place) {
  if (!phone) return;
  showWhere(place.asks === true);
  if (place.state === "talking" || place.state === "message") {
    if (page.dataset.state !== place.state) {
      navigator.vibrate?.(300);
      talkingSince = performance.now();
      const line = part("talk-words");
      if (line) line.textContent = place.state === "message" ? words.message : words.answered;
      show(place.state);
      say("");
    }
    return;
  }
  if (place.state !== "waiting") return;
  placeKnown = place.ahead !== undefined;
  if (page.dataset.state !== "waiting") show("waiting");
  put("ahead", place.ahead === undefined ? "–" : place.ahead === 0 ? words.next : words.people.replace("{n}", String(place.ahead)));
  put("wait", place.wait ?? "–");
  if (place.on_duty === false) say(words.nobody);
}

/** Only what changed is written, so that it is read out only then. @param {string} role @param {string} text */
function put(role, text) {
  const field = part(role);
  if (field && field.textContent !== text) field.textContent = text;
}

setInterval(() => {
  if (talkingSince) {
    const seconds = Math.floor((performance.now() - talkingSince) / 1000);
    put("talk-time", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }
  if (!breathingSince) return;
  const at = (performance.now() - breathingSince) % 10_000;
  const step = at < 4000 ? "in" : at < 5000 ? "hold" : "out";
  put("breath-word", words[step]);
  put("breath-how", words[`${step}_how`]);
}, 250);

part("where")?.addEventListener("submit", (event) => {
  event.preventDefault();
  void answerWhere(false);
});
part("where-refuse")?.addEventListener("click", () => void answerWhere(true));
part("call")?.addEventListener("click", () => void call(""));
part("call-danger")?.addEventListener("click", () => void call("1"));
part("danger")?.addEventListener("click", () => void press("1"));
part("no-recording")?.addEventListener("click", () => void press("*"));
part("leave-message")?.addEventListener("click", () => void press("0"));
part("mute")?.addEventListener("click", (event) => {
  const muted = !phone?.state.muted;
  phone?.mute(muted);
  if (event.currentTarget instanceof Element) event.currentTarget.setAttribute("aria-pressed", String(muted));
  put("mute-word", muted ? words.muted : words.unmuted);
});
part("breathe")?.addEventListener("click", (event) => {
  breathing = !breathing;
  breathingSince = breathing ? performance.now() : 0;
  if (event.currentTarget instanceof Element) event.currentTarget.setAttribute("aria-expanded", String(breathing));
  show("start");
});
for (const button of page.querySelectorAll('[data-role="hang-up"]')) {
  button.addEventListener("click", () => {
    phone?.hangup();
    over();
  });
}
window.addEventListener("beforeunload", (event) => {
  if (phone && phone.state.call !== "none") event.preventDefault();
});
show("start");

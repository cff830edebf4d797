// The telephone on this page: opened by a hand, its state and the mute button shown as they are.
import { mayNotify } from "./alarm.js";
import { post } from "./http.js";
import { DeskPhone } from "./phone.js";
import { attempt, bar, callUrl, desk, part, refresh, say, words } from "./room.js";

export function showDevice() {
  const state = desk.phone?.state;
  const mark = (/** @type {string} */ role, /** @type {boolean} */ on) => {
    const field = part(role);
    if (field) field.textContent = (on ? field.dataset.on : field.dataset.off) ?? "";
  };
  mark("sound-state", state?.sound === "live");
  mark("line-state", Boolean(state?.registered));
}

export function showMute() {
  const button = part("mute");
  const muted = Boolean(desk.phone?.state.muted);
  button?.setAttribute("aria-pressed", String(muted));
  const word = button && part("word", button);
  if (word) word.textContent = muted ? words.muted : words.mute;
}

/** @returns {Promise<DeskPhone>} */
export async function openPhone() {
  if (!desk.phone) {
    const access = await post("/desk/softphone");
    desk.phone = new DeskPhone({
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
  return desk.phone;
}

export async function makeReady() {
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

export async function accept() {
  if (bar().dataset.mode !== "offer") return;
  await attempt(async () => {
    const answered = await (await openPhone()).answer();
    say(answered ? words.connecting : words.line_not_ringing);
  });
}

/** Silent at once here; so for everybody when the line confirms. */
export async function mute() {
  if (!desk.phone) return;
  const muted = !desk.phone.state.muted;
  desk.phone.mute(muted);
  showMute();
  if (part("mute")?.dataset.lent !== "yes") await attempt(() => post(callUrl("mute"), { on: muted ? "yes" : "no" }));
}

// The page follows the server: the bar as calls come and go, the main part never before what was typed is safe.
import { endAlarm, raiseAlarm } from "./alarm.js";
import { finish } from "./actions.js";
import { adoptCaptions } from "./captions.js";
import { followDanger } from "./danger.js";
import { makeForm, showRows } from "./form.js";
import { showSaved, showSaveState } from "./note-view.js";
import { Note } from "./note.js";
import { preparePages } from "./pages.js";
import { bar, desk, htmx, main, page, part, say, words } from "./room.js";
import { showDevice, showMute } from "./telephone.js";

export function adoptBar() {
  const now = bar();
  const mode = now.dataset.mode ?? "";
  if (mode === "offer") raiseAlarm(words);
  else endAlarm();
  if (mode !== "offer" && desk.phone) desk.phone.wantsToAnswer = false;
  if (mode !== "call") part("transfer-panel")?.remove();
  if (mode !== "offer" && part("message")?.textContent === words.connecting) say("");
  if (now.dataset.seat !== page.dataset.seat) {
    desk.leaving = true;
    location.reload(); // another seat: another room of the live link
    return;
  }
  showMute();
  followDanger(now);
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
    if (desk.note && !(await desk.note.flush())) return; // the text is still here; the next refresh tries again
    await htmx.ajax("GET", "/desk/_main", { target: "#main", swap: "outerHTML" });
    return;
  }
  const side = part("side");
  if (side && side.dataset.phase !== (talking ? "talk" : "after") && !main().dataset.opened) {
    if (desk.note) await desk.note.flush();
    await htmx.ajax("GET", side.dataset.url ?? "", { target: "#side", swap: "outerHTML" });
    const finish = part("finish");
    if (finish) finish.hidden = talking;
    if (desk.note) showRows(desk.note.form, main(), talking);
  }
  if (now.dataset.mode === "wrap_up" && desk.finishAfterEnd && desk.finishAfterEnd === Number(now.dataset.call)) {
    desk.finishAfterEnd = 0;
    void finish();
  }
}

export function adoptMain() {
  adoptCaptions();
  const form = document.getElementById("note-form");
  if (form instanceof HTMLFormElement && desk.note?.form !== form) {
    desk.note?.stop();
    makeForm(form, { words, talking: () => bar().dataset.mode === "call", changed: () => desk.note?.changed(), finish: () => void finish() });
    preparePages(main());
    desk.note = new Note(form, {
      words,
      onSaved: (saved) => showSaved(main(), saved, words, desk.note),
      onState: (kind, text) => showSaveState(main(), kind, text),
      onConflict: (conflict) => {
        const box = part("conflict");
        const differing = part("differing");
        if (box) box.hidden = false;
        if (differing) differing.textContent = conflict.differing.join(words.comma);
      },
    });
    if (!bar().dataset.call || bar().dataset.call !== form.dataset.call) main().dataset.opened = "by-hand";
  } else if (!form && desk.note) {
    desk.note.stop();
    desk.note = null;
  }
  showDevice();
}

// How the page shows what the server holds of the note: saved or not, what is missing, the level and why.
import { countMissing } from "./pages.js";

/** @param {Element} main @param {"ok"|"busy"|"fail"} kind @param {string} text */
export function showSaveState(main, kind, text) {
  const state = main.querySelector('[data-role="save-state"]');
  const words = state?.querySelector('[data-role="save-words"]');
  if (!state || !words) return;
  state.classList.toggle("fail", kind === "fail");
  state.classList.toggle("busy", kind === "busy");
  state.querySelector("use")?.setAttribute("href", kind === "fail" ? "#i-alert" : kind === "busy" ? "#i-clock" : "#i-check");
  if (text) words.textContent = text;
}

/** @param {Element} main @param {any} saved @param {Record<string, string>} words @param {import("./note.js").Note|null} note */
export function showSaved(main, saved, words, note) {
  const line = main.querySelector('[data-role="missing-line"]');
  if (line) {
    line.textContent = saved.missing.length ? `${words.missing}${saved.missing_names.slice(0, 2).join(words.comma)}${saved.missing.length > 2 ? "…" : ""}` : "";
    line.setAttribute("title", saved.missing_names.join(words.comma));
  }
  showMissing(main, saved, words);
  countMissing(main, saved.missing_pages);
  if (saved.risk_level === null) return;
  note?.showLevel(saved.risk_level);
  const ladder = main.querySelector('[data-role="ladder"]');
  if (ladder) {
    ladder.setAttribute("data-floor", String(saved.risk_floor));
    ladder.dispatchEvent(new CustomEvent("desk.level", { detail: saved.risk_level }));
    [...ladder.querySelectorAll(".step")].forEach((step, level) => step.classList.toggle("locked", level < Math.max(saved.risk_level, saved.risk_floor)));
  }
  const duty = main.querySelector('[data-role="duty"]');
  const dutyWords = main.querySelector('[data-role="duty-words"]');
  if (duty instanceof HTMLElement && dutyWords) {
    duty.hidden = false;
    dutyWords.textContent = saved.duty;
  }
  const why = main.querySelector('[data-role="risk-why"] [data-role="why-words"]');
  if (why) why.textContent = saved.risk_floor > 0 ? saved.risk_reasons : "";
  const bar = document.getElementById("bar");
  if (bar && bar.dataset.call === String(note?.callId)) bar.dataset.level = String(saved.risk_level);
  for (const row of main.querySelectorAll("[data-shown-from]")) {
    row.toggleAttribute("hidden", saved.risk_level < Number(row.getAttribute("data-shown-from")));
  }
}

/** @param {Element} main @param {any} saved @param {Record<string, string>} words */
function showMissing(main, saved, words) {
  const list = main.querySelector('[data-role="missing-list"]');
  if (!list) return;
  const rows = saved.missing.map((/** @type {string} */ code, /** @type {number} */ index) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#f-${code}`;
    link.dataset.role = "go-to";
    link.dataset.field = code;
    link.textContent = saved.missing_names[index];
    row.append(link);
    return row;
  });
  if (!rows.length) {
    const row = document.createElement("li");
    row.textContent = words.all_filled;
    rows.push(row);
  }
  list.replaceChildren(...rows);
}

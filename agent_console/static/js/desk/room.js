// The desk's page and what stands on it: its parts, its words, and the one way to do what a hand asked.
import { RefusedByServer } from "./http.js";

/** @typedef {import("./note.js").Note} Note */
/** @typedef {import("./phone.js").DeskPhone} DeskPhone */

export const page = /** @type {HTMLElement} */ (document.getElementById("desk"));
/** @type {Record<string, string>} */
export const words = JSON.parse(page.dataset.words ?? "{}");
export const htmx = /** @type {any} */ (window).htmx;

export const bar = () => /** @type {HTMLElement} */ (document.getElementById("bar"));
export const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));
/** @param {string} role @param {ParentNode} [within] @returns {HTMLElement|null} */
export const part = (role, within = document) => within.querySelector(`[data-role="${role}"]`);

/**
 * What stands on this desk now. `endArmed`: the timer of a first press on "end" in high risk; `finishAfterEnd`:
 * id of the call whose note is finished once it has ended; `leaving`: the page goes, and the text is safe.
 * @type {{note: Note|null, phone: DeskPhone|null, endArmed: number, finishAfterEnd: number, leaving: boolean}}
 */
export const desk = { note: null, phone: null, endArmed: 0, finishAfterEnd: 0, leaving: false };

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  const line = part("message");
  if (!line) return;
  line.hidden = !text;
  line.textContent = text;
  line.classList.toggle("bad", bad);
}

/** Do what a hand asked; what the server refuses is said in its own words. @param {() => Promise<any>} work */
export async function attempt(work) {
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

export function refresh() {
  document.body.dispatchEvent(new CustomEvent("desk.refresh"));
}

export const callUrl = (/** @type {string} */ verb) => `/desk/calls/${bar().dataset.call ?? main().dataset.call}/${verb}`;

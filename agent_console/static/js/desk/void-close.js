// Nuisance calls and wrong numbers close in one click once the line is free. A moment is left to take it back:
// the note of a real call must not be lost to a slip of the hand.

export const VOID_AT_ONCE = ["10", "11"];
const SECONDS = 4;

/** @type {number} */
let timer = 0;

/**
 * @param {HTMLFormElement} form
 * @param {{type: string, talking: boolean, fresh: boolean, finish: () => void}} options
 *   `fresh`: a hand chose the type just now. While they talk, nothing counts down: ending a talk is a key of its own.
 */
export function showVoid(form, { type, talking, fresh, finish }) {
  const button = form.querySelector('[data-role="void-now"]');
  const words = form.querySelector('[data-role="void-words"]');
  if (!(button instanceof HTMLElement) || !(words instanceof HTMLElement)) return;
  const closes = VOID_AT_ONCE.includes(type);
  if (!closes || talking || fresh) stopVoid(form);
  button.hidden = !(closes && (talking || fresh || timer));
  button.textContent = (talking ? button.dataset.talking : button.dataset.ended) ?? "";
  if (!closes || talking || !fresh) return;
  let left = SECONDS;
  const tell = () => (words.textContent = `${left} ${words.dataset.words ?? ""}`);
  words.hidden = false;
  tell();
  timer = window.setInterval(() => {
    if (!form.isConnected) return stopVoid(form); // another note stands on the page by now
    left -= 1;
    tell();
    if (left > 0) return;
    stopVoid(form);
    finish();
  }, 1000);
}

/** @param {Element} form */
export function stopVoid(form) {
  clearInterval(timer);
  timer = 0;
  const words = form.querySelector('[data-role="void-words"]');
  if (words instanceof HTMLElement) words.hidden = true;
}

/** The slip is taken back: no type is chosen any more. @param {HTMLFormElement} form */
export function takeBackVoid(form) {
  stopVoid(form);
  for (const chip of form.querySelectorAll('input[name="call_type"]')) {
    if (chip instanceof HTMLInputElement) chip.checked = false;
  }
  form.dispatchEvent(new Event("change"));
}

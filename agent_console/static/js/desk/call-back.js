// Calling people back: buttons that name their address themselves, and Enter for the one that is awaited.
import { post } from "./http.js";

/** @param {Element|null} element */
function isInUse(element) {
  return element !== null && element !== document.body && element.matches("input,textarea,select,button,a,summary,dialog *");
}

/**
 * @param {(work: () => Promise<any>) => Promise<any>} attempt  does it and says what the server refuses
 * @param {() => Promise<{answer: () => Promise<boolean>}>} openPhone
 */
export function listenToCallBacks(attempt, openPhone) {
  /** @param {HTMLElement} button */
  const press = (button) => {
    button.setAttribute("disabled", "");
    void attempt(async () => {
      await post(button.dataset.url ?? "", button.dataset.body ? { result: button.dataset.body } : {});
      // The own seat rings now: the hand that asked for it has answered already.
      if ("answers" in button.dataset) await (await openPhone()).answer();
    }).then(() => button.removeAttribute("disabled"));
  };
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-call-back]") : null;
    if (button instanceof HTMLElement) press(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (isInUse(document.activeElement)) return;
    const awaited = document.querySelector('[data-call-back="now"], [data-call-back="dial"]');
    if (!(awaited instanceof HTMLElement)) return;
    event.preventDefault();
    press(awaited);
  });
}

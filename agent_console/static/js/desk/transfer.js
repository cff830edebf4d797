// Transfers: the panel under the bar, and the buttons of what is under way. The bar shows what is so.
import { post } from "./http.js";

const panel = () => document.getElementById("transfer");

/**
 * @param {{callUrl: (verb: string) => string, flush: () => Promise<unknown>,
 *          attempt: (work: () => Promise<any>) => Promise<any>}} desk
 * @returns {Record<string, (button: HTMLElement|null) => void>} actions by role
 */
export function transferActions(desk) {
  async function open() {
    if (panel()) return close();
    const slot = document.getElementById("transfer-slot");
    if (!slot) return undefined;
    const htmx = /** @type {any} */ (window).htmx;
    await htmx.ajax("GET", desk.callUrl("_transfer"), { target: slot, swap: "innerHTML" });
    const first = panel()?.querySelector("input:not(:disabled)");
    if (first instanceof HTMLElement) first.focus();
    return undefined;
  }

  function close() {
    panel()?.remove();
    document.getElementById("ctl-transfer")?.focus();
  }

  /** The text goes to the server before anybody else reads the note. @param {object} body */
  function begin(body) {
    return desk.attempt(async () => {
      await desk.flush();
      await post(desk.callUrl("transfer"), body);
      panel()?.remove();
    });
  }

  /** @param {string} what */
  const step = (what) => () => void desk.attempt(async () => {
    await desk.flush();
    await post(desk.callUrl(`transfer/${what}`));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.dataset.role === "transfer-form") {
      event.preventDefault();
      const fields = Object.fromEntries(new FormData(form));
      const pressed = /** @type {SubmitEvent} */ (event).submitter;
      if (!fields.to) return;
      void begin({ ...fields, kind: pressed instanceof HTMLButtonElement ? pressed.value : "consult" });
    } else if (form.dataset.role === "linkage-form") {
      event.preventDefault();
      const url = desk.callUrl(`linkage/${form.dataset.linkage}`);
      void desk.attempt(() => post(url, Object.fromEntries(new FormData(form))));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()) close();
  });
  document.addEventListener("focusin", (event) => {
    // Whoever types a number means it.
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || field.dataset.role !== "transfer-number") return;
    const choice = field.closest("label")?.querySelector('input[type="radio"]');
    if (choice instanceof HTMLInputElement) choice.checked = true;
  });

  return {
    transfer: () => void open(),
    "close-transfer": close,
    "call-emergency": (button) => void begin({ to: button?.dataset.to ?? "" }),
    "three-way": step("three-way"),
    "hand-over": step("hand-over"),
    "cancel-transfer": step("cancel"),
    "leave-talk": step("leave"),
  };
}

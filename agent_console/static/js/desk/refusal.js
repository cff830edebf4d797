// Switching the recording off is a refusal of the caller's, and erases: it asks once why.
import { post } from "./http.js";

/** @returns {HTMLDialogElement|null} */
const dialog = () => /** @type {HTMLDialogElement|null} */ (document.getElementById("refusal"));

document.addEventListener(
  "change",
  (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.dataset.role !== "consent" || box.dataset.kind !== "recording" || box.checked) return;
    event.stopImmediatePropagation();
    box.checked = true; // it is off when the server says so
    dialog()?.showModal();
  },
  true,
);

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-role=refuse-recording], [data-role=keep-recording]") : null;
  if (!(button instanceof HTMLElement)) return;
  dialog()?.close();
  const callId = document.getElementById("main")?.dataset.call;
  if (button.dataset.role === "keep-recording" || !callId) return;
  void post(`/desk/calls/${callId}/consent`, { kind: "recording", on: "no", reason: button.dataset.reason ?? "" })
    .catch(() => {
      const line = document.querySelector('[data-role="message"]');
      if (line instanceof HTMLElement) {
        line.hidden = false;
        line.classList.add("bad");
        line.textContent = dialog()?.dataset.failed ?? "";
      }
    })
    .finally(() => {
      document.body.dispatchEvent(new CustomEvent("desk.consents"));
      document.body.dispatchEvent(new CustomEvent("desk.refresh"));
    });
});

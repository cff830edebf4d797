// The danger protocol: one key shows the number, and a swap that nobody asked for never takes typed words.

document.addEventListener("keydown", (event) => {
  if (event.key !== "F9" || !event.shiftKey || event.repeat) return;
  const button = document.querySelector('[data-role="danger-number"]') ?? document.querySelector('[data-role="show-number"]');
  if (!(button instanceof HTMLElement)) return;
  event.preventDefault();
  button.click();
});

/** @param {Element} part */
function holdsTypedWords(part) {
  return [...part.querySelectorAll("input, select, textarea")].some((field) => {
    if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value !== field.defaultValue : false;
  });
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  const part = detail.target;
  if (!(part instanceof HTMLElement) || !part.classList.contains("dp-part")) return;
  const byHand = !detail.requestConfig.headers["X-Hotline-Passive"];
  if (!byHand && (holdsTypedWords(part) || part.contains(document.activeElement))) detail.shouldSwap = false;
});

// Whoever ticks by keyboard stands on the same button afterwards; a decision that is kept clears its form.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.target?.id !== "dp-decisions" || detail.elt?.querySelector('[data-role="fault"]')) return;
  if (detail.requestConfig?.verb === "post" && detail.requestConfig.path.endsWith("/reports")) {
    document.getElementById("dp-report")?.replaceChildren();
  }
});

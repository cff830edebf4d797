// The protocols at the desk: a panel opened by a key, beside what is written and never over it.

const panel = () => document.getElementById("knowledge-panel");

/** @type {Element|null} */
let before = null;

async function open(/** @type {string} */ callId) {
  const slot = document.getElementById("knowledge-slot");
  if (!slot) return;
  before = document.activeElement;
  const htmx = /** @type {any} */ (window).htmx;
  await htmx.ajax("GET", `/knowledge/_panel${callId ? `?call=${callId}` : ""}`, { target: slot, swap: "innerHTML" });
  const search = panel()?.querySelector('input[type="search"]');
  if (search instanceof HTMLElement) search.focus();
}

/** Back to the field that was being written. */
function close() {
  panel()?.remove();
  if (before instanceof HTMLElement && before.isConnected) before.focus();
}

/**
 * @param {() => HTMLElement} main
 * @returns {Record<string, (button: HTMLElement|null) => void>} actions by role
 */
export function knowledgeActions(main) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()?.contains(document.activeElement)) close();
  });
  return {
    knowledge: () => {
      if (panel()) close();
      else void open(main().dataset.call ?? "");
    },
    "close-knowledge": close,
  };
}

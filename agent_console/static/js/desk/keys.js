// Function keys, since they work while an input method is composing and never type a letter.

/** @type {Record<string, string>} */
const KEYS = {
  F2: "accept", F3: "decline", F4: "pause-recording", F6: "transfer", F7: "help", F8: "mute", F9: "hold", F10: "danger",
};
/** @type {Record<string, string>} */
const SHIFT_KEYS = { F2: "hang-up", F6: "next-page", F7: "knowledge" };

/** @param {Element|null} element */
function isTyping(element) {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement
    || (element instanceof HTMLInputElement && !["radio", "checkbox"].includes(element.type));
}

/** @param {(role: string) => void} press  presses the control of that role, when it is there and enabled */
export function listenToKeys(press) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const role = event.ctrlKey || event.altKey ? "" : (event.shiftKey ? SHIFT_KEYS : KEYS)[event.key];
    if (role) {
      event.preventDefault();
      press(role);
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      press("finish");
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      press("save");
    } else if (event.key === "?" && !isTyping(document.activeElement)) {
      press("show-keys");
    }
  });
}

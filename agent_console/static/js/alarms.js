// Limits that were passed, told on the desktop too: by the words that stand on the board, once for each time
// the server tells them. A browser asks for leave only after a hand did.

const panel = () => document.querySelector('[data-role="alarms"]');
/** What is told next: alarm ids whose words the board has not brought yet. @type {Set<string>} */
const awaited = new Set();

function canAsk() {
  return "Notification" in window && Notification.permission === "default";
}

function showAsking() {
  const button = panel()?.querySelector('[data-role="allow-notices"]');
  if (button instanceof HTMLElement) button.hidden = !canAsk();
}

function tell() {
  for (const id of [...awaited]) {
    const row = panel()?.querySelector(`[data-alarm="${CSS.escape(id)}"]`);
    const words = row?.querySelector('[data-role="alarm-words"]')?.textContent?.trim();
    if (!row || !words) continue;
    awaited.delete(id);
    const level = row.querySelector(".badge")?.textContent?.trim() ?? "";
    if ("Notification" in window && Notification.permission === "granted") {
      new Notification(level, { body: words, tag: `alarm-${id}`, requireInteraction: row.getAttribute("data-level") === "crit" });
    }
  }
  showAsking();
}

document.body.addEventListener("alarm.changed", (event) => {
  const { alarm_id: id, step } = /** @type {CustomEvent} */ (event).detail;
  if (["raise", "worsen", "repeat"].includes(step)) awaited.add(String(id));
  else awaited.delete(String(id));
});
document.body.addEventListener("board.fresh", tell);
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-role="allow-notices"]') : null;
  if (button) void Notification.requestPermission().then(showAsking);
});
showAsking();

// On every page of a supervisor: an open danger that nobody took is seen (a strip that stays), heard once, and
// told to the desktop when this window is not in front. It never moves the focus. The strip is asked for again
// every few seconds, so that a lost push is healed within ten.

const box = /** @type {HTMLElement|null} */ (document.getElementById("danger-alert"));
const plain = document.title;
/** @type {Set<string>} */
const told = new Set();

function beep() {
  try {
    const context = new AudioContext();
    for (const [at, hertz] of [[0, 740], [0.35, 587], [0.7, 740]]) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0.12, context.currentTime + at);
      gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.3);
      tone.connect(gain).connect(context.destination);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.3);
    }
    setTimeout(() => void context.close(), 1500);
  } catch {
    // A browser that plays nothing before the first click: the strip and the title stand all the same.
  }
}

function look() {
  if (!box) return;
  const ids = (box.querySelector("[data-unseen]")?.getAttribute("data-unseen") ?? "").split(" ").filter(Boolean);
  document.title = ids.length ? `⚠ ${box.dataset.words} · ${plain}` : plain;
  const fresh = ids.filter((id) => !told.has(id));
  for (const id of fresh) told.add(id);
  if (!fresh.length) return;
  beep();
  if ("Notification" in window && Notification.permission === "granted" && !document.hasFocus()) {
    const note = new Notification(box.dataset.words ?? "", { tag: "danger", requireInteraction: true });
    note.onclick = () => window.focus();
  }
}

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.target?.id === "danger-alert") look();
});

document.addEventListener("click", () => {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}, { once: true });

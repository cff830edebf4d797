// An offer is seen even in another tab: the title changes and stays changed, and the desktop says so, without a
// number. The ring itself is the softphone's, the coloured bar the server's. Nothing blinks or moves the focus.

let raised = false;
let title = "";
/** @type {Notification|null} */
let note = null;

/** @param {Record<string, string>} words */
export function raiseAlarm(words) {
  if (raised) return;
  raised = true;
  title = document.title;
  document.title = `${words.ring_title} · ${title}`;
  if ("Notification" in window && Notification.permission === "granted" && !document.hasFocus()) {
    note = new Notification(words.notification, { tag: "offer", requireInteraction: true });
    note.onclick = () => window.focus();
  }
}

export function endAlarm() {
  if (!raised) return;
  raised = false;
  document.title = title;
  note?.close();
  note = null;
}

/** Ask once, in the gesture that makes the desk ready. */
export function mayNotify() {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}

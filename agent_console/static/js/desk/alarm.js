// An offer is seen even in another tab: the title changes and the desktop says so, without a number.
// The ring itself is the softphone's. Nothing here moves the focus.

let timer = 0;
let title = "";
/** @type {Notification|null} */
let note = null;

/** @param {Record<string, string>} words */
export function raiseAlarm(words) {
  if (timer) return;
  title = document.title;
  let on = false;
  const flash = () => {
    on = !on;
    document.title = on ? words.ring_title : title;
  };
  flash();
  timer = window.setInterval(flash, 1000);
  if ("Notification" in window && Notification.permission === "granted" && !document.hasFocus()) {
    note = new Notification(words.notification, { tag: "offer", requireInteraction: true });
    note.onclick = () => window.focus();
  }
}

export function endAlarm() {
  if (!timer) return;
  clearInterval(timer);
  timer = 0;
  document.title = title;
  note?.close();
  note = null;
}

/** Ask once, in the gesture that makes the desk ready. */
export function mayNotify() {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}

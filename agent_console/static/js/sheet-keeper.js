// Asks the worker of /sheet/ to keep the newest emergency sheet and blank form. It governs no other page.

export function keepSheets() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sheet/worker.js", { scope: "/sheet/" }).then((registration) => {
    registration.active?.postMessage("refresh");
  }, () => {
    // Without a worker the printed files remain.
  });
}

// While a talk runs through this page's telephone, leaving the page would leave the talk: links open beside it,
// forms of the page are sent from here, and the browser asks before anything else takes the page away.

/** @param {() => boolean} inTalk */
export function stayInTalk(inTalk) {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || !inTalk() || link.getAttribute("href")?.startsWith("#")) return;
    link.target = "_blank";
    link.rel = "noopener";
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || !inTalk()) return;
    if (form.method !== "post" || form.hasAttribute("hx-post") || !form.closest("main")) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
  window.addEventListener("beforeunload", (event) => {
    if (inTalk()) event.preventDefault();
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} pressed */
async function send(form, pressed) {
  const fields = new FormData(form);
  if (pressed instanceof HTMLButtonElement && pressed.name) fields.append(pressed.name, pressed.value);
  const body = new URLSearchParams(/** @type {[string, string][]} */ ([...fields]));
  let told;
  try {
    const answer = await fetch(form.getAttribute("action") ?? "", { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.ok) form.closest("details")?.removeAttribute("open");
    told = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // No network: what was typed stands in the form still.
  }
  tell(told);
  for (const old of document.querySelectorAll("[data-renewed]")) {
    const fresh = told.getElementById(old.id);
    if (fresh) old.replaceWith(document.importNode(fresh, true));
  }
  document.body.dispatchEvent(new CustomEvent("live.resumed"));
}

/** What the answer says of the deed, or why it was refused, where the page itself would have it. @param {Document} told */
function tell(told) {
  const main = document.getElementById("main");
  for (const old of document.querySelectorAll('[data-role="flash"]')) old.remove();
  for (const fresh of [...told.querySelectorAll('[data-role="flash"], [data-role="fault"]')].reverse()) {
    main?.prepend(document.importNode(fresh, true));
  }
}

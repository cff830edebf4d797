// The pages of the form: one is shown, the others keep what was filled in. Their tabs count what is missing.

/** @param {Element} main @returns {HTMLElement[]} */
function tabsOf(main) {
  return /** @type {HTMLElement[]} */ ([...main.querySelectorAll('[data-role="page-tab"]')]);
}

/** Those that can be chosen now. @param {Element} main */
function openTabsOf(main) {
  return tabsOf(main).filter((tab) => !tab.hidden);
}

/**
 * A page on which nothing is asked of this call has no tab: who fell silent is asked neither about care nor scales.
 * @param {Element} main @param {boolean} isContact  false for silent, nuisance, wrong and cut-off calls
 */
export function fitTabs(main, isContact) {
  for (const tab of tabsOf(main)) {
    const rows = [...main.querySelectorAll(`form.note [role="tabpanel"][data-page="${tab.dataset.page}"] > .nrow`)];
    tab.hidden = !(rows.length ? rows.some((row) => !row.hasAttribute("hidden")) : isContact);
    if (tab.hidden && tab.getAttribute("aria-selected") === "true") showPage(main, openTabsOf(main)[0]?.dataset.page ?? "caller");
  }
}

/** @param {Element} main @param {string} name */
export function showPage(main, name) {
  for (const tab of tabsOf(main)) {
    const chosen = tab.dataset.page === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  for (const page of main.querySelectorAll('[role="tabpanel"]')) {
    page.toggleAttribute("hidden", page instanceof HTMLElement && page.dataset.page !== name);
  }
  // A page that is no part of the form (scales) takes the form's whole place.
  const form = main.querySelector("form.note");
  const own = form?.querySelector(`[role="tabpanel"][data-page="${name}"]`);
  form?.toggleAttribute("hidden", !own);
  main.querySelector(`[role="tabpanel"][data-page="${name}"]`)?.dispatchEvent(new CustomEvent("page.shown"));
}

/** @param {Element} main */
export function nextPage(main) {
  const tabs = openTabsOf(main);
  const now = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const next = tabs[(now + 1) % tabs.length];
  if (!next) return;
  showPage(main, next.dataset.page ?? "");
  next.focus();
}

/** @param {Element} main */
export function preparePages(main) {
  main.querySelector('[data-role="tabs"]')?.addEventListener("keydown", (event) => {
    const key = /** @type {KeyboardEvent} */ (event).key;
    if (key !== "ArrowRight" && key !== "ArrowLeft") return;
    event.preventDefault();
    const tabs = openTabsOf(main);
    const now = tabs.findIndex((tab) => tab === document.activeElement);
    const next = tabs[(now + (key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    showPage(main, next?.dataset.page ?? "");
    next?.focus();
  });
}

/** @param {Element} main @param {Element|null} row  brings the page of this row to the front */
export function openPageOf(main, row) {
  const page = row?.closest('[role="tabpanel"]');
  if (page instanceof HTMLElement && page.dataset.page) showPage(main, page.dataset.page);
  else if (row?.closest("form.note")?.hasAttribute("hidden")) showPage(main, "caller");
}

/** @param {Element} main @param {string[]} pages  the page of each field that is missing */
export function countMissing(main, pages) {
  for (const tab of tabsOf(main)) {
    const count = tab.querySelector('[data-role="page-missing"]');
    if (!(count instanceof HTMLElement)) continue;
    const number = pages.filter((page) => page === tab.dataset.page).length;
    count.textContent = String(number);
    count.hidden = number === 0;
  }
}

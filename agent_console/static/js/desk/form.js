// The form answers the hand: rows that belong to a call type, problems in order, places, the ladder.
import { orderOf, readForm, showOrder } from "./note-content.js";
import { fitTabs } from "./pages.js";
import { showVoid } from "./void-close.js";

const INVALID = ["09", "10", "11", "12"];

/** @param {HTMLFormElement} form @param {string} name */
function chosen(form, name) {
  const field = form.elements.namedItem(name);
  return field instanceof RadioNodeList ? field.value : "";
}

/**
 * @param {HTMLFormElement} form
 * @param {{words: Record<string, string>, talking: () => boolean, changed: () => void, finish: () => void}} options
 */
export function makeForm(form, { words, talking, changed, finish }) {
  const main = /** @type {HTMLElement} */ (form.closest("main"));
  const start = [...JSON.parse(form.dataset.problems ?? "[]"), ...JSON.parse(form.dataset.others ?? "[]")];
  showOrder(form, start, words.main_problem);
  preparePlaces(form, changed);
  showRows(form, main, talking());

  form.addEventListener("change", (event) => {
    const target = event.target;
    if (target instanceof HTMLInputElement && "problem" in target.dataset) chooseProblem(form, target, words);
    if (target instanceof HTMLInputElement && target.name === "recommendations" && target.checked) keepNoneAlone(form, target);
    if (target instanceof HTMLSelectElement && target.dataset.othersOf && target.value) {
      for (const radio of form.querySelectorAll(`input[name="${target.dataset.othersOf}"]`)) {
        if (radio instanceof HTMLInputElement) radio.checked = false;
      }
    }
    if (target instanceof HTMLInputElement && target.type === "radio") {
      const others = form.querySelector(`select[data-others-of="${target.name}"]`);
      if (others instanceof HTMLSelectElement) others.value = "";
    }
    showRows(form, main, talking());
    if (target instanceof HTMLInputElement && target.name === "call_type") {
      showVoid(form, { type: target.value, talking: talking(), fresh: true, finish });
    }
    changed();
  });
  form.addEventListener("input", () => {
    const length = main.querySelector('[data-role="summary-length"]');
    const summary = form.elements.namedItem("summary");
    if (length && summary instanceof HTMLTextAreaElement) length.textContent = String(summary.value.length);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  prepareLadder(form, main, words, () => {
    showRows(form, main, talking());
    changed();
  });
}

/** @param {HTMLFormElement} form @param {Element} main @param {boolean} talking */
export function showRows(form, main, talking) {
  const content = readForm(form);
  const type = String(content.call_type ?? "");
  const level = Number(content.risk_level ?? -1);
  for (const row of form.querySelectorAll(".valid-only, [data-shown-for], [data-shown-from], [data-shown-when]")) {
    const { shownFor, shownFrom, shownWhen } = /** @type {HTMLElement} */ (row).dataset;
    const shown = !(row.classList.contains("valid-only") && INVALID.includes(type))
      && (shownFor === undefined || shownFor.split(" ").includes(type))
      && (shownFrom === undefined || level >= Number(shownFrom))
      && (shownWhen === undefined || shownWhen.split(" ").some((pair) => matches(content, pair)));
    row.toggleAttribute("hidden", !shown);
  }
  showSharing(form, content);
  fitTabs(main, !INVALID.includes(type));
  const ofAnother = matches(content, "call_type:05") || (Boolean(content.relation) && content.relation !== "self");
  for (const question of main.querySelectorAll("[data-asked-of]")) {
    question.toggleAttribute("hidden", (question.getAttribute("data-asked-of") === "subject") !== ofAnother);
  }
  showVoid(form, { type, talking, fresh: false, finish: () => {} });
}

/** @param {import("./note-content.js").Content} content @param {string} pair  `field:value|value` */
function matches(content, pair) {
  const [field, values] = pair.split(":");
  const given = content[field];
  return (Array.isArray(given) ? given : [String(given ?? "")]).some((value) => values.split("|").includes(value));
}

/** Sharing is agreed for each place alone, so it is asked for those that were chosen. @param {HTMLFormElement} form @param {import("./note-content.js").Content} content */
function showSharing(form, content) {
  const row = form.querySelector('[data-role="sharing"]');
  const targets = /** @type {string[]} */ (content.referral_to ?? []);
  row?.toggleAttribute("hidden", targets.length === 0);
  for (const box of row?.querySelectorAll("input") ?? []) {
    const wanted = targets.includes(box.value);
    box.closest("label")?.toggleAttribute("hidden", !wanted);
    if (!wanted) box.checked = false;
  }
}

/** "None" stands beside no other answer. @param {HTMLFormElement} form @param {HTMLInputElement} chosenBox */
function keepNoneAlone(form, chosenBox) {
  for (const box of form.querySelectorAll(`input[name="${chosenBox.name}"]`)) {
    if (box instanceof HTMLInputElement && (box.value === "none") !== (chosenBox.value === "none")) box.checked = false;
  }
}

/** The first chosen is the main problem; at most three stand beside it. @param {HTMLFormElement} form @param {HTMLInputElement} box @param {Record<string, string>} words */
function chooseProblem(form, box, words) {
  const order = orderOf(form).filter((code) => code !== box.value);
  if (box.checked && order.length < 4) order.push(box.value);
  showOrder(form, order, words.main_problem);
}

/** City first, then its counties; the field holds the finer one that is known. @param {HTMLFormElement} form @param {() => void} changed */
function preparePlaces(form, changed) {
  const city = form.querySelector('[data-role="city"]');
  const county = form.querySelector('[data-role="county"]');
  const field = form.elements.namedItem("place_code");
  if (!(city instanceof HTMLSelectElement) || !(county instanceof HTMLSelectElement) || !(field instanceof HTMLInputElement)) return;
  const counties = [...county.options].slice(1);
  const narrow = () => {
    county.replaceChildren(county.options[0], ...counties.filter((option) => option.dataset.city === city.value));
  };
  const show = (/** @type {string} */ code) => {
    const own = counties.find((option) => option.value === code);
    city.value = own ? (own.dataset.city ?? "") : code;
    narrow();
    county.value = own ? code : "";
  };
  // Where the number comes from is shown as a proposal; it counts once a person has touched it.
  show(field.value || field.dataset.suggested || "");
  const take = () => {
    field.value = county.value || city.value;
    changed();
  };
  city.addEventListener("change", () => {
    narrow();
    county.value = "";
    take();
  });
  county.addEventListener("change", take);
  for (const select of [city, county]) select.addEventListener("blur", () => field.value || !city.value || take());
}

/** A step below what stands needs a reason before it counts. @param {HTMLFormElement} form @param {Element} main @param {Record<string, string>} words @param {() => void} changed */
function prepareLadder(form, main, words, changed) {
  const ladder = main.querySelector('[data-role="ladder"]');
  const lower = main.querySelector('[data-role="lower"]');
  const button = lower?.querySelector('[data-role="lower-now"]');
  const reason = lower?.querySelector("input");
  if (!ladder || !(lower instanceof HTMLElement) || !(button instanceof HTMLButtonElement) || !(reason instanceof HTMLInputElement)) return;
  let before = chosen(form, "risk_level");
  let wished = "";
  ladder.addEventListener("change", (event) => {
    const step = event.target;
    if (!(step instanceof HTMLInputElement)) return;
    const least = Math.max(Number(ladder.getAttribute("data-floor")), Number(before || 0));
    if (Number(step.value) >= least || !(before || Number(ladder.getAttribute("data-floor")))) {
      before = step.value;
      reason.value = "";
      lower.hidden = true;
      changed();
      return;
    }
    wished = step.value;
    const steps = form.elements.namedItem("risk_level");
    if (steps instanceof RadioNodeList) steps.value = before;
    if (!before) step.checked = false;
    lower.hidden = false;
    button.hidden = false;
    button.textContent = `${words.lower_to} R${wished}`;
    reason.focus();
  });
  button.addEventListener("click", () => {
    if (!reason.value.trim()) return void reason.focus();
    const steps = form.elements.namedItem("risk_level");
    if (steps instanceof RadioNodeList) steps.value = before = wished;
    button.hidden = true;
    changed();
  });
  ladder.addEventListener("desk.level", (event) => {
    before = String(/** @type {CustomEvent} */ (event).detail);
  });
}

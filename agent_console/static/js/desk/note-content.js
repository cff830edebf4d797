// What stands in the form, by field code, and back.

/** @typedef {Record<string, string|number|string[]>} Content */

/** @param {HTMLFormElement} form @returns {Content} */
export function readForm(form) {
  /** @type {Content} */
  const content = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement)) continue;
    const { name } = element;
    if (!name) continue;
    if (element instanceof HTMLInputElement && element.type === "checkbox") {
      const list = /** @type {string[]} */ (content[name] ?? []);
      if (element.checked) content[name] = [...list, element.value];
      continue;
    }
    if (element instanceof HTMLInputElement && element.type === "radio" && !element.checked) continue;
    const value = element.value.trim();
    if (value === "") continue;
    content[name] = element.dataset.kind === "figure" ? Number(value) : value;
  }
  for (const select of form.querySelectorAll("select[data-others-of]")) {
    if (select instanceof HTMLSelectElement && select.value) content[select.dataset.othersOf ?? ""] = select.value;
  }
  const problems = orderOf(form);
  if (problems.length) content.problem = problems[0];
  if (problems.length > 1) content.other_problems = problems.slice(1);
  return content;
}

/** The chosen problems in the order of choosing; the first is the main one. @param {HTMLFormElement} form @returns {string[]} */
export function orderOf(form) {
  return JSON.parse(form.dataset.order ?? "[]");
}

/** @param {HTMLFormElement} form @param {string[]} order @param {string} mainWord */
export function showOrder(form, order, mainWord) {
  form.dataset.order = JSON.stringify(order);
  for (const box of form.querySelectorAll("[data-problem]")) {
    if (!(box instanceof HTMLInputElement)) continue;
    const place = order.indexOf(box.value);
    box.checked = place >= 0;
    const chip = box.closest(".chip");
    chip?.classList.toggle("chip-2", place !== 0);
    const words = chip?.querySelector("span");
    words?.querySelector("[data-main]")?.remove();
    if (place === 0 && words) {
      const mark = document.createElement("b");
      mark.dataset.main = "";
      mark.textContent = ` · ${mainWord}`;
      words.append(mark);
    }
  }
}

/** Put a saved content back into the form. @param {HTMLFormElement} form @param {Content} content @param {string} mainWord */
export function fillForm(form, content, mainWord) {
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && ["radio", "checkbox"].includes(element.type)) {
      if (!element.name) continue;
      const value = content[element.name];
      element.checked = Array.isArray(value) ? value.includes(element.value) : String(value ?? "") === element.value;
    } else if ((element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) && element.name) {
      element.value = String(content[element.name] ?? "");
    }
  }
  for (const select of form.querySelectorAll("select[data-others-of]")) {
    if (!(select instanceof HTMLSelectElement)) continue;
    const value = String(content[select.dataset.othersOf ?? ""] ?? "");
    select.value = [...select.options].some((option) => option.value === value) ? value : "";
  }
  const main = content.problem ? [String(content.problem)] : [];
  showOrder(form, [...main, .../** @type {string[]} */ (content.other_problems ?? [])], mainWord);
}

// The slider moves both days by the same step, so that two windows of one length can be compared.

export {};

/** @param {string} iso @param {number} days */
const shifted = (iso, days) => {
  const day = new Date(`${iso}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
};

const form = document.querySelector('[data-role="filters"]');
const slider = form?.querySelector('[data-role="slider"]');
const told = form?.querySelector('[data-role="days"]');

if (form instanceof HTMLFormElement && slider instanceof HTMLInputElement) {
  const from = form.elements.namedItem("from");
  const to = form.elements.namedItem("to");
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) {
    let at = slider.valueAsNumber;
    slider.addEventListener("input", () => {
      const back = at - slider.valueAsNumber;
      at = slider.valueAsNumber;
      from.value = shifted(from.value, back);
      to.value = shifted(to.value, back);
      if (told) told.textContent = `${from.value} – ${to.value}`;
    });
    slider.addEventListener("change", () => form.requestSubmit());
  }
  for (const select of form.querySelectorAll("select")) select.addEventListener("change", () => form.requestSubmit());
}

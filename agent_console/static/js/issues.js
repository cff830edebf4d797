// The explorer of issues: what the time slider points at, and the plot. Every number of the plot stands in the
// table below it, so that nobody needs the plot.

/** @typedef {{days: string[], step: number, series: {id: number, name: string, data: number[]}[]}} Trend */
/** @typedef {{setOption: (option: object, all?: boolean) => void, resize: () => void, dispose: () => void, on: (name: string, act: (event: {seriesId?: string}) => void) => void}} Plot */

const DAY_MS = 86_400_000;
/** Tokens that stay apart by day and by night; lines are told apart by their dashes too. */
const LINES = ["--accent", "--r3", "--wrap", "--info", "--r4", "--ok", "--warn", "--ink-3"];

/** @type {Plot | null} */
let plot = null;

const slider = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-role="slider"]'));
const shown = document.querySelector('[data-role="slider-day"]');

function showDay() {
  if (!slider || !shown) return;
  const today = Date.parse(slider.dataset.today ?? "");
  const day = new Date(today - Number(slider.value) * DAY_MS).toISOString().slice(0, 10);
  shown.textContent = day;
  slider.setAttribute("aria-valuetext", day);
}

/** @param {string} name */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw() {
  const box = /** @type {HTMLElement | null} */ (document.querySelector('[data-role="trend"]'));
  plot?.dispose();
  plot = null;
  const echarts = /** @type {any} */ (window).echarts;
  if (!box || !echarts) return;
  const trend = /** @type {Trend} */ (JSON.parse(box.dataset.trend ?? "{}"));
  const text = { color: colour("--ink-2"), fontFamily: "inherit", fontSize: 12 };
  const line = { lineStyle: { color: colour("--c-grid") } };
  const made = /** @type {Plot} */ (echarts.init(box, null, { renderer: "canvas" }));
  made.setOption({
    animation: false,
    color: LINES.map(colour),
    aria: { enabled: false },
    // Words as canvas text: the page's policy lets no markup carry styles of its own.
    tooltip: { trigger: "axis", renderMode: "richText", order: "valueDesc", backgroundColor: colour("--surface"), borderColor: colour("--line-strong"), textStyle: { color: colour("--ink"), fontSize: 12 } },
    legend: { type: "scroll", top: 0, textStyle: text, pageTextStyle: text },
    grid: { left: 40, right: 16, top: 34, bottom: 26 },
    xAxis: { type: "category", data: trend.days.map((day) => day.slice(5)), axisLabel: text, axisLine: line, boundaryGap: true },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: line },
    series: trend.series.map((one, place) => ({
      id: String(one.id),
      name: one.name,
      type: "line",
      data: one.data,
      symbolSize: 6,
      lineStyle: { width: place === 0 ? 3 : 1.6, type: place < 4 ? "solid" : "dashed" },
    })),
  });
  made.on("click", (event) => {
    if (event.seriesId) window.location.assign(`/issues/${Number(event.seriesId)}`);
  });
  plot = made;
}

slider?.addEventListener("input", showDay);
document.body.addEventListener("htmx:afterSettle", draw);
window.addEventListener("resize", () => plot?.resize());
showDay();
// The plot's library is deferred as this module is, and may come after it.
if (document.readyState === "complete") draw();
else window.addEventListener("load", draw);

// A recording beside its words: a line is heard by a click or Enter, the waveform moves by arrow keys, F8 plays.
// The server sends only the part that is listened to.

const STEP_SECONDS = 5;
const PAGE_SECONDS = 30;

/** @param {string} role @returns {any} */
const part = (role) => document.querySelector(`[data-role="${role}"]`);

const player = /** @type {HTMLAudioElement} */ (part("player"));
const wave = /** @type {SVGElement|null} */ (part("waveform"));
const lines = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-role="line"]')]);
const whole = Number(wave?.dataset.seconds || 0);

/** @param {number} seconds */
function span(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const rest = String(all % 60).padStart(2, "0");
  const minutes = Math.floor((all % 3600) / 60);
  return all >= 3600 ? `${Math.floor(all / 3600)}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function show() {
  const at = player.currentTime;
  part("at").textContent = span(at);
  if (wave && whole) {
    const x = String(Math.min(600, (600 * at) / whole));
    part("now").setAttribute("x1", x);
    part("now").setAttribute("x2", x);
    wave.setAttribute("aria-valuenow", String(Math.round(at)));
    wave.setAttribute("aria-valuetext", span(at));
  }
  for (const line of lines) {
    const now = at >= Number(line.dataset.start) && at < Number(line.dataset.end);
    if (now) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function showPlaying() {
  const button = part("play");
  button.setAttribute("aria-pressed", String(!player.paused));
  part("play-word").textContent = player.paused ? button.dataset.play : button.dataset.pause;
}

/** @param {number} seconds */
function moveTo(seconds) {
  player.currentTime = Math.max(0, Math.min(seconds, whole || player.duration || 0));
  show();
}

function toggle() {
  if (player.paused) void player.play();
  else player.pause();
}

part("play").addEventListener("click", toggle);
for (const line of lines) {
  line.addEventListener("click", () => {
    moveTo(Number(line.dataset.start));
    void player.play();
  });
}
wave?.addEventListener("click", (event) => {
  const box = wave.getBoundingClientRect();
  moveTo((whole * (event.clientX - box.left)) / box.width);
});
wave?.addEventListener("keydown", (event) => {
  /** @type {Record<string, number>} */
  const moves = {
    ArrowLeft: player.currentTime - STEP_SECONDS, ArrowRight: player.currentTime + STEP_SECONDS,
    ArrowDown: player.currentTime - STEP_SECONDS, ArrowUp: player.currentTime + STEP_SECONDS,
    PageDown: player.currentTime - PAGE_SECONDS, PageUp: player.currentTime + PAGE_SECONDS, Home: 0, End: whole,
  };
  if (!(event.key in moves)) return;
  event.preventDefault();
  moveTo(moves[event.key]);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.repeat || event.shiftKey) return;
  event.preventDefault();
  toggle();
});
for (const name of ["timeupdate", "seeked", "loadedmetadata"]) player.addEventListener(name, show);
for (const name of ["play", "pause", "ended"]) player.addEventListener(name, showPlaying);

// Live captions of the call in hand, over a socket of their own: the words live on this screen and nowhere else
// in the browser. What the server says about consent decides; a lost socket never touches the call.
import { post } from "./http.js";
import { span } from "./clock.js";

const AGAIN_MS = 2000;
const RENEW_MS = 45_000;
const NEAR_END_PX = 32;
/** Lines kept on screen: a long night in one call must not slow the page. */
const MOST_LINES = 500;

/** @typedef {{start: number, end: number, level: number, zh: string, en: string}} Mark */
/** @typedef {{type: string, id: string, lane: string, at: number, text: string, final: boolean, marks: Mark[], seconds: number, state: string, model: string}} Told */

class Captions {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(panel.dataset.words ?? "{}");
    this.english = panel.dataset.language === "en";
    /** @type {Map<string, HTMLElement>} */
    this.lines = new Map();
    /** @type {WebSocket|null} */
    this.socket = null;
    this.hidden = false;
    this.stopped = false;
    this.timer = 0;
    this.part("captions-newest").addEventListener("click", () => this.toEnd());
    this.part("captions-toggle").addEventListener("click", () => this.toggle());
    this.part("captions-scroll").addEventListener("scroll", () => {
      if (this.isAtEnd()) this.part("captions-newest").hidden = true;
    });
    void this.ask();
  }

  /** @param {string} role @returns {HTMLElement} */
  part(role) {
    return /** @type {HTMLElement} */ (this.panel.querySelector(`[data-role="${role}"]`));
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.disconnect();
  }

  /** What may be shown now; asked again each minute, since the pass lives no longer. */
  async ask() {
    clearTimeout(this.timer);
    if (this.stopped || this.hidden) return;
    let told;
    try {
      told = await post(this.panel.dataset.url ?? "", {}, { passive: true });
    } catch {
      this.show("interrupted");
      this.again(AGAIN_MS);
      return;
    }
    if (this.stopped || this.hidden) return;
    if (told.state === "ready") {
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ token: told.token }));
      else if (!this.socket) this.connect(told.url, told.token);
    } else {
      this.disconnect();
      if (told.state === "refused" || told.state === "not_asked") this.clear();
      this.show(told.state);
    }
    this.again(told.state === "no_model" ? 4 * AGAIN_MS : RENEW_MS);
  }

  /** @param {number} milliseconds */
  again(milliseconds) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = window.setTimeout(() => void this.ask(), milliseconds);
  }

  /** @param {string} url @param {string} token */
  connect(url, token) {
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.dropPartials();
      socket.send(JSON.stringify({ token }));
    });
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.show("interrupted");
      this.again(AGAIN_MS);
    });
  }

  disconnect() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.dropPartials();
  }

  /** @param {Told} told */
  hear(told) {
    const follows = this.isAtEnd();
    if (told.type === "state") this.show(told.model === "ready" ? told.state : told.model);
    else if (told.type === "forget") this.clear();
    else if (told.type === "gap") this.addGap(told);
    else if (told.type === "line") this.addLine(told);
    if (follows) this.toEnd();
    else if (told.type === "line") this.part("captions-newest").hidden = false;
  }

  /** @param {string} state */
  show(state) {
    const line = this.part("captions-state");
    line.dataset.state = state;
    line.textContent = this.words[state] ?? state;
    line.title = line.textContent;
  }

  /** @param {Told} told */
  addLine(told) {
    const before = this.lines.get(told.id);
    if (!told.text) {
      before?.remove();
      this.lines.delete(told.id);
      return;
    }
    const item = before ?? this.newLine(told);
    item.classList.toggle("partial", !told.final);
    const said = /** @type {HTMLElement} */ (item.querySelector(".said"));
    said.replaceChildren(...this.withMarks(told));
    const why = /** @type {HTMLElement} */ (item.querySelector(".why"));
    const reasons = told.marks.map((mark) => this.reason(mark)).join(this.words.between);
    why.hidden = !reasons;
    /** @type {HTMLElement} */ (why.querySelector("span")).textContent = reasons;
    if (reasons && item.dataset.announced !== reasons) {
      item.dataset.announced = reasons;
      this.part("captions-marked").textContent = this.words.marked + reasons;
    }
  }

  /** @param {Told} told @returns {HTMLElement} */
  newLine(told) {
    const item = document.createElement("li");
    item.className = told.lane === "operator" ? "utt agent" : "utt";
    item.dataset.lane = told.lane;
    item.dataset.at = String(told.at);
    const meta = document.createElement("div");
    meta.className = "meta";
    const who = document.createElement("span");
    who.textContent = this.words[told.lane];
    const at = document.createElement("span");
    at.className = "num";
    at.textContent = span(told.at);
    meta.append(who, at);
    const said = document.createElement("p");
    said.className = "said";
    const why = document.createElement("div");
    why.className = "why";
    why.hidden = true;
    why.append(document.createElement("span"));
    item.append(meta, said, why);
    this.place(item);
    this.lines.set(told.id, item);
    return item;
  }

  /** @param {HTMLElement} item */
  place(item) {
    const list = this.part("captions");
    list.append(item);
    while (list.childElementCount > MOST_LINES) list.firstElementChild?.remove();
  }

  /** @param {Mark} mark */
  reason(mark) {
    return `${this.english ? mark.en : mark.zh} → R${mark.level}+`;
  }

  /** The words, the marked ones with their reason on focus and hover. @param {Told} told */
  withMarks(told) {
    /** @type {(string|HTMLElement)[]} */
    const pieces = [];
    let done = 0;
    // Offsets count characters of the server's text, not the browser's half characters.
    const letters = Array.from(told.text);
    for (const mark of [...told.marks].sort((a, b) => a.start - b.start)) {
      pieces.push(letters.slice(done, mark.start).join(""));
      const word = document.createElement("mark");
      word.className = "riskword";
      word.tabIndex = 0;
      word.title = this.reason(mark);
      word.setAttribute("aria-label", `${letters.slice(mark.start, mark.end).join("")} — ${this.reason(mark)}`);
      word.textContent = letters.slice(mark.start, mark.end).join("");
      pieces.push(word);
      done = mark.end;
    }
    pieces.push(letters.slice(done).join(""));
    return pieces;
  }

  /** @param {Told} told */
  addGap(told) {
    const item = document.createElement("li");
    item.className = "utt-gap muted small";
    item.dataset.role = "captions-gap";
    item.textContent = `${this.words[told.lane]} · ${this.words.gap.replace("{n}", told.seconds.toFixed(1))}`;
    this.place(item);
  }

  dropPartials() {
    for (const item of this.panel.querySelectorAll(".utt.partial")) item.remove();
  }

  clear() {
    this.lines.clear();
    this.part("captions").replaceChildren();
    this.part("captions-marked").textContent = "";
    this.part("captions-newest").hidden = true;
  }

  isAtEnd() {
    const box = this.part("captions-scroll");
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    const box = this.part("captions-scroll");
    box.scrollTop = box.scrollHeight;
    this.part("captions-newest").hidden = true;
  }

  /** Away with the words, for who is distracted by them; the socket goes too. */
  toggle() {
    this.hidden = !this.hidden;
    const button = this.part("captions-toggle");
    button.setAttribute("aria-pressed", String(this.hidden));
    const word = button.querySelector('[data-role="word"]');
    if (word) word.textContent = this.hidden ? this.words.show : this.words.hide;
    this.clear();
    if (this.hidden) {
      this.disconnect();
      this.show("hidden");
    } else {
      this.show("waiting");
      void this.ask();
    }
  }
}

/** @type {Captions|null} */
let running = null;

/** Follows the panel that is on the page now, if there is one. */
export function adoptCaptions() {
  const panel = document.querySelector('[data-role="captions-panel"]');
  if (running && running.panel !== panel) {
    running.stop();
    running = null;
  }
  if (panel instanceof HTMLElement && !running) running = new Captions(panel);
}

document.body.addEventListener("live.fact", (event) => {
  const { name } = /** @type {CustomEvent} */ (event).detail;
  if (/^(consent|recording|call)\./.test(name)) void running?.ask();
});

document.addEventListener("keydown", (event) => {
  if (event.shiftKey && event.key === "F8" && !event.repeat && running) {
    event.preventDefault();
    running.toggle();
  }
});

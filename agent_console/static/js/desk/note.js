// The note saves itself. What is typed stays on this page until the server has it; nothing goes into
// the browser's storage, since a caller's words do not belong on a desk's disk.
import { RefusedByServer, post } from "./http.js";
import { fillForm, readForm } from "./note-content.js";

const PAUSE_MS = 2000;
const LONGEST_MS = 3000;
const RETRY_MS = [1000, 2000, 4000, 8000];

export class Note {
  /**
   * @param {HTMLFormElement} form
   * @param {{words: Record<string, string>, onSaved: (saved: any) => void,
   *          onState: (kind: "ok"|"busy"|"fail", words: string) => void,
   *          onConflict: (conflict: any) => void}} options
   */
  constructor(form, options) {
    this.form = form;
    this.callId = Number(form.dataset.call);
    this.closed = form.dataset.state === "closed";
    this._options = options;
    this._revision = Number(form.dataset.revision);
    this._saved = JSON.stringify(readForm(form));
    this._dirtySince = 0;
    this._timer = 0;
    this._tries = 0;
    this._conflict = false;
    /** @type {{revision: number, content: import("./note-content.js").Content}} */
    this._theirs = { revision: 0, content: {} };
    /** @type {Promise<void>|null} */
    this._running = null;
    const changed = () => this.changed();
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // Controls outside the form belong to it by their form attribute; their events bubble elsewhere.
    for (const element of form.elements) if (!form.contains(element)) element.addEventListener("input", changed);
  }

  get isDirty() {
    return JSON.stringify(readForm(this.form)) !== this._saved;
  }

  changed() {
    if (this.closed || this._conflict || !this.isDirty) return;
    const now = performance.now();
    this._dirtySince ||= now;
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.save(), Math.max(0, Math.min(PAUSE_MS, this._dirtySince + LONGEST_MS - now)));
    if (this._tries === 0) this._options.onState("busy", this._options.words.unsaved);
  }

  /** Save until the server has what stands here. Resolves true then, false when it has not. */
  async flush() {
    for (let turn = 0; turn < 3 && this.isDirty && !this._conflict && !this.closed; turn += 1) await this.save();
    return !this.isDirty || this.closed;
  }

  save() {
    this._running ??= this._save().finally(() => {
      this._running = null;
    });
    return this._running;
  }

  async _save() {
    clearTimeout(this._timer);
    const content = readForm(this.form);
    const text = JSON.stringify(content);
    if (text === this._saved || this.closed) return;
    const { words, onState } = this._options;
    if (this._tries === 0) onState("busy", words.saving);
    try {
      const saved = await post(`/desk/calls/${this.callId}/note`, { base_revision: this._revision, content }, { json: true, keepalive: text.length < 20_000 });
      this._revision = saved.revision;
      this._saved = text;
      this._tries = 0;
      this._dirtySince = 0;
      onState("ok", saved.saved);
      this._options.onSaved(saved);
      if (this.isDirty) this.changed();
    } catch (error) {
      if (error instanceof RefusedByServer && error.body.code === "note_changed_elsewhere") {
        this._conflict = true;
        this._theirs = { revision: error.body.revision, content: error.body.content };
        onState("fail", words.changed_elsewhere);
        this._options.onConflict(error.body);
        return;
      }
      if (error instanceof RefusedByServer && error.body.code === "note_already_closed") {
        this.closed = true;
        onState("fail", error.body.title);
        return;
      }
      const signedOut = error instanceof RefusedByServer && [0, 401, 403].includes(error.status);
      const known = error instanceof RefusedByServer && error.body.code && error.body.title;
      onState("fail", signedOut ? words.signed_out : known && error.status === 409 ? error.body.title : words.not_saved);
      const wait = RETRY_MS[Math.min(this._tries, RETRY_MS.length - 1)];
      this._tries += 1;
      this._timer = window.setTimeout(() => void this.save(), wait);
    }
  }

  /** After a conflict: this page's text becomes the next revision. */
  async keepMine() {
    this._revision = this._theirs.revision;
    this._conflict = false;
    this._saved = "";
    await this.save();
  }

  /** After a conflict: the other text comes here; this page's own was shown beside it before. */
  takeTheirs() {
    this._revision = this._theirs.revision;
    this._conflict = false;
    fillForm(this.form, this._theirs.content, this._options.words.main_problem);
    this._saved = JSON.stringify(readForm(this.form));
    this._options.onState("ok", "");
  }

  /** The server raised the level, or kept it: the form shows what it holds. @param {number} level */
  showLevel(level) {
    const step = this.form.elements.namedItem("risk_level");
    if (step instanceof RadioNodeList && step.value !== String(level)) {
      const wasClean = !this.isDirty;
      step.value = String(level);
      if (wasClean) this._saved = JSON.stringify(readForm(this.form));
    }
  }

  stop() {
    clearTimeout(this._timer);
  }
}

// The desk's telephone: ready only with live microphone, sound and line, and it says why when it is not.
import { Softphone } from "../softphone.js";
import { post } from "./http.js";

const HEARTBEAT_MS = 8000;

/** Problems of the softphone -> the reason code that the seat carries, the first that fits. */
const REASONS = [
  ["microphone", "no_microphone"],
  ["sound", "no_sound"],
  ["line", "not_registered"],
];

export class DeskPhone {
  /**
   * @param {{signallingUrl: string, onChange: () => void, onIncoming: () => void,
   *          onLevel: (level: number) => void, onWarning: (code: string) => void}} options
   */
  constructor(options) {
    this.wantsToAnswer = false;
    this.opened = false;
    this._options = options;
    this._beat = 0;
    this.phone = new Softphone({
      signallingUrl: options.signallingUrl,
      fetchToken: async () => (await post("/desk/softphone", {}, { passive: true })).token,
      onState: () => this._changed(),
      onIncoming: () => {
        if (this.wantsToAnswer) void this.answer();
        options.onIncoming();
      },
      onLevel: options.onLevel,
      onWarning: (/** @type {string} */ code) => options.onWarning(code),
    });
  }

  get state() {
    return this.phone.state;
  }

  /** Code of why nobody could be served here now; "" when all is live. */
  get reason() {
    const problems = this.phone.problems();
    if (!problems.length && !this.phone.state.registered) return "not_registered";
    const found = REASONS.find(([kind]) => problems.some((problem) => problem.startsWith(kind)));
    return found ? found[1] : "";
  }

  /** Open microphone, sound and line; call it from a click. Returns the reason code, "" when live. */
  async open() {
    try {
      await this.phone.openMicrophone();
    } catch {
      this.opened = true;
      await this.report();
      return this.reason || "no_microphone";
    }
    this.opened = true;
    try {
      await this.phone.register();
    } catch {
      await this.report();
      return this.reason || "not_registered";
    }
    await this.report();
    return this.reason;
  }

  /** The heartbeat: the seat stays at work only while it comes. */
  async report() {
    clearTimeout(this._beat);
    const reason = this.reason;
    try {
      await post("/desk/device", { live: reason ? "no" : "yes", reason }, { passive: true });
    } catch {
      // The next beat tries again; the live link shows that the network is gone.
    }
    this._beat = window.setTimeout(() => void this.report(), HEARTBEAT_MS);
  }

  /** Answer what rings; when the line has not rung yet, the moment it does. */
  async answer() {
    this.wantsToAnswer = true;
    if (this.phone.state.call !== "incoming") return false;
    this.wantsToAnswer = false;
    await this.phone.answer();
    return true;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.phone.mute(muted);
  }

  testRing() {
    return this.phone.testRing();
  }

  _changed() {
    if (this.opened && this.reason !== this._lastReason) {
      this._lastReason = this.reason;
      void this.report();
    }
    this._options.onChange();
  }

  /** @type {string|undefined} */
  _lastReason;
}

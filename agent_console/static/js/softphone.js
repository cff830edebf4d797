// @ts-check
/**
 * The browser's telephone: one microphone, one line, one call at a time.
 *
 * The same face whatever carries the call: our own client on the embedded exchange, or the carrier's Voice
 * SDK (`softphone/line.js` chooses). All that people read is made elsewhere: this module tells codes.
 *
 *   const phone = new Softphone({ signallingUrl, fetchToken, onState, onIncoming, onLevel, onWarning });
 *   await phone.openMicrophone();   // in a click or key press: microphone, sound, level meter
 *   await phone.register();         // wait for calls
 *   await phone.answer();           // or reject(); hangup(); mute(true); sendDigits("1")
 *   await phone.call({ To: "12356" });
 */
import { Devices } from "./softphone/devices.js";
import { SoftphoneError } from "./softphone/errors.js";
import { makeLine } from "./softphone/line.js";

export { SoftphoneError };

/**
 * @typedef {import("./softphone/line.js").LineFacts} LineFacts
 * @typedef {import("./softphone/line.js").IncomingCall} IncomingCall
 * @typedef {import("./softphone/devices.js").MicrophoneState} MicrophoneState
 * @typedef {import("./softphone/devices.js").SoundState} SoundState
 * @typedef {LineFacts & {muted: boolean, microphone: MicrophoneState, sound: SoundState}} PhoneState
 * @typedef {{signallingUrl: string, fetchToken: () => Promise<string>,
 *            onState?: (state: PhoneState, reason: string) => void,
 *            onIncoming?: (call: IncomingCall) => void,
 *            onLevel?: (level: number) => void,
 *            onWarning?: (code: string, detail: string) => void,
 *            ringOnIncoming?: boolean,
 *            iceServers?: RTCIceServer[],
 *            audio?: MediaTrackConstraints}} PhoneOptions
 */

export class Softphone {
  /** @param {PhoneOptions} options */
  constructor(options) {
    this._options = options;
    /** @type {PhoneState} */
    this._state = {
      line: "closed", registered: false, call: "none", callSid: "", muted: false,
      microphone: "closed", sound: "closed",
    };
    /** @type {Array<() => void>} */ this._whenReady = [];
    const warn = (/** @type {string} */ code, /** @type {string} */ detail) => options.onWarning?.(code, detail);
    this._devices = new Devices(
      { change: (change, reason) => this._change(change, reason), level: (level) => options.onLevel?.(level), warn },
      options.audio,
    );
    this._line = makeLine(options, {
      facts: () => this._state,
      change: (change, reason) => this._change(change, reason),
      incoming: (call) => this._incoming(call),
      ended: (reason) => this._ended(reason),
      sound: (sound) => this._devices.play(sound),
      warn,
    });
    this._onPageHide = () => this.hangup();
    window.addEventListener("pagehide", this._onPageHide);
  }

  /** A copy of what is so now. @returns {PhoneState} */
  get state() {
    return { ...this._state };
  }

  /**
   * Why nobody could talk here now; empty when all is live.
   * @returns {string[]} microphone-closed, microphone-muted, microphone-ended, sound-closed,
   *   sound-suspended, sound-blocked, line-down
   */
  problems() {
    const found = [];
    if (this._state.microphone !== "live") found.push(`microphone-${this._state.microphone}`);
    if (this._state.sound !== "live") found.push(`sound-${this._state.sound}`);
    if (this._state.line !== "ready") found.push("line-down");
    return found;
  }

  /**
   * Open microphone and sound; call it from a click or a key press. Called again it takes the microphone
   * that the browser offers now, also in a call.
   * @throws {SoftphoneError} microphone-unsupported, microphone-denied, microphone-missing,
   *   microphone-busy, microphone-failed
   */
  async openMicrophone() {
    await this._line.useMicrophone(await this._devices.open());
  }

  /** Play a short ring here, so that a person hears that sound works. */
  testRing() {
    return this._devices.testRing();
  }

  /** Let the other side hear us, or not. @param {boolean} muted */
  mute(muted) {
    this._devices.mute(muted);
    this._line.mute(muted);
    this._change({ muted }, muted ? "muted" : "unmuted");
  }

  /** Connect and wait for calls; comes back when the exchange has confirmed it. */
  async register() {
    this._line.register();
    await this._ready();
    await this._until(() => this._state.registered, 10_000, "line-refused");
  }

  /** Take no more calls; a call that runs goes on. */
  unregister() {
    this._line.unregister();
  }

  /** End everything: call, line, microphone. */
  close() {
    this.hangup();
    this._line.close();
    this._devices.close();
    window.removeEventListener("pagehide", this._onPageHide);
    this._change({ line: "closed", registered: false }, "closed");
  }

  /**
   * Call out; every entry is a parameter that the application receives.
   * @param {Record<string, string>} parameters
   * @throws {SoftphoneError} call-exists, microphone-…, line-down
   */
  async call(parameters) {
    if (this._state.call !== "none") throw new SoftphoneError("call-exists");
    const microphone = this._microphone();
    await this._ready();
    this._change({ call: "calling" }, "calling");
    await this._line.call(parameters, microphone);
  }

  /** Accept the call that rings. @throws {SoftphoneError} no-call, microphone-… */
  async answer() {
    if (this._state.call !== "incoming") throw new SoftphoneError("no-call");
    const microphone = this._microphone();
    this._devices.stopRing();
    this._change({ call: "answering" }, "answering");
    await this._line.answer(microphone);
  }

  /** Refuse the call that rings. */
  reject() {
    if (this._state.call === "incoming") this._line.reject();
  }

  /** Put the receiver down. */
  hangup() {
    if (this._state.call === "incoming") this._line.reject();
    else if (this._state.call !== "none") this._line.hangup();
  }

  /** Press keys in a call. @param {string} digits 0-9, *, # */
  sendDigits(digits) {
    if (!/^[0-9*#]+$/.test(digits)) throw new SoftphoneError("bad-digits");
    if (this._state.callSid) this._line.sendDigits(digits);
  }

  _microphone() {
    const { microphone } = this._devices;
    if (!microphone) throw new SoftphoneError(`microphone-${this._state.microphone}`);
    return microphone;
  }

  async _ready() {
    this._line.open();
    await this._until(() => this._state.line === "ready", 15_000, "line-down");
  }

  /** @param {IncomingCall} call */
  _incoming(call) {
    this._change({ call: "incoming", callSid: call.callSid }, "incoming");
    if (this._options.ringOnIncoming !== false) this._devices.ring();
    this._options.onIncoming?.(call);
  }

  /** @param {string} reason */
  _ended(reason) {
    this._devices.stopRing();
    this._devices.play(null);
    if (this._state.call !== "none") this._change({ call: "none", callSid: "" }, reason);
  }

  /** @param {Partial<PhoneState>} change @param {string} reason */
  _change(change, reason) {
    Object.assign(this._state, change);
    this._options.onState?.(this.state, reason);
    this._whenReady.forEach((check) => check());
  }

  /** @param {() => boolean} condition @param {number} milliseconds @param {string} code */
  _until(condition, milliseconds, code) {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this._whenReady = this._whenReady.filter((other) => other !== check);
      };
      const check = () => {
        if (condition()) {
          end();
          resolve(undefined);
        }
      };
      const timer = setTimeout(() => {
        end();
        reject(new SoftphoneError(code));
      }, milliseconds);
      this._whenReady.push(check);
      check();
    });
  }
}

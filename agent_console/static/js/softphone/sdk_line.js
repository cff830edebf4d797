// @ts-check
/**
 * The carrier's Voice SDK, unmodified, behind our own telephone's face. The one place that knows it.
 *
 * Three of its options are in its code but not in its manual: `chunderw` (another signalling host),
 * `publishEvents` and `getUserMedia`; the version is therefore pinned in package.json, and a journey
 * (tests/journeys/test_voice_sdk.py) drives this very file with the real library.
 */
import { SoftphoneError } from "./errors.js";

/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("@twilio/voice-sdk").Device} Device */
/** @typedef {import("@twilio/voice-sdk").Call} Call */

const RENEW_BEFORE_END_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 5_000;
/** How long the SDK tries the same gateway again for a call whose socket broke. */
const SIGNALLING_LOST_MILLISECONDS = 30_000;
/** Codes of a token that no longer, or never, let us in. */
const TOKEN_CODES = [20101, 20104, 31204, 31205];
const SOUNDS = [
  "disconnect", "incoming", "outgoing", "dtmfs", "dtmfh",
  ...Array.from("0123456789", (digit) => `dtmf${digit}`),
];

/** @implements {Line} */
export class SdkLine {
  /**
   * @param {import("./line.js").LineOptions & {address: string, silence: string}} options
   *   `address`: of the SDK's own browser build. `silence`: address of a silent sound; the ring is ours.
   * @param {import("./line.js").LineListener} tell
   */
  constructor(options, tell) {
    this._options = options;
    this._tell = tell;
    /** @type {Device|null} */ this._device = null;
    /** @type {Promise<void>|null} */ this._opening = null;
    /** @type {Call|null} */ this._call = null;
    /** @type {MediaStream|null} */ this._stream = null;
    this._wantsCalls = false;
    this._closed = false;
    this._muted = false;
    this._tokenRefused = false;
    this._timer = 0;
  }

  open() {
    this._opening ??= this._open();
  }

  register() {
    this._wantsCalls = true;
    if (this._device) void this._register(this._device);
  }

  unregister() {
    this._wantsCalls = false;
    const device = this._device;
    if (device?.state === "registered") device.unregister().catch(() => undefined);
    this._tell.change({ registered: false }, "unregistered");
  }

  /** @param {Record<string, string>} parameters */
  async call(parameters) {
    if (!this._device) throw new SoftphoneError("line-down");
    try {
      this._hold(await this._device.connect({ params: parameters }));
    } catch (error) {
      this._finish("call-failed");
      throw error;
    }
  }

  async answer() {
    this._call?.accept();
  }

  reject() {
    this._call?.reject();
    this._finish("rejected");
  }

  hangup() {
    const call = this._call;
    this._finish("hung-up-here");
    // A call that was accepted a moment ago is still pending inside the SDK, which then ends nothing.
    if (call?.status() === "pending") call.reject();
    else call?.disconnect();
  }

  /** @param {string} digits */
  sendDigits(digits) {
    this._call?.sendDigits(digits);
  }

  /** @param {boolean} muted */
  mute(muted) {
    this._muted = muted;
    this._call?.mute(muted);
  }

  /** @param {MediaStream} microphone */
  async useMicrophone(microphone) {
    this._stream = microphone;
    const audio = this._device?.audio;
    if (!audio) return;
    const id = microphone.getAudioTracks()[0].getSettings().deviceId ?? "default";
    // Between calls the SDK asks us for the microphone by itself; in a call it must be told to ask.
    if (!this._call) {
      if (audio.inputDevice) await audio.unsetInputDevice();
    } else if (audio.inputDevice?.deviceId === id) {
      await audio.setAudioConstraints({});
    } else {
      await audio.setInputDevice(id);
    }
  }

  close() {
    this._closed = true;
    this._wantsCalls = false;
    clearTimeout(this._timer);
    this._device?.destroy();
    this._device = null;
    this._opening = null;
  }

  async _open() {
    this._tell.change({ line: "connecting" }, "line-connecting");
    try {
      const { Device } = await loadLibrary(this._options.address);
      const token = await this._options.fetchToken();
      if (this._closed) return;
      this._device = this._listenTo(new Device(token, this._deviceOptions()));
    } catch (error) {
      this._tell.warn(error instanceof SoftphoneError ? error.code : "token-failed", String(error));
      this._opening = null;
      if (!this._closed) this._timer = window.setTimeout(() => this.open(), RETRY_MILLISECONDS);
      return;
    }
    if (this._wantsCalls) this.register();
    // Who only calls out connects with the call itself.
    else this._tell.change({ line: "ready" }, "line-ready");
  }

  _deviceOptions() {
    const host = this._options.signallingUrl && new URL(this._options.signallingUrl).host;
    const silence = new URL(this._options.silence, location.href).href;
    const unmentioned = { publishEvents: false, ...(host ? { chunderw: host } : {}) };
    return {
      ...unmentioned,
      getUserMedia: async () => this._ownMicrophone(),
      sounds: Object.fromEntries(SOUNDS.map((name) => [name, silence])),
      tokenRefreshMs: RENEW_BEFORE_END_MILLISECONDS,
      maxCallSignalingTimeoutMs: SIGNALLING_LOST_MILLISECONDS,
    };
  }

  /** @param {Device} device */
  _listenTo(device) {
    device.audio?.incoming(false);
    device.audio?.outgoing(false);
    device.audio?.disconnect(false);
    device.on("registering", () => this._tell.change({ line: this._was("ready", "reconnecting") }, "line-connecting"));
    device.on("registered", () => this._tell.change({ line: "ready", registered: true }, "registered"));
    device.on("unregistered", () => {
      const lost = this._wantsCalls ? /** @type {const} */ ({ line: "reconnecting" }) : {};
      this._tell.change({ registered: false, ...lost }, "line-lost");
    });
    device.on("tokenWillExpire", () => void this._renewToken());
    device.on("incoming", (/** @type {Call} */ call) => this._incoming(call));
    device.on("error", (/** @type {{code: number}} */ error) => this._refused(error));
    return device;
  }

  /** @param {...import("./line.js").LineState} once */
  _was(...once) {
    return once.includes(this._tell.facts().line) ? "reconnecting" : "connecting";
  }

  /** A copy of the open microphone for one call: the SDK stops it when the call ends. */
  _ownMicrophone() {
    if (!this._stream) throw new SoftphoneError("microphone-closed");
    return this._stream.clone();
  }

  /** @param {Device} device */
  async _register(device) {
    if (device.state !== "unregistered") return;
    try {
      await device.register();
    } catch (error) {
      this._tell.warn("line-error", String(error));
    }
  }

  /** @param {{code: number}} error */
  _refused({ code }) {
    if (!TOKEN_CODES.includes(code)) return this._tell.warn("line-error", String(code));
    this._tokenRefused = true;
    this._tell.change({ registered: false }, "token-refused");
    this._tell.warn(code === 31205 ? "token-expired" : "token-invalid", "");
    // A token that was never right is asked for again, but not in a hurry.
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._renewToken(), code === 31205 ? 0 : RETRY_MILLISECONDS);
  }

  async _renewToken() {
    const device = this._device;
    if (!device) return;
    clearTimeout(this._timer);
    try {
      device.updateToken(await this._options.fetchToken());
    } catch (error) {
      this._tell.warn("token-failed", String(error));
      this._timer = window.setTimeout(() => void this._renewToken(), RETRY_MILLISECONDS);
      return;
    }
    if (!this._tokenRefused) return;
    this._tokenRefused = false;
    // The gateway has dropped us, and the SDK believes that it is registered still.
    if (device.state === "registered") await device.unregister();
    if (this._wantsCalls) await this._register(device);
  }

  /** @param {Call} call */
  _incoming(call) {
    this._hold(call);
    this._tell.incoming({
      callSid: call.parameters.CallSid,
      from: call.parameters.From ?? "",
      parameters: Object.fromEntries(call.customParameters),
    });
  }

  /** @param {Call} call */
  _hold(call) {
    this._call = call;
    let refusal = 0;
    const isHeld = () => this._call === call;
    const finish = (/** @type {string} */ reason) => {
      if (isHeld()) this._finish(reason);
    };
    const sid = () => call.parameters.CallSid ?? "";
    call.on("ringing", () => isHeld() && this._tell.change({ call: "ringing", callSid: sid() }, "ringing"));
    call.on("accept", () => {
      if (!isHeld()) return;
      if (this._muted) call.mute(true);
      this._tell.change({ call: "talking", callSid: sid() }, "talking");
    });
    call.on("audio", (element) => isHeld() && this._tell.sound(element));
    call.on("reconnecting", () => isHeld() && this._tell.warn("media-interrupted", ""));
    call.on("error", (error) => {
      refusal = error.code;
      if (isHeld()) this._tell.warn("line-error", String(error.code));
    });
    call.on("cancel", () => finish("cancelled"));
    call.on("reject", () => finish("rejected"));
    call.on("disconnect", () => finish(refusal && !this._talked() ? `refused-${refusal}` : "hung-up-there"));
    // While it only rings, a call does not survive its socket.
    call.on("transportClose", () => this._tell.facts().call === "incoming" && finish("line-lost"));
  }

  _talked() {
    return this._tell.facts().call === "talking";
  }

  /** @param {string} reason */
  _finish(reason) {
    this._call = null;
    this._tell.ended(reason);
  }
}

/** @type {Promise<typeof import("@twilio/voice-sdk")>|undefined} */
let loaded;

/** The SDK's browser build sets `window.Twilio`. @param {string} address */
function loadLibrary(address) {
  loaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(/** @type {any} */ (window).Twilio);
    script.onerror = () => {
      loaded = undefined;
      reject(new SoftphoneError("library-missing"));
    };
    document.head.append(script);
  });
  return loaded;
}

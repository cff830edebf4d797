// @ts-check
// Our own small WebRTC client on the embedded exchange: signalling and media of one call.
import { Media } from "./media.js";
import { Signalling } from "./signalling.js";

/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./line.js").LineListener} LineListener */

/** @implements {Line} */
export class OwnLine {
  /** @param {import("./line.js").LineOptions} options @param {LineListener} tell */
  constructor(options, tell) {
    this._iceServers = options.iceServers ?? [];
    this._tell = tell;
    /** @type {Media|null} */ this._media = null;
    this._wantsCalls = false;
    this._offer = "";
    this._ticket = "";
    this._temporaryId = "";
    this._signalling = new Signalling(options, {
      connecting: (again) => tell.change({ line: again ? "reconnecting" : "connecting" }, "line-connecting"),
      connected: () => this._connected(),
      lost: () => {
        tell.change({ registered: false }, "line-lost");
        if (tell.facts().call === "incoming") this._finish("line-lost");
      },
      message: (type, payload) => void this._receive(type, payload),
      tokenRefused: () => tell.change({ registered: false }, "token-refused"),
      warn: tell.warn,
    });
  }

  open() {
    this._signalling.open();
  }

  register() {
    this._wantsCalls = true;
    const { line, registered } = this._tell.facts();
    // A line that comes up registers by itself.
    if (line === "ready" && !registered) this._signalling.send("register", { media: { audio: true } });
  }

  unregister() {
    this._wantsCalls = false;
    this._signalling.send("register", { media: { audio: false } });
    this._tell.change({ registered: false }, "unregistered");
  }

  /** @param {Record<string, string>} parameters @param {MediaStream} microphone */
  async call(parameters, microphone) {
    const random = crypto.getRandomValues(new Uint8Array(8));
    this._temporaryId = `TJSoftphone${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    try {
      const sdp = await this._makeMedia().offer(microphone);
      const params = new URLSearchParams(parameters).toString();
      this._signalling.send("invite", { callsid: this._temporaryId, sdp, twilio: { params } });
    } catch (error) {
      this._finish("call-failed");
      throw error;
    }
  }

  /** @param {MediaStream} microphone */
  async answer(microphone) {
    const { callSid } = this._tell.facts();
    try {
      const sdp = await this._makeMedia().answer(this._offer, microphone);
      this._signalling.send("answer", { callsid: callSid, sdp });
    } catch (error) {
      this._signalling.send("reject", { callsid: callSid });
      this._finish("call-failed");
      throw error;
    }
  }

  reject() {
    this._signalling.send("reject", { callsid: this._tell.facts().callSid });
    this._finish("rejected");
  }

  hangup() {
    this._signalling.send("hangup", { callsid: this._tell.facts().callSid || this._temporaryId });
    this._finish("hung-up-here");
  }

  /** @param {string} digits */
  sendDigits(digits) {
    const { callSid } = this._tell.facts();
    if (callSid) this._signalling.send("dtmf", { callsid: callSid, dtmf: digits });
  }

  mute() {
    // The microphone's own track is silent already, and it is that track which we send.
  }

  /** @param {MediaStream} microphone */
  async useMicrophone(microphone) {
    await this._media?.useMicrophone(microphone);
  }

  close() {
    this._wantsCalls = false;
    this._signalling.close();
  }

  _connected() {
    const { registered, call, callSid } = this._tell.facts();
    this._tell.change({ line: "ready" }, "line-ready");
    if (this._wantsCalls && !registered) this._signalling.send("register", { media: { audio: true } });
    if (this._ticket && call === "talking") {
      const sdp = this._media?.localSdp();
      this._signalling.send("invite", { callsid: callSid, sdp, reconnect: this._ticket, twilio: {} });
    }
  }

  /** @param {string} type @param {any} payload */
  async _receive(type, payload) {
    switch (type) {
      case "ready":
        this._tell.change({ registered: true }, "registered");
        break;
      case "offline":
        this._tell.change({ registered: false }, "unregistered");
        break;
      case "invite":
        this._incoming(payload);
        break;
      case "ringing":
        if (this._tell.facts().call === "calling") {
          this._ticket = payload.reconnect ?? "";
          this._tell.change({ call: "ringing", callSid: payload.callsid }, "ringing");
        }
        break;
      case "answer":
        await this._answered(payload);
        break;
      case "cancel":
      case "hangup":
        if (this._isOurs(payload.callsid)) this._finish(reasonOf(type, payload));
        break;
      case "error":
        this._refused(payload);
        break;
    }
  }

  /** @param {unknown} name */
  _isOurs(name) {
    return Boolean(name) && (name === this._tell.facts().callSid || name === this._temporaryId);
  }

  /** @param {any} payload */
  _refused(payload) {
    const code = Number(payload.error?.code);
    this._tell.warn("line-error", String(code));
    const { call } = this._tell.facts();
    if (this._isOurs(payload.callsid) && (call === "calling" || call === "ringing")) this._finish(`refused-${code}`);
  }

  /** @param {any} payload */
  _incoming(payload) {
    if (this._tell.facts().call !== "none") {
      this._signalling.send("reject", { callsid: payload.callsid });
      return;
    }
    this._offer = payload.sdp;
    this._ticket = payload.reconnect ?? "";
    const parameters = Object.fromEntries(new URLSearchParams(payload.parameters?.Params ?? ""));
    this._tell.incoming({ callSid: payload.callsid, from: payload.parameters?.From ?? "", parameters });
  }

  /** @param {any} payload */
  async _answered(payload) {
    if (payload.reconnect) this._ticket = payload.reconnect;
    if (!this._media?.awaitsAnswer) return;
    this._tell.change({ callSid: payload.callsid }, "answered");
    try {
      await this._media.takeAnswer(payload.sdp);
    } catch (error) {
      this._tell.warn("media-failed", String(error));
      this.hangup();
    }
  }

  _makeMedia() {
    this._media?.close();
    this._media = new Media(this._iceServers, {
      sound: this._tell.sound,
      connected: () => this._tell.change({ call: "talking" }, "talking"),
      interrupted: () => this._tell.warn("media-interrupted", ""),
      failed: () => {
        this._tell.warn("media-failed", "");
        this.hangup();
      },
      warn: this._tell.warn,
    });
    return this._media;
  }

  /** @param {string} reason */
  _finish(reason) {
    this._media?.close();
    this._media = null;
    this._offer = this._ticket = this._temporaryId = "";
    this._tell.ended(reason);
  }
}


/** @param {string} type @param {any} payload */
function reasonOf(type, payload) {
  if (payload.error) return `refused-${payload.error.code}`;
  return type === "cancel" ? "cancelled" : "hung-up-there";
}

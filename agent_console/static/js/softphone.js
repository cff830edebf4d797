// @ts-check
/**
 * The browser's telephone: one microphone, one line, one call at a time.
 *
 * Speaks the Voice SDK's own messages {type, version, payload} with the embedded exchange, so that
 * the SDK itself can take its place behind the same class. All that people read is made elsewhere:
 * this module tells codes.
 *
 *   const phone = new Softphone({ signallingUrl, fetchToken, onState, onIncoming, onLevel, onWarning });
 *   await phone.openMicrophone();   // in a click or key press: microphone, sound, level meter
 *   await phone.register();         // wait for calls
 *   await phone.answer();           // or reject(); hangup(); mute(true); sendDigits("1")
 *   await phone.call({ To: "12356" });
 */

const VERSION = "1.6";
const BACK_OFF_SECONDS = [0.3, 0.7, 1.5, 3, 6, 10];
/** The exchange sends a heartbeat every 5 s. */
const SILENT_LINE_MILLISECONDS = 15_000;
const GATHERING_MILLISECONDS = 1_000;
const LEVEL_MILLISECONDS = 100;
/** A microphone that gives nothing but zeros for so long is switched off somewhere. */
const ZERO_LEVELS = 50;

/**
 * @typedef {"closed"|"connecting"|"ready"|"reconnecting"} LineState  ready = the exchange knows us
 * @typedef {"none"|"incoming"|"answering"|"calling"|"ringing"|"talking"} CallState
 * @typedef {"closed"|"live"|"muted"|"ended"} MicrophoneState  muted = by the system, not by mute()
 * @typedef {"closed"|"live"|"suspended"|"blocked"} SoundState
 * @typedef {{line: LineState, registered: boolean, call: CallState, callSid: string, muted: boolean,
 *            microphone: MicrophoneState, sound: SoundState}} PhoneState
 * @typedef {{callSid: string, from: string, parameters: Record<string, string>}} IncomingCall
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
    /** @type {WebSocket|null} */ this._socket = null;
    /** @type {AudioContext|null} */ this._context = null;
    /** @type {MediaStream|null} */ this._stream = null;
    /** @type {RTCPeerConnection|null} */ this._peer = null;
    /** @type {HTMLAudioElement|null} */ this._sound = null;
    /** @type {{stop: () => void}|null} */ this._ring = null;
    this._offer = "";
    this._ticket = "";
    this._temporaryId = "";
    this._wanted = false; // the line shall be up
    this._wantsCalls = false; // register when it is
    this._attempt = 0;
    this._zeros = 0;
    this._levelTimer = 0;
    this._silenceTimer = 0;
    this._tokenTimer = 0;
    this._retryTimer = 0;
    /** @type {Array<() => void>} */ this._whenReady = [];
    this._onPageHide = () => this._leave();
    this._onDeviceChange = () => this._checkDevice();
    window.addEventListener("pagehide", this._onPageHide);
    navigator.mediaDevices?.addEventListener("devicechange", this._onDeviceChange);
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

  // ---------------------------------------------------------------- microphone and sound

  /**
   * Open microphone and sound; call it from a click or a key press.
   * @throws {SoftphoneError} microphone-unsupported, microphone-denied, microphone-missing,
   *   microphone-busy, microphone-failed
   */
  async openMicrophone() {
    if (!navigator.mediaDevices?.getUserMedia) throw new SoftphoneError("microphone-unsupported");
    this._context ??= new AudioContext();
    await this._context.resume().catch(() => undefined);
    this._context.onstatechange = () => this._checkSound();
    this._stream?.getTracks().forEach((track) => track.stop());
    try {
      this._stream = await navigator.mediaDevices.getUserMedia({
        audio: this._options.audio ?? { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      this._change({ microphone: "closed" }, "microphone-failed");
      throw new SoftphoneError(microphoneCode(error), String(error));
    }
    const [track] = this._stream.getAudioTracks();
    track.enabled = !this._state.muted;
    track.onended = () => this._microphone("ended");
    track.onmute = () => this._microphone("muted");
    track.onunmute = () => this._microphone("live");
    await this._peer?.getSenders().find((sender) => sender.track?.kind === "audio")?.replaceTrack(track);
    this._watchLevel(this._context, this._stream);
    this._sound ??= this._makeSound();
    this._checkSound();
    this._change({ microphone: track.muted ? "muted" : "live" }, "microphone-open");
  }

  /** Play a short ring here, so that a person hears that sound works. */
  async testRing() {
    if (!this._context) throw new SoftphoneError("sound-closed");
    await this._context.resume().catch(() => undefined);
    this._checkSound();
    const ring = ringTone(this._context, 0.15);
    await new Promise((done) => setTimeout(done, 1200));
    ring.stop();
  }

  /** Let the other side hear us, or not. @param {boolean} muted */
  mute(muted) {
    for (const track of this._stream?.getAudioTracks() ?? []) track.enabled = !muted;
    this._change({ muted }, muted ? "muted" : "unmuted");
  }

  // ---------------------------------------------------------------- line

  /** Connect and wait for calls; comes back when the exchange has confirmed it. */
  async register() {
    const wasReady = this._state.line === "ready";
    this._wantsCalls = true;
    await this._ready();
    // A line that comes up registers by itself.
    if (wasReady && !this._state.registered) this._send("register", { media: { audio: true } });
    await this._until(() => this._state.registered, 10_000, "line-refused");
  }

  /** Take no more calls; a call that runs goes on. */
  unregister() {
    this._wantsCalls = false;
    this._send("register", { media: { audio: false } });
    this._change({ registered: false }, "unregistered");
  }

  /** End everything: call, line, microphone. */
  close() {
    this._leave();
    this._wanted = this._wantsCalls = false;
    for (const timer of [this._levelTimer, this._silenceTimer, this._tokenTimer, this._retryTimer]) {
      clearTimeout(timer);
    }
    this._socket?.close();
    this._socket = null;
    this._stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this._stream = null;
    this._sound?.remove();
    this._sound = null;
    void this._context?.close();
    this._context = null;
    window.removeEventListener("pagehide", this._onPageHide);
    navigator.mediaDevices?.removeEventListener("devicechange", this._onDeviceChange);
    this._change({ line: "closed", registered: false, microphone: "closed", sound: "closed" }, "closed");
  }

  // ---------------------------------------------------------------- calls

  /**
   * Call out; every entry is a parameter that the application receives.
   * @param {Record<string, string>} parameters
   * @throws {SoftphoneError} call-exists, microphone-…, line-down
   */
  async call(parameters) {
    if (this._state.call !== "none") throw new SoftphoneError("call-exists");
    const stream = this._liveStream();
    await this._ready();
    this._change({ call: "calling" }, "calling");
    this._temporaryId = `TJSoftphone${Array.from(crypto.getRandomValues(new Uint8Array(8)), hex).join("")}`;
    try {
      const peer = this._makePeer();
      const transceiver = peer.addTransceiver(stream.getAudioTracks()[0], { direction: "sendrecv", streams: [stream] });
      preferPcmu(transceiver);
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const params = new URLSearchParams(parameters).toString();
      const sdp = this._localSdp(peer);
      this._send("invite", { callsid: this._temporaryId, sdp, twilio: { params } });
    } catch (error) {
      this._finish("call-failed");
      throw error;
    }
  }

  /** Accept the call that rings. @throws {SoftphoneError} no-call, microphone-… */
  async answer() {
    if (this._state.call !== "incoming") throw new SoftphoneError("no-call");
    const stream = this._liveStream();
    this._stopRing();
    this._change({ call: "answering" }, "answering");
    try {
      const peer = this._makePeer();
      await peer.setRemoteDescription({ type: "offer", sdp: this._offer });
      for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
      await peer.setLocalDescription(await peer.createAnswer());
      await gathered(peer);
      this._send("answer", { callsid: this._state.callSid, sdp: this._localSdp(peer) });
    } catch (error) {
      this._send("reject", { callsid: this._state.callSid });
      this._finish("call-failed");
      throw error;
    }
  }

  /** Refuse the call that rings. */
  reject() {
    if (this._state.call !== "incoming") return;
    this._send("reject", { callsid: this._state.callSid });
    this._finish("rejected");
  }

  /** Put the receiver down. */
  hangup() {
    if (this._state.call === "none") return;
    if (this._state.call === "incoming") return void this.reject();
    this._send("hangup", { callsid: this._state.callSid || this._temporaryId });
    this._finish("hung-up-here");
  }

  /** Press keys in a call. @param {string} digits 0-9, *, # */
  sendDigits(digits) {
    if (!/^[0-9*#]+$/.test(digits)) throw new SoftphoneError("bad-digits");
    if (this._state.callSid) this._send("dtmf", { callsid: this._state.callSid, dtmf: digits });
  }

  // ---------------------------------------------------------------- inside: line

  async _ready() {
    this._wanted = true;
    if (!this._socket) void this._connect();
    await this._until(() => this._state.line === "ready", 15_000, "line-down");
  }

  async _connect() {
    this._change({ line: this._attempt ? "reconnecting" : "connecting" }, "line-connecting");
    let token;
    try {
      token = await this._options.fetchToken();
    } catch (error) {
      this._warn("token-failed", String(error));
      this._retry();
      return;
    }
    if (!this._wanted) return;
    const socket = new WebSocket(this._options.signallingUrl);
    this._socket = socket;
    socket.onopen = () => this._send("listen", { token, browserinfo: { p: "browser", plugin: "rtc" }, reconnectTimeout: 0 });
    socket.onmessage = (event) => {
      this._alive(socket);
      if (event.data === "\n") socket.send("\n");
      else void this._receive(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this._socket !== socket) return;
      this._socket = null;
      clearTimeout(this._silenceTimer);
      this._change({ registered: false }, "line-lost");
      if (this._state.call === "incoming") this._finish("line-lost");
      this._retry();
    };
    this._alive(socket);
  }

  _retry() {
    if (!this._wanted) return;
    const wait = BACK_OFF_SECONDS[Math.min(this._attempt, BACK_OFF_SECONDS.length - 1)];
    this._attempt += 1;
    this._change({ line: "reconnecting" }, "line-reconnecting");
    this._retryTimer = window.setTimeout(() => void this._connect(), wait * 1000 * (0.7 + Math.random() * 0.6));
  }

  /** @param {WebSocket} socket */
  _alive(socket) {
    clearTimeout(this._silenceTimer);
    this._silenceTimer = window.setTimeout(() => socket.close(), SILENT_LINE_MILLISECONDS);
  }

  /** @param {number} secondsLeft */
  _renewTokenBefore(secondsLeft) {
    clearTimeout(this._tokenTimer);
    const wait = Math.max(1, secondsLeft - Math.min(60, secondsLeft / 4));
    this._tokenTimer = window.setTimeout(() => void this._renewToken(), Math.min(wait * 1000, 2 ** 31 - 1));
  }

  async _renewToken() {
    try {
      const token = await this._options.fetchToken();
      this._send("listen", { token });
    } catch (error) {
      this._warn("token-failed", String(error));
      this._tokenTimer = window.setTimeout(() => void this._renewToken(), 5000);
    }
  }

  /** @param {string} type @param {Record<string, unknown>} payload */
  _send(type, payload) {
    if (this._socket?.readyState === WebSocket.OPEN) {
      this._socket.send(JSON.stringify({ type, version: VERSION, payload }));
    }
  }

  /** @param {{type: string, payload?: any}} message */
  async _receive({ type, payload = {} }) {
    switch (type) {
      case "connected":
        this._attempt = 0;
        if (payload.token?.ttl) this._renewTokenBefore(payload.token.ttl);
        this._change({ line: "ready" }, "line-ready");
        if (this._wantsCalls && !this._state.registered) this._send("register", { media: { audio: true } });
        if (this._ticket && this._state.call === "talking") {
          const sdp = this._peer?.localDescription?.sdp;
          this._send("invite", { callsid: this._state.callSid, sdp, reconnect: this._ticket, twilio: {} });
        }
        break;
      case "ready":
        this._change({ registered: true }, "registered");
        break;
      case "offline":
        this._change({ registered: false }, "unregistered");
        break;
      case "invite":
        this._incoming(payload);
        break;
      case "ringing":
        if (this._state.call === "calling") {
          this._ticket = payload.reconnect ?? "";
          this._change({ call: "ringing", callSid: payload.callsid }, "ringing");
        }
        break;
      case "answer":
        await this._answered(payload);
        break;
      case "cancel":
      case "hangup":
        if (payload.callsid === this._state.callSid || payload.callsid === this._temporaryId) {
          const reason = payload.error ? `refused-${payload.error.code}` : type === "cancel" ? "cancelled" : "hung-up-there";
          this._finish(reason);
        }
        break;
      case "error":
        this._refused(payload);
        break;
    }
  }

  /** @param {any} payload */
  _refused(payload) {
    const code = Number(payload.error?.code);
    if (code === 31205 || code === 31204) {
      this._change({ registered: false }, "token-refused");
      this._warn(code === 31205 ? "token-expired" : "token-invalid", "");
      if (code === 31205) void this._renewToken();
      else this._socket?.close();
      return;
    }
    this._warn("line-error", String(code));
    const ours = payload.callsid && [this._state.callSid, this._temporaryId].includes(payload.callsid);
    if (ours && (this._state.call === "calling" || this._state.call === "ringing")) this._finish(`refused-${code}`);
  }

  // ---------------------------------------------------------------- inside: calls

  /** @param {any} payload */
  _incoming(payload) {
    if (this._state.call !== "none") {
      this._send("reject", { callsid: payload.callsid });
      return;
    }
    this._offer = payload.sdp;
    this._change({ call: "incoming", callSid: payload.callsid }, "incoming");
    if (this._options.ringOnIncoming !== false && this._context) this._ring = ringTone(this._context, 0.2);
    const parameters = Object.fromEntries(new URLSearchParams(payload.parameters?.Params ?? ""));
    this._options.onIncoming?.({ callSid: payload.callsid, from: payload.parameters?.From ?? "", parameters });
  }

  /** @param {any} payload */
  async _answered(payload) {
    if (payload.reconnect) this._ticket = payload.reconnect;
    if (this._peer?.signalingState !== "have-local-offer") return;
    this._change({ callSid: payload.callsid }, "answered");
    try {
      await this._peer.setRemoteDescription({ type: "answer", sdp: payload.sdp });
    } catch (error) {
      this._warn("media-failed", String(error));
      this.hangup();
    }
  }

  _makePeer() {
    const peer = new RTCPeerConnection({ iceServers: this._options.iceServers ?? [] });
    this._peer = peer;
    peer.ontrack = ({ streams, track }) => {
      this._sound ??= this._makeSound();
      this._sound.srcObject = streams[0] ?? new MediaStream([track]);
      this._sound.play().then(() => this._checkSound(), () => this._change({ sound: "blocked" }, "sound-blocked"));
    };
    peer.onconnectionstatechange = () => {
      if (this._peer !== peer) return;
      if (peer.connectionState === "connected") this._change({ call: "talking" }, "talking");
      if (peer.connectionState === "disconnected") this._warn("media-interrupted", "");
      if (peer.connectionState === "failed") {
        this._warn("media-failed", "");
        this.hangup();
      }
    };
    return peer;
  }

  /** @param {RTCPeerConnection} peer */
  _localSdp(peer) {
    const sdp = peer.localDescription?.sdp ?? "";
    // Without any network interface a browser finds no path, not even to its own machine.
    if (!sdp.includes("a=candidate")) this._warn("no-network-path", "");
    return sdp;
  }

  _liveStream() {
    const live = this._stream?.getAudioTracks().some((track) => track.readyState === "live");
    if (!this._stream || !live) throw new SoftphoneError(`microphone-${this._state.microphone}`);
    return this._stream;
  }

  /** @param {string} reason */
  _finish(reason) {
    this._stopRing();
    this._peer?.close();
    this._peer = null;
    if (this._sound) this._sound.srcObject = null;
    this._offer = this._ticket = this._temporaryId = "";
    if (this._state.call !== "none") this._change({ call: "none", callSid: "" }, reason);
  }

  _leave() {
    if (this._state.call !== "none") this.hangup();
  }

  _stopRing() {
    this._ring?.stop();
    this._ring = null;
  }

  // ---------------------------------------------------------------- inside: what is live

  _makeSound() {
    const element = document.createElement("audio");
    element.autoplay = true;
    element.hidden = true;
    element.dataset.role = "softphone-sound";
    document.body.append(element);
    return element;
  }

  /** @param {MicrophoneState} microphone */
  _microphone(microphone) {
    this._change({ microphone }, `microphone-${microphone}`);
    if (microphone !== "live") this._warn(`microphone-${microphone}`, "");
  }

  _checkSound() {
    const sound = this._context?.state === "running" ? "live" : "suspended";
    if (sound === this._state.sound) return;
    this._change({ sound }, `sound-${sound}`);
    if (sound !== "live") this._warn("sound-suspended", "");
  }

  async _checkDevice() {
    const [track] = this._stream?.getAudioTracks() ?? [];
    if (!track) return;
    const devices = await navigator.mediaDevices.enumerateDevices();
    const id = track.getSettings().deviceId;
    if (id && !devices.some((device) => device.kind === "audioinput" && device.deviceId === id)) {
      this._microphone("ended");
    }
    if (!devices.some((device) => device.kind === "audiooutput")) this._warn("sound-device-gone", "");
  }

  /** @param {AudioContext} context @param {MediaStream} stream */
  _watchLevel(context, stream) {
    clearTimeout(this._levelTimer);
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = () => {
      if (this._stream !== stream) return;
      this._levelTimer = window.setTimeout(look, LEVEL_MILLISECONDS);
      if (context.state !== "running") return;
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      this._zeros = sum === 0 && !this._state.muted ? this._zeros + 1 : 0;
      if (this._zeros === ZERO_LEVELS) this._warn("microphone-silent", "");
      this._options.onLevel?.(Math.min(1, Math.sqrt(sum / samples.length) * 4));
    };
    look();
  }

  // ---------------------------------------------------------------- inside: telling

  /** @param {Partial<PhoneState>} change @param {string} reason */
  _change(change, reason) {
    Object.assign(this._state, change);
    this._options.onState?.(this.state, reason);
    this._whenReady.forEach((check) => check());
  }

  /** @param {string} code @param {string} detail */
  _warn(code, detail) {
    this._options.onWarning?.(code, detail);
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

/** An error whose `code` the page can put into words. */
export class SoftphoneError extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "SoftphoneError";
    this.code = code;
  }
}

/** @param {unknown} error */
function microphoneCode(error) {
  const name = error instanceof DOMException ? error.name : "";
  const codes = {
    NotAllowedError: "microphone-denied", SecurityError: "microphone-denied",
    NotFoundError: "microphone-missing", OverconstrainedError: "microphone-missing",
    NotReadableError: "microphone-busy", AbortError: "microphone-busy",
  };
  return codes[/** @type {keyof codes} */ (name)] ?? "microphone-failed";
}

/** PCMU first: half the work for the exchange. @param {RTCRtpTransceiver} transceiver */
function preferPcmu(transceiver) {
  const codecs = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const rank = (/** @type {{mimeType: string}} */ codec) => (codec.mimeType === "audio/PCMU" ? 0 : 1);
  transceiver.setCodecPreferences?.([...codecs].sort((a, b) => rank(a) - rank(b)));
}

/** Wait for our addresses, but not long. @param {RTCPeerConnection} peer */
function gathered(peer) {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === "complete") return resolve(undefined);
    const timer = setTimeout(resolve, GATHERING_MILLISECONDS);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState === "complete") {
        clearTimeout(timer);
        resolve(undefined);
      }
    });
  });
}

/** A soft two-note ring, made here. @param {AudioContext} context @param {number} volume */
function ringTone(context, volume) {
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  const notes = [523.25, 659.25].map((frequency) => {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(gain);
    note.start();
    return note;
  });
  for (let turn = 0; turn < 60; turn += 1) {
    const at = context.currentTime + turn * 3;
    gain.gain.setTargetAtTime(volume, at, 0.03);
    gain.gain.setTargetAtTime(0, at + 0.9, 0.1);
  }
  return { stop: () => { notes.forEach((note) => note.stop()); gain.disconnect(); } };
}

/** @param {number} byte */
function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}

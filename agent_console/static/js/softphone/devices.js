// @ts-check
// Microphone, loudspeaker and ring: what is live, how loud, and which of them went away.
import { SoftphoneError } from "./errors.js";
import { ringTone } from "./ring.js";

const LEVEL_MILLISECONDS = 100;
/** A microphone that gives nothing but zeros for so long is switched off somewhere. */
const ZERO_LEVELS = 50;

/**
 * @typedef {"closed"|"live"|"muted"|"ended"} MicrophoneState  muted = by the system, not by mute()
 * @typedef {"closed"|"live"|"suspended"|"blocked"} SoundState
 */

export class Devices {
  /**
   * @param {{change: (change: {microphone?: MicrophoneState, sound?: SoundState}, reason: string) => void,
   *          level: (level: number) => void, warn: (code: string, detail: string) => void}} tell
   * @param {MediaTrackConstraints} [constraints]
   */
  constructor(tell, constraints) {
    this._tell = tell;
    this._constraints = constraints ?? { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    /** @type {AudioContext|null} */ this._context = null;
    /** @type {MediaStream|null} */ this._stream = null;
    /** @type {HTMLAudioElement|null} */ this._element = null;
    /** @type {{stop: () => void}|null} */ this._ring = null;
    /** @type {SoundState} */ this._soundState = "closed";
    this._muted = false;
    this._zeros = 0;
    this._levelTimer = 0;
    this._onDeviceChange = () => void this._checkDevice();
    navigator.mediaDevices?.addEventListener("devicechange", this._onDeviceChange);
  }

  /** The microphone's sound, when it is live. */
  get microphone() {
    const live = this._stream?.getAudioTracks().some((track) => track.readyState === "live");
    return live ? this._stream : null;
  }

  /**
   * Open microphone and sound; call it from a click or a key press.
   * @returns {Promise<MediaStream>}
   * @throws {SoftphoneError} microphone-unsupported, microphone-denied, microphone-missing,
   *   microphone-busy, microphone-failed
   */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new SoftphoneError("microphone-unsupported");
    this._context ??= new AudioContext();
    await this._context.resume().catch(() => undefined);
    this._context.onstatechange = () => this._checkSound();
    this._stream?.getTracks().forEach((track) => track.stop());
    try {
      this._stream = await navigator.mediaDevices.getUserMedia({ audio: this._constraints });
    } catch (error) {
      this._tell.change({ microphone: "closed" }, "microphone-failed");
      throw new SoftphoneError(microphoneCode(error), String(error));
    }
    const [track] = this._stream.getAudioTracks();
    track.enabled = !this._muted;
    track.onended = () => this._microphone("ended");
    track.onmute = () => this._microphone("muted");
    track.onunmute = () => this._microphone("live");
    this._watchLevel(this._context, this._stream);
    this._checkSound();
    this._tell.change({ microphone: track.muted ? "muted" : "live" }, "microphone-open");
    return this._stream;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this._muted = muted;
    for (const track of this._stream?.getAudioTracks() ?? []) track.enabled = !muted;
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

  ring() {
    this.stopRing();
    if (this._context) this._ring = ringTone(this._context, 0.2);
  }

  stopRing() {
    this._ring?.stop();
    this._ring = null;
  }

  /**
   * Let the other side's sound be heard. A line that plays it by itself hands over its own element.
   * @param {MediaStream|HTMLAudioElement|null} sound  null: the call is over
   */
  play(sound) {
    this._element?.remove();
    this._element = null;
    if (!sound) return;
    const element = sound instanceof MediaStream ? document.createElement("audio") : sound;
    element.autoplay = true;
    element.hidden = true;
    element.dataset.role = "softphone-sound";
    document.body.append(element);
    this._element = element;
    if (!(sound instanceof MediaStream)) return;
    element.srcObject = sound;
    element.play().then(
      () => this._checkSound(),
      () => this._sound("blocked"),
    );
  }

  close() {
    this.stopRing();
    this.play(null);
    clearTimeout(this._levelTimer);
    this._stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this._stream = null;
    void this._context?.close();
    this._context = null;
    navigator.mediaDevices?.removeEventListener("devicechange", this._onDeviceChange);
    this._soundState = "closed";
    this._tell.change({ microphone: "closed", sound: "closed" }, "closed");
  }

  /** @param {MicrophoneState} microphone */
  _microphone(microphone) {
    this._tell.change({ microphone }, `microphone-${microphone}`);
    if (microphone !== "live") this._tell.warn(`microphone-${microphone}`, "");
  }

  _checkSound() {
    const sound = this._context?.state === "running" ? "live" : "suspended";
    if (sound === this._soundState) return;
    this._sound(sound);
    if (sound !== "live") this._tell.warn("sound-suspended", "");
  }

  /** @param {SoundState} sound */
  _sound(sound) {
    this._soundState = sound;
    this._tell.change({ sound }, `sound-${sound}`);
  }

  async _checkDevice() {
    const [track] = this._stream?.getAudioTracks() ?? [];
    if (!track) return;
    const devices = await navigator.mediaDevices.enumerateDevices();
    const id = track.getSettings().deviceId;
    if (id && !devices.some((device) => device.kind === "audioinput" && device.deviceId === id)) {
      this._microphone("ended");
    }
    if (!devices.some((device) => device.kind === "audiooutput")) this._tell.warn("sound-device-gone", "");
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
      this._zeros = sum === 0 && !this._muted ? this._zeros + 1 : 0;
      if (this._zeros === ZERO_LEVELS) this._tell.warn("microphone-silent", "");
      this._tell.level(Math.min(1, Math.sqrt(sum / samples.length) * 4));
    };
    look();
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

// @ts-check
/**
 * A line: the way to the exchange, and the one call on it. Two play it: `OwnLine` (our WebRTC client) and
 * `SdkLine` (the carrier's Voice SDK). Which one is the page's matter: `<meta name="softphone" data-line="…">`.
 *
 * @typedef {"closed"|"connecting"|"ready"|"reconnecting"} LineState  ready = the exchange knows us
 * @typedef {"none"|"incoming"|"answering"|"calling"|"ringing"|"talking"} CallState
 * @typedef {{line: LineState, registered: boolean, call: CallState, callSid: string}} LineFacts
 * @typedef {{callSid: string, from: string, parameters: Record<string, string>}} IncomingCall
 *
 * What a line tells. `ended` may come more than once for one call; the first counts.
 * @typedef {{facts: () => LineFacts,
 *            change: (change: Partial<LineFacts>, reason: string) => void,
 *            incoming: (call: IncomingCall) => void,
 *            ended: (reason: string) => void,
 *            sound: (sound: MediaStream|HTMLAudioElement|null) => void,
 *            warn: (code: string, detail: string) => void}} LineListener
 *
 * @typedef {{signallingUrl: string, fetchToken: () => Promise<string>, iceServers?: RTCIceServer[]}} LineOptions
 *   `signallingUrl` may be empty with the SDK alone: the carrier's own address then.
 *
 * @typedef {{open: () => void, register: () => void, unregister: () => void,
 *            call: (parameters: Record<string, string>, microphone: MediaStream) => Promise<void>,
 *            answer: (microphone: MediaStream) => Promise<void>, reject: () => void, hangup: () => void,
 *            sendDigits: (digits: string) => void, mute: (muted: boolean) => void,
 *            useMicrophone: (microphone: MediaStream) => Promise<void>, close: () => void}} Line
 */
import { OwnLine } from "./own_line.js";
import { SdkLine } from "./sdk_line.js";

/** @param {LineOptions} options @param {LineListener} tell @returns {Line} */
export function makeLine(options, tell) {
  const chosen = /** @type {HTMLMetaElement|null} */ (document.querySelector('meta[name="softphone"]'))?.dataset;
  if (chosen?.line !== "voice-sdk") return new OwnLine(options, tell);
  return new SdkLine({ ...options, address: chosen.sdk ?? "", silence: chosen.silence ?? "" }, tell);
}

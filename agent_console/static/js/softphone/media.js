// @ts-check
// Sound of one call of our own client: one peer connection, PCMU first.

const GATHERING_MILLISECONDS = 1_000;

export class Media {
  /**
   * @param {RTCIceServer[]} iceServers
   * @param {{sound: (stream: MediaStream) => void, connected: () => void, interrupted: () => void,
   *          failed: () => void, warn: (code: string, detail: string) => void}} tell
   */
  constructor(iceServers, tell) {
    this._tell = tell;
    this._peer = new RTCPeerConnection({ iceServers });
    this._closed = false;
    this._peer.ontrack = ({ streams, track }) => tell.sound(streams[0] ?? new MediaStream([track]));
    this._peer.onconnectionstatechange = () => {
      if (this._closed) return;
      const state = this._peer.connectionState;
      if (state === "connected") tell.connected();
      if (state === "disconnected") tell.interrupted();
      if (state === "failed") tell.failed();
    };
  }

  /** Our description of a call that we begin. @param {MediaStream} microphone */
  async offer(microphone) {
    const track = microphone.getAudioTracks()[0];
    const transceiver = this._peer.addTransceiver(track, { direction: "sendrecv", streams: [microphone] });
    preferPcmu(transceiver);
    await this._peer.setLocalDescription(await this._peer.createOffer());
    await gathered(this._peer);
    return this.localSdp();
  }

  /** Our answer to a call that rings. @param {string} offer @param {MediaStream} microphone */
  async answer(offer, microphone) {
    await this._peer.setRemoteDescription({ type: "offer", sdp: offer });
    for (const track of microphone.getAudioTracks()) this._peer.addTrack(track, microphone);
    await this._peer.setLocalDescription(await this._peer.createAnswer());
    await gathered(this._peer);
    return this.localSdp();
  }

  get awaitsAnswer() {
    return this._peer.signalingState === "have-local-offer";
  }

  /** @param {string} sdp */
  async takeAnswer(sdp) {
    await this._peer.setRemoteDescription({ type: "answer", sdp });
  }

  /** @param {MediaStream} microphone */
  async useMicrophone(microphone) {
    const sender = this._peer.getSenders().find((each) => each.track?.kind === "audio");
    await sender?.replaceTrack(microphone.getAudioTracks()[0]);
  }

  localSdp() {
    const sdp = this._peer.localDescription?.sdp ?? "";
    // Without any network interface a browser finds no path, not even to its own machine.
    if (!sdp.includes("a=candidate")) this._tell.warn("no-network-path", "");
    return sdp;
  }

  close() {
    this._closed = true;
    this._peer.close();
  }
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

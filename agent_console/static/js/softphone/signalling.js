// @ts-check
// Our own socket to the embedded exchange: the Voice SDK's messages {type, version, payload}, a token that is
// renewed before it ends, and a line that comes back by itself.

const VERSION = "1.6";
const BACK_OFF_SECONDS = [0.3, 0.7, 1.5, 3, 6, 10];
/** The exchange sends a heartbeat every 5 s. */
const SILENT_LINE_MILLISECONDS = 15_000;
const CODE_EXPIRED = 31205;
const CODE_INVALID = 31204;

export class Signalling {
  /**
   * @param {{signallingUrl: string, fetchToken: () => Promise<string>}} options
   * @param {{connecting: (again: boolean) => void, connected: () => void, lost: () => void,
   *          message: (type: string, payload: any) => void, tokenRefused: () => void,
   *          warn: (code: string, detail: string) => void}} tell
   */
  constructor(options, tell) {
    this._options = options;
    this._tell = tell;
    /** @type {WebSocket|null} */ this._socket = null;
    this._wanted = false;
    this._opening = false;
    this._attempt = 0;
    this._silenceTimer = 0;
    this._tokenTimer = 0;
    this._retryTimer = 0;
  }

  /** Be connected from now on. */
  open() {
    this._wanted = true;
    if (!this._socket && !this._opening && !this._retryTimer) void this._connect();
  }

  close() {
    this._wanted = false;
    for (const timer of [this._silenceTimer, this._tokenTimer, this._retryTimer]) clearTimeout(timer);
    this._retryTimer = 0;
    this._socket?.close();
    this._socket = null;
  }

  /** @param {string} type @param {Record<string, unknown>} payload */
  send(type, payload) {
    if (this._socket?.readyState === WebSocket.OPEN) {
      this._socket.send(JSON.stringify({ type, version: VERSION, payload }));
    }
  }

  async _connect() {
    this._retryTimer = 0;
    this._opening = true;
    this._tell.connecting(this._attempt > 0);
    try {
      const token = await this._options.fetchToken();
      if (this._wanted) this._openSocket(token);
    } catch (error) {
      this._tell.warn("token-failed", String(error));
      this._retry();
    } finally {
      this._opening = false;
    }
  }

  /** @param {string} token */
  _openSocket(token) {
    const socket = new WebSocket(this._options.signallingUrl);
    this._socket = socket;
    socket.onopen = () => this.send("listen", { token, browserinfo: { p: "browser", plugin: "rtc" }, reconnectTimeout: 0 });
    socket.onmessage = (event) => {
      this._alive(socket);
      if (event.data === "\n") socket.send("\n");
      else this._receive(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this._socket !== socket) return;
      this._socket = null;
      clearTimeout(this._silenceTimer);
      this._tell.lost();
      this._retry();
    };
    this._alive(socket);
  }

  _retry() {
    if (!this._wanted) return;
    const wait = BACK_OFF_SECONDS[Math.min(this._attempt, BACK_OFF_SECONDS.length - 1)];
    this._attempt += 1;
    this._tell.connecting(true);
    this._retryTimer = window.setTimeout(() => void this._connect(), wait * 1000 * (0.7 + Math.random() * 0.6));
  }

  /** @param {WebSocket} socket */
  _alive(socket) {
    clearTimeout(this._silenceTimer);
    this._silenceTimer = window.setTimeout(() => socket.close(), SILENT_LINE_MILLISECONDS);
  }

  /** @param {{type: string, payload?: any}} message */
  _receive({ type, payload = {} }) {
    if (type === "connected") {
      this._attempt = 0;
      if (payload.token?.ttl) this._renewTokenBefore(payload.token.ttl);
      this._tell.connected();
    } else if (type === "error" && [CODE_EXPIRED, CODE_INVALID].includes(Number(payload.error?.code))) {
      this._tokenRefused(Number(payload.error.code) === CODE_EXPIRED);
    } else {
      this._tell.message(type, payload);
    }
  }

  /** @param {boolean} expired */
  _tokenRefused(expired) {
    this._tell.tokenRefused();
    this._tell.warn(expired ? "token-expired" : "token-invalid", "");
    if (expired) void this._renewToken();
    else this._socket?.close();
  }

  /** @param {number} secondsLeft */
  _renewTokenBefore(secondsLeft) {
    clearTimeout(this._tokenTimer);
    const wait = Math.max(1, secondsLeft - Math.min(60, secondsLeft / 4));
    this._tokenTimer = window.setTimeout(() => void this._renewToken(), Math.min(wait * 1000, 2 ** 31 - 1));
  }

  async _renewToken() {
    clearTimeout(this._tokenTimer);
    try {
      const token = await this._options.fetchToken();
      this.send("listen", { token });
    } catch (error) {
      this._tell.warn("token-failed", String(error));
      this._tokenTimer = window.setTimeout(() => void this._renewToken(), 5000);
    }
  }
}

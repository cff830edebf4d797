// @ts-check

/** An error whose `code` the page can put into words. */
export class SoftphoneError extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "SoftphoneError";
    this.code = code;
  }
}

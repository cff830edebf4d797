// Requests of the desk: the token of this page, renewed when its person signed in again elsewhere.

/** The server understood and said no; `body.title` says why in words. */
export class RefusedByServer extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(`refused ${status}`);
    this.status = status;
    this.body = body;
  }
}

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

async function renewToken() {
  const answer = await fetch("/session/token", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new RefusedByServer(answer.status, {});
  const { csrf } = await answer.json();
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", csrf);
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
}

/**
 * POST and read the answer. Throws RefusedByServer, and TypeError when there is no network.
 * @param {string} url
 * @param {object} [body]  an object is sent as JSON, fields as a form
 * @param {{json?: boolean, passive?: boolean, keepalive?: boolean, again?: boolean}} [how]
 * @returns {Promise<any>}
 */
export async function post(url, body = {}, how = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (how.json) headers["Content-Type"] = "application/json";
  if (how.passive) headers["X-Hotline-Passive"] = "1";
  const answer = await fetch(url, {
    method: "POST",
    headers,
    body: how.json ? JSON.stringify(body) : new URLSearchParams(/** @type {Record<string, string>} */ (body)),
    keepalive: how.keepalive,
    redirect: "manual",
  });
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  if (told.code === "stale_page" && !how.again) {
    await renewToken();
    return post(url, body, { ...how, again: true });
  }
  throw new RefusedByServer(answer.status || 401, told);
}

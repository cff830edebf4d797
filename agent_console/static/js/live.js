// The live link: facts of other people's work arrive as names with ids, and become events on <body>.
// A fragment listens with hx-trigger="call.queued from:body, live.resumed from:body, every 240s".

/** Spread over this time after a reconnect, so that a restart is not followed by a rush. */
const RESUME_SPREAD_MS = 3000;
/** While the server hears nothing of the other processes: how often a page asks by itself. */
const ASK_MS = 15000;
/** @type {number | undefined} */
let asking;

/** @param {string} name @param {object} data */
function announce(name, data) {
  document.body.dispatchEvent(new CustomEvent(name, { detail: data }));
  document.body.dispatchEvent(new CustomEvent("live.fact", { detail: { name, data } }));
}

/** @param {boolean} up */
function showLink(up) {
  const link = document.querySelector('[data-role="link"]');
  const words = link?.querySelector('[data-role="link-words"]');
  if (!(link instanceof HTMLElement) || !words) return;
  link.classList.toggle("down", !up);
  words.textContent = (up ? link.dataset.up : link.dataset.down) ?? "";
  link.querySelector("use")?.setAttribute("href", up ? "#i-check" : "#i-alert");
}

function resume() {
  setTimeout(() => announce("live.resumed", {}), Math.random() * RESUME_SPREAD_MS);
}

/** The server's own link to the other processes: without it no fact comes, though our socket stands.
 * @param {string} name */
function followServersLink(name) {
  if (name === "link.lost") {
    showLink(false);
    asking ??= window.setInterval(resume, ASK_MS);
  } else if (name === "link.back") {
    showLink(true);
    clearInterval(asking);
    asking = undefined;
    resume();
  }
}

/** Connects once for the page; returns the socket, or null where the library is missing. */
export function connectLive() {
  const io = /** @type {any} */ (window).io;
  if (!io) return null;
  const socket = io({ path: "/live", transports: ["websocket"], reconnectionDelayMax: 8000, randomizationFactor: 0.5 });
  let before = false;
  let first = true;
  socket.on("connect", () => {
    // A server whose own link is still lost says so again.
    clearInterval(asking);
    asking = undefined;
    showLink(true);
    if (before) resume();
    first = !before;
    before = true;
  });
  // What was told between the making of this page and its first word with the server.
  socket.on("standing", (/** @type {string} */ heard) => {
    if (first && heard !== document.querySelector('meta[name="facts-heard"]')?.getAttribute("content")) announce("live.resumed", {});
  });
  socket.on("disconnect", () => showLink(false));
  socket.on("connect_error", () => showLink(false));
  socket.on("fact", (/** @type {{name: string, data: object}} */ fact) => {
    followServersLink(fact.name);
    announce(fact.name, fact.data);
  });
  socket.on("facts", (/** @type {{name: string, data: object}[]} */ facts) => {
    for (const fact of facts) announce(fact.name, fact.data);
  });
  return socket;
}

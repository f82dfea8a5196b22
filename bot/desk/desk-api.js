/** The desk's calls. What changes anything is POST with JSON; the cookie says who calls. */

/** What the server refused: its status, and the name and body it answered with. */
export class Refused extends Error {
  /**
   * @param {number} status 0 when it could not be reached
   * @param {Record<string, any>} body
   */
  constructor(status, body) {
    super(body.error ?? `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * @param {string} path below `/desk/api/`
 * @param {Record<string, unknown>} [body] none: a GET
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  let response;
  try {
    response = await fetch(`/desk/api/${path}`, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Refused(0, {});
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** @param {string} id @param {string} what */
export const of = (id, what) => `conversations/${encodeURIComponent(id)}/${what}`;

const LONGEST_PAUSE = 15_000;

/** A bell: the socket that says that something changed. Comes back by itself; `live` tells whether it is open. */
export class Bell {
  /** @type {WebSocket | null} */
  #socket = null;
  #pause = 500;
  /** @type {string[]} */
  #watched = [];

  /**
   * @param {(ring: { ring: string, id: string | null }) => void} onRing
   * @param {(live: boolean) => void} onLive
   */
  constructor(onRing, onLive) {
    this.onRing = onRing;
    this.onLive = onLive;
    this.#open();
  }

  /** @param {string[]} ids the conversations that are open in this page */
  watch(ids) {
    this.#watched = ids;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ watch: ids }));
  }

  #open() {
    const url = new URL("/desk/socket", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#pause = 500;
      this.watch(this.#watched);
      this.onLive(true);
    });
    socket.addEventListener("message", ({ data }) => this.onRing(JSON.parse(data)));
    socket.addEventListener("close", () => {
      this.onLive(false);
      setTimeout(() => this.#open(), this.#pause * (1 + Math.random()));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    });
  }
}

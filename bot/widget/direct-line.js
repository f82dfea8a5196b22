/**
 * The calls of Direct Line 3.0, the life of their token, and what a tab remembers of it. Knows no page and no message.
 */

/** @import {Activity, ActivitySet, Kept, StreamAnswer, TokenAnswer} from "./types.js" */

/** The server answered, and the answer was no. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {number} retryAfterMs 0 when the server named no time
   */
  constructor(status, retryAfterMs) {
    super(`refused with ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The token now belongs to another conversation: somebody signed in or out, or the old one is gone. */
export class ConversationChanged extends Error {}

const BASE = "/v3/directline";

export class DirectLine {
  #session;
  #tokenUrl;
  /** @type {Promise<void> | null} */
  #renewing = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #refreshTimer;
  #open = () => {};
  /** What is written while the page is still opening the conversation waits for it. @type {Promise<void>} */
  #opened = new Promise((resolve) => (this.#open = resolve));

  /**
   * @param {Session} session
   * @param {string} tokenUrl where this page gets its tokens, same origin
   */
  constructor(session, tokenUrl) {
    this.#session = session;
    this.#tokenUrl = tokenUrl;
  }

  /**
   * Gets a token: for the conversation held if the server agrees, else for a new one.
   *
   * @throws {ConversationChanged} when a conversation was held and the answer is another
   */
  async authorize() {
    this.#renewing ??= this.#askForToken().finally(() => (this.#renewing = null));
    await this.#renewing;
  }

  /** Opens the conversation, or does nothing when it is open. @returns {Promise<StreamAnswer>} */
  async start() {
    const answer = await this.#call("POST", "/conversations");
    this.#open();
    return answer;
  }

  /**
   * A new stream, good for 60 s, that begins after `watermark`.
   *
   * @param {string} watermark
   * @returns {Promise<StreamAnswer>}
   */
  reconnect(watermark) {
    return this.#call("GET", `${this.#path()}?watermark=${encodeURIComponent(watermark)}`);
  }

  /** What came after `watermark`. @param {string} watermark @returns {Promise<ActivitySet>} */
  read(watermark) {
    return this.#call("GET", `${this.#path()}/activities?watermark=${encodeURIComponent(watermark)}`);
  }

  /** @param {Activity} activity @returns {Promise<{id?: string}>} */
  async post(activity) {
    await this.#opened;
    return this.#call("POST", `${this.#path()}/activities`, activity);
  }

  /** Keeps no token alive any more. */
  forget() {
    clearTimeout(this.#refreshTimer);
  }

  #path() {
    return `/conversations/${encodeURIComponent(this.#session.kept.conversationId ?? "")}`;
  }

  async #askForToken() {
    const { token, conversationId, lang } = this.#session.kept;
    const answer = await send("POST", this.#tokenUrl, { "Content-Type": "application/json" }, { lang, token });
    this.#hold(/** @type {TokenAnswer} */ (await answer.json()));
    if (conversationId !== undefined && conversationId !== this.#session.kept.conversationId)
      throw new ConversationChanged();
  }

  /** @param {TokenAnswer} answer */
  #hold({ token, conversationId, expires_in }) {
    if (conversationId !== this.#session.kept.conversationId) this.#session.clear();
    this.#session.keep({ token, conversationId });
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => void this.#refresh(), expires_in * 500);
  }

  async #refresh() {
    try {
      this.#hold(await this.#call("POST", "/tokens/refresh"));
    } catch {
      // The next call that is refused asks for a token anew.
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, body) {
    const attempt = () => {
      /** @type {Record<string, string>} */
      const headers = { Authorization: `Bearer ${this.#session.kept.token}` };
      if (body) headers["Content-Type"] = "application/json";
      return send(method, BASE + path, headers, body);
    };
    try {
      return await (await attempt()).json();
    } catch (error) {
      if (!(error instanceof Refused) || ![401, 403, 404].includes(error.status)) throw error;
      await this.authorize();
      return await (await attempt()).json();
    }
  }
}

/**
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {object} [body]
 * @returns {Promise<Response>}
 * @throws {Refused} for every status but 2xx; a `TypeError` when the server can't be reached
 */
async function send(method, url, headers, body) {
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, Number(answer.headers.get("Retry-After") ?? 0) * 1000);
  return answer;
}

const IDLE_MS = 30 * 60 * 1000;

export class Session {
  /** @type {Kept} */
  #kept;
  #storage;
  #key;
  #now;

  /**
   * @param {Storage | null} storage
   * @param {string} key one for each site, so that two chats on one origin stay apart
   * @param {() => number} now milliseconds
   */
  constructor(storage, key, now) {
    this.#storage = storage;
    this.#key = key;
    this.#now = now;
    this.#kept = this.#read();
  }

  /** @returns {Readonly<Kept>} */
  get kept() {
    return this.#kept;
  }

  /** @param {Kept} changes `undefined` forgets */
  keep(changes) {
    this.#kept = { ...this.#kept, ...changes, touched: this.#now() };
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(this.#kept));
    } catch {
      this.#storage = null; // full or forbidden: the memory of this page is enough to go on
    }
  }

  /** Forgets the conversation and all that was written in it; the language stays. */
  clear() {
    const { lang } = this.#kept;
    this.#kept = {};
    this.keep({ lang });
  }

  /** @returns {Kept} */
  #read() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(this.#key) ?? "{}");
      return this.#now() - (kept.touched ?? 0) < IDLE_MS ? kept : { lang: kept.lang };
    } catch {
      return {};
    }
  }
}

/**
 * The tab's storage, or null where the browser forbids it (reading the property alone may throw).
 *
 * @returns {Storage | null}
 */
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/**
 * Keeps the conversation's stream open: socket first, polling where sockets don't get through, and after every gap
 * exactly what was missed, by watermark. Outwards one activity after the other, in the order they were written.
 */

import { ConversationChanged, Refused } from "./direct-line.js";
/** @import {Activity, ActivitySet, ConnectionListener, Sent} from "./types.js" */
/** @import {Session, DirectLine} from "./direct-line.js" */

const KEEP_ALIVE_MS = 20_000;
const POLL_MS = 2_000;
const POLLS_BEFORE_SOCKET = 30;
const SOCKETS_BEFORE_POLLING = 2;
const STEADY_MS = 5_000;
const BACKOFF_MS = { first: 500, most: 30_000 };

/**
 * How long to wait before the next attempt; doubles, and spreads so that a restarted server isn't met by all at once.
 *
 * @param {number} failures in a row, from 1
 * @param {number} random 0 to 1
 * @returns {number} milliseconds
 */
export function backoff(failures, random) {
  return Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** (failures - 1)) * (0.5 + random / 2);
}

export class Connection {
  #line;
  #session;
  #listener;
  #random;
  #stopped = false;
  #fresh = true;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {() => void} */
  #wake = () => {};

  /**
   * @param {DirectLine} line
   * @param {Session} session
   * @param {ConnectionListener} listener
   * @param {() => number} random
   */
  constructor(line, session, listener, random) {
    this.#line = line;
    this.#session = session;
    this.#listener = listener;
    this.#random = random;
    window.addEventListener("online", this.#retryNow);
    window.addEventListener("offline", this.#lost);
  }

  /** Runs until `stop`. */
  async run() {
    let failures = 0; // rounds in a row that did not reach the server
    let sockets = 0; // sockets in a row that were of no use
    while (!this.#stopped) {
      try {
        const streamUrl = await this.#catchUp();
        failures = 0;
        if (sockets >= SOCKETS_BEFORE_POLLING || streamUrl === undefined) {
          await this.#poll();
          sockets = SOCKETS_BEFORE_POLLING - 1;
        } else {
          sockets = (await this.#listen(streamUrl)) ? 0 : sockets + 1;
          await this.#pause(backoff(sockets + 1, this.#random()));
        }
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof ConversationChanged) {
          this.restart();
          continue;
        }
        this.#listener.onStatus(false);
        failures += 1;
        const asked = error instanceof Refused ? error.retryAfterMs : 0;
        await this.#pause(Math.max(asked, backoff(failures, this.#random())));
      }
    }
  }

  stop() {
    this.#stopped = true;
    window.removeEventListener("online", this.#retryNow);
    window.removeEventListener("offline", this.#lost);
    this.#socket?.close();
    this.#wake();
  }

  /** Begins again with the conversation that the token now opens. */
  restart() {
    this.#fresh = true;
    this.#listener.onNewConversation();
    this.#retryNow();
  }

  #retryNow = () => {
    this.#socket?.close();
    this.#wake();
  };

  #lost = () => this.#listener.onStatus(false);

  /**
   * Reads everything that was missed; on a page's first round the whole conversation.
   *
   * @returns {Promise<string | undefined>} where to listen from here on
   */
  async #catchUp() {
    if (this.#fresh) {
      await this.#line.authorize();
      await this.#line.start();
      await this.#readFrom("0", true);
      this.#fresh = false;
    } else {
      await this.#readFrom(this.#session.kept.watermark ?? "0", false);
    }
    this.#listener.onStatus(true);
    this.#listener.onCaughtUp();
    return (await this.#line.reconnect(this.#session.kept.watermark ?? "0")).streamUrl;
  }

  /**
   * @param {string} watermark
   * @param {boolean} history
   */
  async #readFrom(watermark, history) {
    for (let from = watermark; ;) {
      const set = await this.#line.read(from);
      this.#deliver(set, history);
      if (set.activities.length === 0 || set.watermark === undefined || set.watermark === from) return;
      from = set.watermark;
    }
  }

  /**
   * @param {ActivitySet} set
   * @param {boolean} history
   */
  #deliver(set, history) {
    if (this.#stopped) return;
    if (set.activities.length > 0) this.#listener.onActivities(set.activities, history);
    if (set.watermark !== undefined) this.#session.keep({ watermark: set.watermark });
  }

  /**
   * Listens until the socket ends.
   *
   * @param {string} streamUrl
   * @returns {Promise<boolean>} whether it was of use: open for longer than a proxy needs to throw it out
   */
  #listen(streamUrl) {
    return new Promise((resolve) => {
      const socket = new WebSocket(new URL(streamUrl, location.href.replace(/^http/u, "ws")));
      this.#socket = socket;
      let openedAt = Infinity;
      const alive = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send(""), KEEP_ALIVE_MS);
      socket.onopen = () => (openedAt = performance.now());
      socket.onmessage = ({ data }) => {
        if (data) this.#deliver(JSON.parse(data), false);
      };
      socket.onclose = () => {
        clearInterval(alive);
        this.#socket = null;
        resolve(performance.now() - openedAt > STEADY_MS);
      };
    });
  }

  async #poll() {
    for (let polls = 0; polls < POLLS_BEFORE_SOCKET && !this.#stopped; polls += 1) {
      await this.#pause(POLL_MS);
      await this.#readFrom(this.#session.kept.watermark ?? "0", false);
      this.#listener.onStatus(true);
    }
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((/** @type {(done?: unknown) => void} */ resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const PATIENCE = 3;

export class Outbox {
  #line;
  #onNewConversation;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {DirectLine} line
   * @param {() => void} onNewConversation a post found that its conversation is over
   */
  constructor(line, onNewConversation) {
    this.#line = line;
    this.#onNewConversation = onNewConversation;
  }

  /**
   * @param {Activity} activity
   * @returns {Promise<Sent>}
   */
  send(activity) {
    const sent = this.#last.then(() => this.#post(activity));
    this.#last = sent;
    return sent;
  }

  /**
   * @param {Activity} activity
   * @returns {Promise<Sent>}
   */
  async #post(activity) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#line.post(activity);
        return { ok: true };
      } catch (error) {
        if (error instanceof ConversationChanged) this.#onNewConversation();
        if (!(error instanceof Refused)) return { ok: false, later: true, offerClosed: false };
        if (error.status !== 429 || attempt > PATIENCE)
          return { ok: false, later: error.status >= 500, offerClosed: error.status === 409 };
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs || 1000 * attempt));
      }
    }
  }
}

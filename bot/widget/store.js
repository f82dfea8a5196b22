/**
 * The conversation as the page knows it: items in the server's order, unsent ones last, exactly one for each message.
 * Pure state: no page, no network; the one listener hears what changed.
 */

/** @import {Activity, Change, Item, Message, WhoIsInCharge} from "./types.js" */

const CODE = /(?<!\d)\d(?:[\s-]?\d){5}(?!\d)/gu;
const CARD = "application/vnd.microsoft.card.";

export class Store {
  /** @type {Item[]} */
  items = [];
  /** A code is awaited. */
  secret = false;
  /** @type {WhoIsInCharge} */
  charge = { state: "bot", agent: null, position: null };
  /** @type {Map<string, Message>} by activity id */
  #byId = new Map();
  /** @type {Map<string, Message>} by clientActivityID */
  #byClientId = new Map();
  /** @type {Set<string>} */
  #seen = new Set();
  #lastKey = 0;
  #listener;

  /** @param {(change: Change) => void} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Takes one activity of the server; one that was taken before changes nothing. @param {Activity} activity */
  apply(activity) {
    if (activity.id !== undefined && activity.type !== "typing") {
      if (this.#seen.has(activity.id)) return;
      this.#seen.add(activity.id);
    }
    if (activity.type === "message") this.#applyMessage(activity);
    else if (activity.name === "zoe.loading") this.#showTyping(activity, true);
    else if (activity.type === "event") this.#applyEvent(activity);
    else if (activity.type === "typing" && whoWrote(activity) !== "you") this.#showTyping(activity, false);
    else if (activity.type === "endOfConversation")
      this.#changeCharge({ state: "closed", agent: null, position: null });
  }

  /**
   * Adds what the user is about to send. While a code is awaited the bubble hides it from the start.
   *
   * @param {Activity} outgoing
   * @param {Date} time
   * @returns {Message}
   */
  addOutgoing(outgoing, time) {
    const text = outgoing.text ?? "";
    const message = this.#newMessage({ ...outgoing, timestamp: time.toISOString() }, "you");
    Object.assign(message, {
      text: this.secret ? text.replace(CODE, "••••••") : text,
      status: "sending",
      placed: false,
      outgoing,
    });
    this.#byClientId.set(/** @type {string} */ (message.clientId), message);
    this.items.push(message);
    this.#listener({ type: "add", item: message });
    return message;
  }

  /** @param {Message} message @param {Message["status"]} status */
  changeStatus(message, status) {
    if (message.placed) return; // its echo knows better than a lost answer
    message.status = status;
    this.#listener({ type: "update", item: message });
  }

  /** @param {Message} message @param {Partial<Message["offer"]>} changes */
  changeOffer(message, changes) {
    message.offer = { ...message.offer, ...changes };
    this.#listener({ type: "update", item: message });
  }

  /**
   * What was chosen is no longer offered: the choice goes, and its offer says that it expired.
   *
   * @param {Message} message
   */
  withdraw(message) {
    this.items.splice(this.items.indexOf(message), 1);
    this.#listener({ type: "remove", item: message });
    for (const item of this.items) {
      const offered = item.type === "message" && item.actions.some(({ value }) => value === message.outgoing?.value);
      if (offered) this.changeOffer(item, { state: "closed", chosen: null, expired: true });
    }
  }

  /** What was written and has not arrived, oldest first. @returns {Message[]} */
  unsent() {
    return this.items
      .filter((item) => item.type === "message")
      .filter((item) => item.outgoing !== null && item.status !== "sent");
  }

  clear() {
    this.items = [];
    this.#byId.clear();
    this.#byClientId.clear();
    this.#seen.clear();
    this.secret = false;
    this.charge = { state: "bot", agent: null, position: null };
    this.#listener({ type: "reset" });
    this.#listener({ type: "facts" });
  }

  /** @param {Activity} activity */
  #applyMessage(activity) {
    const who = whoWrote(activity);
    const written = this.#byClientId.get(activity.channelData?.clientActivityID ?? "");
    if (who === "you") {
      this.#closeAnswered(activity);
      if (written !== undefined) return this.#place(written, activity);
      if (!activity.text) return; // a card's button: the card itself says what was chosen
    }
    if (activity.channelData?.zoe?.kind === "system")
      return this.#addLine({ text: activity.text ?? "", string: null, args: {} });
    const message = this.#newMessage(activity, who);
    if (message.offer.state === "open") this.#supersedeQuickReplies();
    if (message.id !== null) this.#byId.set(message.id, message);
    this.items.splice(this.#endOfPlaced(), 0, message);
    if (who !== "you") this.#changeSecret(activity.channelData?.zoe?.secret === true);
    this.#listener({ type: "add", item: message });
  }

  /** @param {Activity} activity */
  #applyEvent({ name, value }) {
    const facts = /** @type {Record<string, any>} */ (typeof value === "object" && value !== null ? value : {});
    if (name === "zoe.offer.closed") {
      const message = this.#byId.get(facts.activityId);
      if (message)
        this.changeOffer(message, { state: "closed", chosen: facts.chosen ?? null, expired: facts.expired === true });
    } else if (name === "zoe.state") {
      this.#changeCharge({ state: facts.state, agent: facts.agent ?? null, position: facts.position ?? null });
    }
  }

  /**
   * The echo of something written here: same item, the server's words and place.
   *
   * @param {Message} message
   * @param {Activity} activity
   */
  #place(message, activity) {
    this.items.splice(this.items.indexOf(message), 1);
    Object.assign(message, {
      id: activity.id ?? null,
      text: activity.text ?? message.text,
      status: "sent",
      placed: true,
      outgoing: null,
    });
    if (activity.timestamp) message.time = new Date(activity.timestamp);
    this.items.splice(this.#endOfPlaced(), 0, message);
    this.#listener({ type: "update", item: message });
  }

  #endOfPlaced() {
    let end = this.items.length;
    for (let item = this.items[end - 1]; item?.type === "message" && !item.placed; item = this.items[end - 1]) end -= 1;
    return end;
  }

  /** Only the newest offer is accepted; cards are closed by the server, which says how; links stay links. */
  #supersedeQuickReplies() {
    for (const item of this.items) {
      if (item.type === "message" && item.offer.state === "open" && !hasCard(item))
        this.changeOffer(item, { state: "superseded" });
    }
  }

  /** An answer read from the history closes its offer. @param {Activity} activity */
  #closeAnswered({ value }) {
    if (typeof value !== "string") return;
    for (const item of this.items) {
      const chosen = item.type === "message" && item.actions.find((action) => action.value === value);
      if (chosen && item.offer.state !== "closed")
        this.changeOffer(item, { state: "closed", chosen: chosen.title ?? null });
    }
  }

  /** @param {WhoIsInCharge} next */
  #changeCharge(next) {
    const before = this.charge;
    this.charge = next;
    if (next.state === "agent" && next.agent !== before.agent) this.#addString("joined", { name: next.agent ?? "" });
    if (before.state === "agent" && next.state === "bot") this.#addString("left", { name: before.agent ?? "" });
    if (next.state === "closed" && before.state !== "closed") this.#addString("closed", {});
    this.#listener({ type: "facts" });
  }

  /** @param {boolean} secret */
  #changeSecret(secret) {
    this.secret = secret;
    this.#listener({ type: "facts" });
  }

  /** @param {Activity} activity @param {boolean} lasting until something is said */
  #showTyping({ from }, lasting) {
    this.#listener({ type: "typing", name: from?.name ?? "Zoe", lasting });
  }

  /** @param {string} string @param {Record<string, string>} args */
  #addString(string, args) {
    this.#addLine({ text: null, string, args });
  }

  /** @param {{text: string | null, string: string | null, args: Record<string, string>}} words */
  #addLine(words) {
    /** @type {Item} */
    const line = { type: "line", key: this.#nextKey(), ...words };
    this.items.splice(this.#endOfPlaced(), 0, line);
    this.#listener({ type: "add", item: line });
  }

  #nextKey() {
    this.#lastKey += 1;
    return `m${this.#lastKey}`;
  }

  /**
   * @param {Activity} activity
   * @param {Message["who"]} who
   * @returns {Message}
   */
  #newMessage(activity, who) {
    const attachments = (activity.attachments ?? []).filter(({ contentType }) => contentType.startsWith(CARD));
    const actions = activity.suggestedActions?.actions ?? [];
    return {
      type: "message",
      key: this.#nextKey(),
      id: activity.id ?? null,
      clientId: activity.channelData?.clientActivityID ?? null,
      who,
      name: activity.from?.name ?? "",
      text: activity.text ?? "",
      markdown: who === "zoe" && activity.textFormat !== "plain",
      kind: activity.channelData?.zoe?.kind ?? "text",
      lang: activity.channelData?.zoe?.lang ?? null,
      time: activity.timestamp ? new Date(activity.timestamp) : null,
      status: "sent",
      placed: true,
      attachments,
      actions,
      offer: {
        state: who !== "you" && (actions.length > 0 || attachments.length > 0) ? "open" : "none",
        chosen: null,
        expired: false,
      },
      outgoing: null,
    };
  }
}

/** @param {Message} message */
export function hasCard(message) {
  return message.attachments.length > 0;
}

/** @param {Activity} activity @returns {Message["who"]} */
function whoWrote({ from }) {
  if (from?.role === "bot" || from?.id === "zoe") return "zoe";
  return from?.role === "agent" || from?.id === "agent" ? "agent" : "you";
}

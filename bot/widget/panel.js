/** The chat itself: brings store, view and connection together. */

import { Composer } from "./composer.js";
import { Connection, Outbox } from "./connection.js";
import { DirectLine } from "./direct-line.js";
import { Header, Notices } from "./header.js";
import { changeLanguage, language, say, worded } from "./language.js";
import { MessageLog } from "./message-log.js";
import { el } from "./nodes.js";
import { hasCard, Store } from "./store.js";
/** @import {Activity, Change, Lang, Message, Surroundings} from "./types.js" */

export class Panel {
  #root;
  #around;
  #session;
  #store = new Store((change) => this.#show(change));
  #start = el("div", { class: "z-start" });
  #again = el("div", { class: "z-again", hidden: true });
  #notices = new Notices();
  #header;
  #log;
  #composer;
  #line;
  #outbox;
  #connection;
  /** @type {WeakSet<Message>} failed only because the server could not be reached */
  #waiting = new WeakSet();
  #unread = 0;
  #history = false;

  /**
   * @param {HTMLElement} root
   * @param {Surroundings} around
   */
  constructor(root, around) {
    this.#root = root;
    this.#around = around;
    this.#session = around.session;
    this.#header = new Header({
      onHuman: () => this.#tell("zoe.human"),
      onBack: () => this.#tell("zoe.back"),
      onEnd: () => void this.#end(),
      onLanguage: (lang) => void this.#changeLanguage(lang),
      onClose: around.onClose,
    });
    this.#log = new MessageLog({ onChoose: this.#choose, onRetry: this.#retry }, this.#start);
    const draft = {
      read: () => this.#session.kept.draft ?? "",
      write: (/** @type {string} */ text) => this.#session.keep({ draft: text || undefined }),
    };
    this.#composer = new Composer(draft, (text) => void this.#sendText(text));
    this.#again.append(
      worded(el("p"), "ended"),
      worded(el("button", { type: "button", class: "z-button z-decides", onclick: () => this.#begin() }), "startAgain"),
    );
    root.replaceChildren(
      this.#header.node,
      ...this.#notices.nodes,
      ...this.#log.nodes,
      this.#again,
      this.#composer.node,
    );
    this.#offerTopic();
    this.#restoreUnsent();
    this.#line = new DirectLine(this.#session, around.tokenUrl);
    this.#outbox = new Outbox(this.#line, () => this.#connection.restart());
    this.#connection = this.#connect();
    document.addEventListener("visibilitychange", () => this.markRead());
  }

  /** Puts the cursor where writing goes on, unless that would throw a phone's keyboard over the conversation. */
  focus() {
    if (matchMedia("(pointer: fine)").matches) this.#composer.focus();
    else this.#log.focus();
  }

  /** What is on the screen has been seen. */
  markRead() {
    if (!this.#around.isSeen()) return;
    this.#unread = 0;
    this.#around.onUnread(0);
  }

  #connect() {
    const connection = new Connection(
      this.#line,
      this.#session,
      {
        onActivities: (activities, history) => this.#receive(activities, history),
        onStatus: (online) => this.#notices.showOnline(online),
        onCaughtUp: () =>
          this.#store
            .unsent()
            .filter((message) => this.#waiting.has(message))
            .forEach(this.#retry),
        onNewConversation: () => this.#startOver(),
      },
      this.#around.random,
    );
    void connection.run();
    return connection;
  }

  /**
   * @param {Activity[]} activities
   * @param {boolean} history
   */
  #receive(activities, history) {
    const take = () => activities.forEach((activity) => this.#store.apply(activity));
    this.#history = history;
    if (history) this.#log.silently(take);
    else take();
    this.#history = false;
  }

  /** @param {Change} change */
  #show(change) {
    if (change.type === "facts") return this.#showFacts();
    if (change.type === "typing") return this.#log.showTyping(change.name, change.lasting);
    if (change.type === "reset") return this.#log.clear();
    if (change.type === "remove") return this.#log.remove(change.item);
    const { item } = change;
    const next = this.#store.items[this.#store.items.indexOf(item) + 1];
    if (change.type === "update") this.#log.update(item, next);
    else this.#log.add(item, next);
    const mine = item.type === "message" && item.who === "you";
    if (mine) {
      this.#start.hidden = true;
      this.#keepUnsent();
    } else if (change.type === "add" && !this.#history) {
      this.#around.onUnread((this.#unread += 1));
      this.markRead();
    }
  }

  #showFacts() {
    const { charge, secret } = this.#store;
    this.#header.showCharge(charge);
    this.#notices.showPinned(charge.state === "queued" || charge.state === "agent");
    this.#composer.expectSecret(secret);
    this.#close(charge.state === "closed");
  }

  /** @param {boolean} closed */
  #close(closed) {
    this.#composer.close(closed);
    this.#again.hidden = !closed;
    if (closed) worded(/** @type {HTMLElement} */ (this.#again.firstChild), "closed");
  }

  /** @param {string} text */
  async #sendText(text) {
    await this.#sendMessage({ type: "message", text });
  }

  /** @param {Activity} activity */
  async #sendMessage(activity) {
    const outgoing = { ...activity, locale: language(), channelData: { clientActivityID: this.#around.newId() } };
    await this.#post(this.#store.addOutgoing(outgoing, this.#around.now()));
  }

  /** @param {Message} message */
  async #post(message) {
    if (message.outgoing === null) return;
    this.#store.changeStatus(message, "sending");
    const sent = await this.#outbox.send(message.outgoing);
    if (!sent.ok && sent.offerClosed) return this.#store.withdraw(message);
    if (!sent.ok) this.#notices.tellFailed();
    if (!sent.ok && sent.later) this.#waiting.add(message);
    else this.#waiting.delete(message);
    this.#store.changeStatus(message, sent.ok ? "sent" : "failed");
  }

  /** @param {Message} message */
  #retry = (message) => {
    if (message.status === "failed") void this.#post(message);
  };

  /**
   * @param {Message} message
   * @param {string} title
   * @param {string} offered
   */
  #choose = (message, title, offered) => {
    this.#store.changeOffer(message, { state: "sending", chosen: title });
    if (hasCard(message)) return void this.#answerCard(message, offered);
    this.focus();
    void this.#sendMessage({ type: "message", text: title, value: offered });
  };

  /**
   * @param {Message} message
   * @param {string} offered
   */
  async #answerCard(message, offered) {
    const sent = await this.#outbox.send({
      type: "message",
      value: offered,
      channelData: { clientActivityID: this.#around.newId() },
    });
    if (sent.ok || message.offer.state !== "sending") return;
    if (sent.offerClosed) return this.#store.changeOffer(message, { state: "closed", chosen: null, expired: true });
    this.#notices.tellFailed();
    this.#store.changeOffer(message, { state: "failed", chosen: null });
  }

  /**
   * @param {string} name
   * @param {unknown} [value]
   */
  #tell(name, value) {
    return this.#outbox.send({ type: "event", name, ...(value !== undefined && { value }) });
  }

  /** @param {Lang} lang */
  async #changeLanguage(lang) {
    this.#session.keep({ lang });
    await changeLanguage(lang, this.#root);
    this.tellLanguage();
  }

  /** Lets Zoe know the language of the moment. */
  tellLanguage() {
    void this.#tell("zoe.lang", language());
  }

  #offerTopic() {
    if (this.#around.topic !== "reset") return;
    const onclick = () => {
      this.focus();
      void this.#sendText(say("resetText"));
    };
    this.#start.append(worded(el("button", { type: "button", class: "z-button z-decides", onclick }), "reset"));
  }

  /** Unsent messages outlive a reload, but not while a code is asked: they might hold it. */
  #keepUnsent() {
    const unsent = this.#store.secret
      ? []
      : this.#store.unsent().map(({ outgoing }) => /** @type {Activity} */ (outgoing));
    this.#session.keep({ unsent: unsent.length > 0 ? unsent : undefined });
  }

  #restoreUnsent() {
    for (const outgoing of this.#session.kept.unsent ?? []) {
      const message = this.#store.addOutgoing(outgoing, this.#around.now());
      this.#waiting.add(message);
      this.#store.changeStatus(message, "failed");
    }
  }

  /** Another conversation begins; what was written for the old one goes back to where it can be judged again. */
  #startOver() {
    const rest = this.#store.secret
      ? ""
      : this.#store
          .unsent()
          .map(({ text }) => text)
          .join("\n");
    this.#store.clear();
    if (rest && this.#composer.text === "") this.#composer.write(rest);
  }

  async #end() {
    await this.#tell("zoe.end");
    this.#connection.stop();
    this.#line.forget();
    this.#session.clear();
    this.#store.clear();
    this.#composer.write("");
    this.#header.showCharge({ state: "closed", agent: null, position: null });
    this.#close(true);
    worded(/** @type {HTMLElement} */ (this.#again.firstChild), "ended");
    /** @type {HTMLElement} */ (this.#again.lastChild).focus();
  }

  #begin() {
    this.#connection.stop();
    this.#line.forget();
    this.#session.clear();
    this.#store.clear();
    this.#connection = this.#connect();
    this.#start.hidden = false;
    this.focus();
  }
}

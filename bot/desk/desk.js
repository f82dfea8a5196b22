/** The support desk: the lists on the left, the open conversation on the right. A bell says when to look again. */

import { el } from "/widget/nodes.js";
import { ask, Bell, of, Refused } from "./desk-api.js";
import { ConversationView } from "./desk-conversation.js";
import { drawLists } from "./desk-lists.js";
import { speaker } from "./desk-strings.js";

const LOOK_EVERY = 5_000;
const CLOCK_EVERY = 10_000;
const TOLD_FOR = 8_000;

class Desk {
  /** @type {Map<string, ConversationView>} */
  #views = new Map();
  /** @type {Map<string, number>} */
  #read = new Map();
  #selected = null;
  #lists = { mine: [], waiting: [], others: [] };
  #offset = 0;
  #live = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.lang = root.dataset.lang ?? "en";
    this.say = speaker(this.lang);
    this.bar = el("p", { class: "notice notice-warn desk-bar", role: "status", hidden: true });
    this.told = el("p", { class: "notice desk-told", role: "status", hidden: true });
    this.side = el("div", { class: "desk-side" });
    this.main = el("div", { class: "desk-main" });
    root.append(this.bar, this.told, el("div", { class: "desk-columns" }, this.side, this.main));
    this.#showNothing();
    this.bell = new Bell(
      (ring) => this.#rang(ring),
      (live) => this.#goLive(live),
    );
    setInterval(() => this.#live || this.#lookAtAll(), LOOK_EVERY);
    setInterval(() => this.#draw(), CLOCK_EVERY);
    this.look();
  }

  /** Reads the lists. */
  async look() {
    try {
      const state = await ask("state");
      this.#offset = Date.parse(state.now) - Date.now();
      this.#lists = { mine: state.mine, waiting: state.waiting, others: state.others };
      this.#draw();
    } catch (error) {
      this.failed(error);
    }
  }

  /** @param {string} id */
  select(id) {
    const view = this.#views.get(id) ?? this.#openView(id);
    this.#selected = id;
    this.root.dataset.open = "yes";
    this.main.replaceChildren(view.node);
    this.#draw();
    view.refresh();
  }

  /** @param {string} id */
  async claim(id) {
    try {
      await ask(of(id, "claim"), {});
      this.tell(this.say("yours"));
      this.select(id);
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 409].includes(error.status)) return this.failed(error);
      this.tell(error.body.by ? this.say("taken", { name: error.body.by }) : this.say("takenBySomebody"));
    }
    return this.look();
  }

  /** A conversation is no longer at the desk. @param {string} id @param {string} [words] */
  left(id, words = "") {
    this.#views.delete(id);
    this.bell.watch([...this.#views.keys()]);
    if (this.#selected === id) this.leave();
    if (words) this.tell(words);
    this.look();
  }

  /** Back to the list, on small screens. */
  leave() {
    this.#selected = null;
    delete this.root.dataset.open;
    this.#showNothing();
    this.#draw();
  }

  /** @param {unknown} error */
  failed(error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) this.#signedOut();
    else if (error.status !== 403) this.#bar(this.say("offline"));
  }

  /** @param {string} words */
  tell(words) {
    this.told.textContent = words;
    this.told.hidden = words === "";
    clearTimeout(this.tellingEnds);
    this.tellingEnds = setTimeout(() => (this.told.hidden = true), TOLD_FOR);
  }

  #openView(id) {
    const view = new ConversationView(id, this.say, this.lang, {
      left: (gone, words) => this.left(gone, words),
      failed: (error) => this.failed(error),
      leave: () => this.leave(),
      claim: (wanted) => this.claim(wanted),
      read: (seen, newest) => this.#read.set(seen, newest),
    });
    this.#views.set(id, view);
    this.bell.watch([...this.#views.keys()]);
    view.refreshPanel();
    return view;
  }

  #rang({ ring, id }) {
    const view = id === null ? undefined : this.#views.get(id);
    if (ring === "signed_out") this.#signedOut();
    else if (ring === "queue") this.look();
    else if (ring === "typing") view?.showTyping();
    else if (ring === "panel") view?.refreshPanel();
    else view?.refresh().then(() => this.#draw());
  }

  #goLive(live) {
    this.#live = live;
    this.#bar(live ? "" : this.say("offline"));
    if (live) this.#lookAtAll();
  }

  #lookAtAll() {
    this.look();
    for (const view of this.#views.values()) view.refresh();
  }

  #signedOut() {
    this.#bar(this.say("signedOut"));
    this.bar.append(" ", el("a", { href: "/login?next=%2Fdesk" }, this.say("signIn")));
  }

  #bar(words) {
    this.bar.textContent = words;
    this.bar.hidden = words === "";
  }

  #showNothing() {
    this.main.replaceChildren(el("p", { class: "muted desk-empty" }, this.say("choose")));
  }

  #draw() {
    const focused = this.side.contains(document.activeElement) ? document.activeElement?.dataset.key : undefined;
    this.side.replaceChildren(
      ...drawLists({
        lists: this.#lists,
        selected: this.#selected,
        read: this.#read,
        now: () => Date.now() + this.#offset,
        lang: this.lang,
        say: this.say,
        select: (id) => this.select(id),
        claim: (id) => this.claim(id),
      }),
    );
    if (focused) this.side.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}

const root = document.querySelector("#desk");
if (root instanceof HTMLElement) new Desk(root);

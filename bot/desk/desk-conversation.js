/** One open conversation: the checklist on top, the transcript, the reply. Drafts survive a reload of this tab. */

import { el } from "/widget/nodes.js";
import { ask, of, Refused } from "./desk-api.js";

const TYPING_EVERY = 3_000;
const TYPING_SHOWN = 5_000;

export class ConversationView {
  #after = "0";
  #typingSent = 0;
  #typingTimer = 0;
  #atEnd = true;
  #loading = Promise.resolve();
  #last = "";

  /**
   * @param {string} id
   * @param {(name: string, values?: Record<string, string>) => string} say
   * @param {string} lang
   * @param {{ left: (id: string) => void, failed: (error: unknown) => void, leave: () => void, claim: (id: string) => void, read: (id: string, newest: number) => void }} desk
   */
  constructor(id, say, lang, desk) {
    Object.assign(this, { id, say, lang, desk });
    this.time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
    this.mine = false;
    this.checklist = el("p", { class: "desk-checklist" });
    this.typed = el("p", { class: "muted desk-typed" });
    this.log = el("div", { class: "desk-log", role: "log", tabindex: "0", "aria-label": say("transcript") });
    this.log.addEventListener("scroll", () => {
      this.#atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    });
    new ResizeObserver(() => this.#stayAtEnd()).observe(this.log);
    this.typing = el("p", { class: "muted desk-typing", hidden: true }, say("customerTypes"));
    this.note = el("p", { class: "notice notice-warn desk-note", role: "status", hidden: true });
    this.text = el("textarea", { rows: "3", "aria-label": say("reply"), placeholder: say("reply"), onkeydown: (event) => this.#key(event), oninput: () => this.#input() });
    this.text.value = sessionStorage.getItem(this.#draft) ?? "";
    this.form = el(
      "form",
      { class: "desk-reply", hidden: true, onsubmit: (event) => this.#submit(event) },
      this.text,
      el("div", { class: "desk-reply-row" }, el("span", { class: "muted" }, say("never")), el("button", { class: "button" }, say("send"))),
    );
    this.closing = el("button", { class: "button button-quiet button-small", type: "button", onclick: () => this.#close() }, say("close"));
    this.mineActions = el(
      "div",
      { class: "desk-actions", hidden: true },
      el("button", { class: "button button-small", type: "button", onclick: () => this.#end("back") }, say("back")),
      this.closing,
    );
    this.claiming = el("button", { class: "button button-small", type: "button", hidden: true, onclick: () => desk.claim(id) }, say("claim"));
    this.node = el(
      "article",
      { class: "desk-conversation" },
      el(
        "header",
        { class: "desk-head" },
        el("button", { class: "button button-quiet button-small desk-leave", type: "button", onclick: () => desk.leave() }, say("leave")),
        el("div", { class: "desk-panel" }, this.checklist, this.typed),
        this.claiming,
        this.mineActions,
      ),
      this.log,
      this.typing,
      this.note,
      this.form,
      el("p", { class: "muted desk-cannot" }, say("cannot")),
    );
  }

  /** Whoever reads the newest entry goes on reading the newest, also when a notice takes some of the room. */
  #stayAtEnd() {
    if (this.#atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  get #draft() {
    return `zoe.desk.draft.${this.id}`;
  }

  /** Everything that is new, one reading after the other. */
  refresh() {
    this.#loading = this.#loading.then(() => this.#read()).catch((error) => this.#lost(error));
    return this.#loading;
  }

  /** The customer's panel; each reading is audited, so only when it may have changed. */
  async refreshPanel() {
    try {
      this.#drawPanel(await ask(of(this.id, "panel"), {}));
    } catch (error) {
      this.#lost(error);
    }
  }

  /** The customer is typing. */
  showTyping() {
    this.typing.hidden = false;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => (this.typing.hidden = true), TYPING_SHOWN);
  }

  /** @param {string} words */
  tell(words) {
    this.note.textContent = words;
    this.note.hidden = words === "";
  }

  async #read() {
    const news = await ask(of(this.id, `activities?after=${this.#after}`));
    this.#after = news.watermark;
    this.desk.read(this.id, Number(news.watermark));
    this.#charge(news.conversation);
    for (const entry of news.entries) this.#add(entry);
    if (news.entries.some((entry) => entry.who === "customer")) this.typing.hidden = true;
    this.#stayAtEnd();
  }

  #charge({ state, mine }) {
    this.mine = mine;
    this.form.hidden = this.mineActions.hidden = !mine;
    this.claiming.hidden = state !== "queued";
  }

  #add(entry) {
    const at = this.time.format(new Date(entry.at));
    if (entry.kind === "state") {
      const words = this.say(`state_${entry.state}`, { name: entry.agent ?? "" });
      if (words === this.#last) return;
      this.#last = words;
      this.log.append(el("div", { class: "desk-event" }, `${words} · ${at}`));
      return;
    }
    this.#last = "";
    const name = entry.who === "customer" ? this.say("customer") : (entry.name ?? "");
    const choices = entry.choices.length > 0 ? this.say("offered", { titles: entry.choices.join(" · ") }) : "";
    this.log.append(
      el(
        "div",
        { class: `desk-line desk-${entry.who}` },
        el("p", { class: "desk-by" }, `${name} · ${at}`),
        el("p", { class: "desk-text" }, entry.text),
        choices ? el("p", { class: "desk-choices" }, choices) : null,
      ),
    );
  }

  #drawPanel(panel) {
    const given = (value) => (value ? ["✓ " + this.time.format(new Date(value)), "good"] : [this.say("waitingFor"), "warn"]);
    const owner = panel.owner === null ? [this.say("unknownYet"), ""] : panel.owner ? ["✓ " + this.say("yes"), "good"] : [this.say("no"), "bad"];
    const parts = [["email", given(panel.email)], ["password", given(panel.password)], ["owner", owner]];
    this.checklist.replaceChildren(
      ...parts.map(([name, [words, tone]]) =>
        el("span", { class: "desk-proof" }, `${this.say(name)}: `, el("span", { class: `badge${tone && ` badge-${tone}`}` }, words)),
      ),
    );
    this.typed.textContent = panel.address ? this.say("typed", { address: panel.address }) : this.say("noAddress");
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #input() {
    sessionStorage.setItem(this.#draft, this.text.value);
    if (Date.now() - this.#typingSent < TYPING_EVERY) return;
    this.#typingSent = Date.now();
    ask(of(this.id, "typing"), {}).catch(() => {});
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.text.value;
    if (text.trim() === "" || this.sending) return;
    this.sending = true;
    // The same text again is the same message, should the answer to the first have been lost.
    if (this.sentText !== text) [this.sentText, this.clientId] = [text, crypto.randomUUID()];
    try {
      const done = await ask(of(this.id, "replies"), { text, client_id: this.clientId });
      if (done.outcome === "sent") {
        this.tell("");
        this.sentText = null;
        if (this.text.value === text) this.text.value = "";
        sessionStorage.setItem(this.#draft, this.text.value);
        this.refresh();
      } else {
        this.tell(this.say(`held_${done.reason}`));
      }
    } catch (error) {
      this.tell(this.say("failed"));
      this.#lost(error);
    } finally {
      this.sending = false;
    }
  }

  #close() {
    if (this.closing.dataset.sure) this.#end("close");
    else {
      this.closing.dataset.sure = "yes";
      this.closing.textContent = this.say("closeAgain");
    }
  }

  async #end(how) {
    try {
      await ask(of(this.id, how), {});
      sessionStorage.removeItem(this.#draft);
      this.desk.left(this.id);
    } catch (error) {
      this.#lost(error);
    }
  }

  #lost(error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 404) this.desk.left(this.id, this.say("gone"));
    else if (error.body.error === "other_team") {
      this.tell(this.say("otherTeam"));
      this.log.replaceChildren();
      this.checklist.replaceChildren();
      this.typed.textContent = "";
      this.form.hidden = true;
    } else this.desk.failed(error);
  }
}

/** What stands above the conversation: who is in charge, a person always in reach, the menu, notices. */

import { labelled, language, LANGUAGES, unworded, worded } from "./language.js";
import { el, icon } from "./nodes.js";
/** @import {Lang, WhoIsInCharge, Wishes} from "./types.js" */

export class Header {
  #wishes;
  #state = el("p", { class: "z-charge" });
  #avatar = el("span", { class: "z-avatar z-large", "aria-hidden": "true" }, "Z");
  #human = el("button", { type: "button", class: "z-human" });
  #menuButton = el(
    "button",
    { type: "button", class: "z-round", "aria-expanded": "false", "aria-controls": "zoe-menu" },
    icon("more"),
  );
  #menu = el("div", { class: "z-menu", id: "zoe-menu", hidden: true });
  #languages = el("select", { id: "zoe-language" });
  #dialog = el("dialog", { class: "z-question", "aria-labelledby": "zoe-question" });
  #withPerson = false;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#fillMenu();
    this.#fillDialog();
    this.#human.addEventListener("click", () => (this.#withPerson ? wishes.onBack() : wishes.onHuman()));
    labelled(this.#menuButton, "menu");
    const names = el("div", { class: "z-names" }, worded(el("h1"), "zoe"), this.#state);
    this.node = el(
      "header",
      { class: "z-top" },
      this.#avatar,
      names,
      this.#human,
      this.#menuButton,
      this.#closeButton(),
      this.#menu,
      this.#dialog,
    );
    this.showCharge({ state: "bot", agent: null, position: null });
  }

  /** @param {WhoIsInCharge} charge */
  showCharge({ state, agent, position }) {
    const name = agent ?? "";
    if (state === "queued")
      worded(this.#state, position === null ? "queued" : "queuedAt", { position: position ?? "" });
    else
      worded(this.#state, state === "agent" ? "agentHere" : state === "closed" ? "closedState" : "assistant", { name });
    this.#avatar.textContent = state === "agent" && name ? name.slice(0, 1) : "Z";
    this.#avatar.classList.toggle("z-person", state === "agent");
    this.#withPerson = state === "queued" || state === "agent";
    this.#human.hidden = state === "closed";
    const [long, short] = this.#withPerson
      ? /** @type {const} */ (["back", "zoe"])
      : /** @type {const} */ (["human", "humanShort"]);
    labelled(this.#human, long);
    this.#human.replaceChildren(
      icon(this.#withPerson ? "back" : "person"),
      worded(el("span", { class: "z-long" }), long),
      worded(el("span", { class: "z-short" }), short),
    );
  }

  /** The language may have been chosen elsewhere. */
  showLanguage() {
    this.#languages.value = language();
  }

  #closeButton() {
    const { onClose } = this.#wishes;
    return (
      onClose && labelled(el("button", { type: "button", class: "z-round", onclick: onClose }, icon("close")), "close")
    );
  }

  #fillMenu() {
    for (const [lang, name] of Object.entries(LANGUAGES))
      this.#languages.append(el("option", { value: lang, lang }, name));
    this.showLanguage();
    this.#languages.addEventListener("change", () =>
      this.#wishes.onLanguage(/** @type {Lang} */ (this.#languages.value)),
    );
    const end = worded(
      el("button", { type: "button", class: "z-menu-item z-bad", onclick: () => this.#askToEnd() }),
      "end",
    );
    this.#menu.append(worded(el("label", { for: "zoe-language" }), "language"), this.#languages, end);
    this.#menuButton.addEventListener("click", () => this.#toggleMenu(this.#menu.hidden));
    this.#menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#toggleMenu(false);
      this.#menuButton.focus();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (
        !this.#menu.hidden &&
        target instanceof Node &&
        !this.#menu.contains(target) &&
        !this.#menuButton.contains(target)
      )
        this.#toggleMenu(false);
    });
  }

  /** @param {boolean} open */
  #toggleMenu(open) {
    this.#menu.hidden = !open;
    this.#menuButton.setAttribute("aria-expanded", String(open));
    if (open) this.#languages.focus();
  }

  #fillDialog() {
    const keep = worded(el("button", { class: "z-button", value: "keep" }), "keep");
    const end = worded(el("button", { class: "z-button z-danger", value: "end" }), "end");
    const form = el("form", { method: "dialog" }, keep, end);
    this.#dialog.append(worded(el("h2", { id: "zoe-question" }), "endQuestion"), worded(el("p"), "endExplained"), form);
    this.#dialog.addEventListener("close", () => this.#dialog.returnValue === "end" && this.#wishes.onEnd());
  }

  #askToEnd() {
    this.#toggleMenu(false);
    this.#menuButton.focus(); // the dialog gives the focus back to what had it
    this.#dialog.returnValue = "keep";
    this.#dialog.showModal();
  }
}

const SHOW_RETURN_MS = 2_500;

export class Notices {
  #pinned = el("p", { class: "z-pinned", hidden: true }, icon("shield"), worded(el("span"), "never"));
  #connection = el("p", { class: "z-connection", role: "status" });
  #alert = el("p", { class: "z-unseen", role: "alert" });
  #online = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    this.nodes = [this.#pinned, this.#connection, this.#alert];
  }

  /** @param {boolean} withPerson */
  showPinned(withPerson) {
    this.#pinned.hidden = !withPerson;
  }

  /** @param {boolean} online */
  showOnline(online) {
    if (online === this.#online) return;
    this.#online = online;
    clearTimeout(this.#timer);
    this.#connection.className = online ? "z-connection z-good" : "z-connection";
    worded(this.#connection, online ? "online" : "offline");
    if (online) this.#timer = setTimeout(() => unworded(this.#connection), SHOW_RETURN_MS);
  }

  /** Said to screen readers at once; on the screen the bubble shows it. */
  tellFailed() {
    worded(this.#alert, "failedAloud");
  }
}

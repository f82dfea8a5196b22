/**
 * Where the user writes. A draft outlives a reload, but never while a code is asked; nothing leaves before it is sent.
 */

import { labelled, unworded, worded } from "./language.js";
import { el, icon } from "./nodes.js";
/** @import {Draft} from "./types.js" */

const LIMIT = 4000;
const WARN_AT = 3600;

export class Composer {
  #draft;
  #secret = false;
  #field = el("textarea", {
    rows: "1",
    maxlength: LIMIT,
    autocomplete: "off",
    enterkeyhint: "send",
    "aria-describedby": "zoe-hint zoe-secret",
  });
  #send = el("button", { type: "submit", class: "z-send", disabled: true }, icon("send"));
  #secretHint = el(
    "p",
    { class: "z-secret-hint", id: "zoe-secret", hidden: true },
    icon("lock"),
    worded(el("span"), "secretHint"),
  );
  #count = el("p", { class: "z-count", role: "status" });

  /**
   * @param {Draft} draft
   * @param {(text: string) => void} onSend
   */
  constructor(draft, onSend) {
    this.#draft = draft;
    const hint = worded(el("p", { class: "z-unseen", id: "zoe-hint" }), "hint");
    labelled(this.#send, "send");
    this.node = el(
      "form",
      { class: "z-composer" },
      this.#secretHint,
      el("div", { class: "z-field" }, this.#field, this.#send),
      hint,
      this.#count,
    );
    this.#word();
    this.#field.value = draft.read();
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.node.requestSubmit();
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (text === "") return;
      this.write("");
      onSend(text);
    });
    this.#changed();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /** @param {string} text */
  write(text) {
    this.#field.value = text;
    this.#changed();
  }

  get text() {
    return this.#field.value;
  }

  /** @param {boolean} secret a code is awaited */
  expectSecret(secret) {
    if (secret === this.#secret) return;
    this.#secret = secret;
    this.#secretHint.hidden = !secret;
    this.node.classList.toggle("z-secret", secret);
    this.#field.autocomplete = secret ? "one-time-code" : "off";
    this.#field.spellcheck = !secret;
    this.#word();
    this.#changed();
  }

  /** @param {boolean} closed nothing can be written any more */
  close(closed) {
    this.node.hidden = closed;
  }

  #word() {
    const name = this.#secret ? "writeCode" : "write";
    worded(labelled(this.#field, name), name, {}, "placeholder");
  }

  #changed() {
    const { value } = this.#field;
    this.#draft.write(this.#secret ? "" : value);
    this.#send.disabled = value.trim() === "";
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
    if (value.length > WARN_AT) worded(this.#count, "tooLong", { count: LIMIT - value.length });
    else unworded(this.#count);
  }
}

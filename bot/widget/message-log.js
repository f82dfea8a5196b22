/**
 * The scrolling conversation: new items at the end, read out in order, history silently; the reader's place respected.
 */

import { labelled, worded } from "./language.js";
import { renderItem, updateMessage } from "./message.js";
import { el, icon } from "./nodes.js";
/** @import {Hands, Item} from "./types.js" */

const NEAR_END_PX = 96;
const TYPING_MS = 12_000;

export class MessageLog {
  #hands;
  #list = el("div", { class: "z-log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
  #typing = el("div", { class: "z-typing", hidden: true });
  #newest = el("button", { type: "button", class: "z-newest", hidden: true }, icon("down"));
  #scroller = el("section", { class: "z-scroller", tabindex: "0" });
  /** @type {Map<string, HTMLElement>} */
  #nodes = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingTimer;
  #atEnd = true;
  #lastTop = 0;

  /**
   * @param {Hands} hands
   * @param {HTMLElement} start what stands below the conversation until its first message
   */
  constructor(hands, start) {
    this.#hands = hands;
    labelled(this.#scroller, "log");
    labelled(this.#newest, "newest");
    this.#scroller.append(this.#list, this.#typing, start);
    this.#scroller.addEventListener("scroll", () => this.#noticePlace(), { passive: true });
    this.#newest.addEventListener("click", () => {
      this.toEnd();
      this.#scroller.focus({ preventScroll: true });
    });
    new ResizeObserver(() => this.#atEnd && this.toEnd(true)).observe(this.#scroller);
    this.nodes = [this.#scroller, this.#newest];
  }

  focus() {
    this.#scroller.focus({ preventScroll: true });
  }

  /**
   * History is there to be read, not read out: changes made by `fill` are not announced.
   *
   * @param {() => void} fill
   */
  silently(fill) {
    this.#list.setAttribute("aria-live", "off");
    fill();
    this.toEnd(true);
    requestAnimationFrame(() => requestAnimationFrame(() => this.#list.setAttribute("aria-live", "polite")));
  }

  /**
   * @param {Item} item
   * @param {Item | undefined} next the item it stands before
   */
  add(item, next) {
    const node = renderItem(item, this.#hands);
    this.#nodes.set(item.key, node);
    this.#list.insertBefore(node, (next && this.#nodes.get(next.key)) ?? null);
    if (item.type === "message" && item.who !== "you") this.showTyping(null);
    if (this.#atEnd || (item.type === "message" && item.who === "you")) this.toEnd();
    else this.#newest.hidden = false;
  }

  /**
   * @param {Item} item
   * @param {Item | undefined} next
   */
  update(item, next) {
    const node = this.#nodes.get(item.key);
    if (node === undefined || item.type === "line") return;
    const held = node.contains(document.activeElement);
    const before = (next && this.#nodes.get(next.key)) ?? null;
    if (node.nextElementSibling !== before) this.#list.insertBefore(node, before);
    updateMessage(node, item, this.#hands);
    if (held && !node.contains(document.activeElement)) {
      const note = /** @type {HTMLElement | null} */ (node.querySelector(".z-offer-note[tabindex]"));
      (note ?? this.#scroller).focus({ preventScroll: true });
    }
    if (this.#atEnd) this.toEnd();
  }

  /** @param {Item} item */
  remove(item) {
    this.#nodes.get(item.key)?.remove();
    this.#nodes.delete(item.key);
  }

  clear() {
    this.#nodes.clear();
    this.#list.replaceChildren();
    this.showTyping(null);
  }

  /**
   * @param {string | null} name who writes, null when nobody does
   * @param {boolean} [lasting] until something is said, else for a few seconds
   */
  showTyping(name, lasting = false) {
    clearTimeout(this.#typingTimer);
    this.#typing.hidden = name === null;
    if (name === null) return;
    this.#typing.replaceChildren(el("span", { class: "z-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")));
    this.#typing.append(worded(el("span", { class: "z-unseen" }), "typing", { name }));
    if (!lasting) this.#typingTimer = setTimeout(() => this.showTyping(null), TYPING_MS);
    if (this.#atEnd) this.toEnd();
  }

  /** @param {boolean} [atOnce] */
  toEnd(atOnce = false) {
    this.#atEnd = true;
    this.#newest.hidden = true;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: atOnce ? "instant" : "auto" });
  }

  #noticePlace() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.#atEnd = true;
    else if (scrollTop < this.#lastTop) this.#atEnd = false; // upwards: by the reader, smooth scrolling only goes down
    this.#lastTop = scrollTop;
    if (this.#atEnd) this.#newest.hidden = true;
  }
}

/**
 * One item of the conversation as nodes: a bubble with its card, what it offers, time and fate; or a centred line.
 */

import { labelled, language, worded } from "./language.js";
import { el, icon, renderInlineMarkdown, renderLink, renderMarkdown, renderPlain, safeAddress } from "./nodes.js";
import { hasCard } from "./store.js";
/** @import {Attachment, CardAction, Choice, Hands, Item, Line, Message} from "./types.js" */
/** @import {StringName} from "./language.js" */

/**
 * @param {Item} item
 * @param {Hands} hands
 * @returns {HTMLElement}
 */
export function renderItem(item, hands) {
  if (item.type === "line") return renderLine(item);
  if (item.kind === "steps") return el("div", { class: "z-item z-line", "data-key": item.key }, renderSteps(item.text));
  const node = el(
    "div",
    { class: `z-item z-${item.who}`, "data-key": item.key },
    item.who === "you"
      ? null
      : el("span", { class: "z-avatar", "aria-hidden": "true" }, item.who === "zoe" ? "Z" : item.name.slice(0, 1)),
    el(
      "div",
      { class: "z-column" },
      renderAuthor(item),
      renderBubble(item),
      el("div", { class: "z-offer" }),
      el("p", { class: "z-foot" }),
    ),
  );
  fillOffer(node, item, hands);
  fillFoot(node, item, hands);
  return node;
}

/**
 * Brings a bubble up to date in place, touching only what differs, so that screen readers don't read it again.
 *
 * @param {HTMLElement} node
 * @param {Message} message
 * @param {Hands} hands
 */
export function updateMessage(node, message, hands) {
  const bubble = node.querySelector(".z-bubble");
  if (message.who === "you" && bubble && bubble.textContent !== message.text) bubble.replaceWith(renderBubble(message));
  fillOffer(node, message, hands);
  fillFoot(node, message, hands);
}

/** @param {Line} line */
function renderLine(line) {
  const words = el("p", {}, line.text ?? "");
  if (line.string !== null) worded(words, /** @type {StringName} */ (line.string), line.args);
  return el("div", { class: "z-item z-line", "data-key": line.key }, words);
}

/** @param {Message} message */
function renderAuthor({ who, name }) {
  const author = el("p", { class: who === "agent" ? "z-author" : "z-author z-unseen" }, name);
  return who === "you" ? worded(author, "you") : author;
}

/** @param {Message} message */
function renderBubble({ who, text, markdown, lang, attachments }) {
  const cards = attachments.map(renderCard).filter((card) => card !== null);
  const words = cards.length > 0 ? [] : [markdown ? renderMarkdown(text) : renderPlain(text, who !== "you")];
  return el(
    "div",
    { class: cards.length > 0 ? "z-bubble z-with-card" : "z-bubble", lang, dir: "auto" },
    ...words,
    ...cards,
  );
}

/**
 * @param {HTMLElement} node
 * @param {Message} message
 * @param {Hands} hands
 */
function fillOffer(node, message, hands) {
  const place = /** @type {HTMLElement} */ (node.querySelector(".z-offer"));
  const { state, chosen, expired } = message.offer;
  place.replaceChildren();
  if (state === "open" || state === "failed" || state === "superseded") {
    place.append(...offeredButtons(message, hands));
    if (state === "failed") place.append(worded(el("p", { class: "z-offer-note z-bad" }), "failed"));
  } else if (state !== "none" && chosen !== null && hasCard(message)) {
    place.append(worded(el("p", { class: "z-offer-note", tabindex: "-1" }), "chosen", { title: chosen }));
  } else if (state === "closed" && (expired || hasCard(message))) {
    place.append(worded(el("p", { class: "z-offer-note", tabindex: "-1" }), "expired"));
  }
}

/**
 * @param {Message} message
 * @param {Hands} hands
 * @returns {Node[]}
 */
function offeredButtons(message, hands) {
  const choices = [...message.attachments.flatMap(cardChoices), ...message.actions.flatMap(quickReply)];
  return choices.flatMap((choice, place) => {
    if ("url" in choice) return renderLinkButton(choice.title, choice.url, openMark()) ?? [];
    if (message.offer.state === "superseded") return [];
    const decides = hasCard(message) && place === 0;
    const onclick = () => hands.onChoose(message, choice.title, choice.offered);
    return el(
      "button",
      { type: "button", class: decides ? "z-button z-decides" : "z-button", lang: message.lang, onclick },
      choice.title,
    );
  });
}

/** @param {CardAction} action @returns {Choice[]} */
function quickReply({ type, title = "", value }) {
  if (typeof value !== "string" || title === "") return [];
  return [type === "openUrl" ? { title, url: value } : { title, offered: value }];
}

function openMark() {
  return el("span", { class: "z-mark" }, icon("out"), worded(el("span", { class: "z-unseen" }), "newTab"));
}

/**
 * @param {HTMLElement} node
 * @param {Message} message
 * @param {Hands} hands
 */
function fillFoot(node, message, hands) {
  const foot = /** @type {HTMLElement} */ (node.querySelector(".z-foot"));
  node.dataset.status = message.status;
  const parts = [];
  if (message.status === "failed") {
    const retry = el("button", { type: "button", class: "z-retry", onclick: () => hands.onRetry(message) });
    parts.push(worded(el("span", { class: "z-bad" }), "failed"), worded(retry, "retry"));
  } else if (message.status === "sending") {
    parts.push(worded(el("span"), "sending"));
  } else if (message.time !== null) {
    const clock = new Intl.DateTimeFormat(language(), { hour: "numeric", minute: "2-digit" }).format(message.time);
    parts.push(el("time", { datetime: message.time.toISOString() }, clock));
  }
  foot.replaceChildren(...parts);
}

const DEPTH = 8;

/**
 * A card's body as nodes.
 *
 * @param {Attachment} attachment
 * @returns {HTMLElement | null} null when nothing in it can be shown
 */
export function renderCard({ contentType, content }) {
  const card = record(content);
  const parts = contentType.endsWith(".adaptive") ? renderBody(card.body, DEPTH) : renderHero(card);
  return parts.length > 0 ? el("div", { class: "z-card" }, ...parts) : null;
}

/**
 * What a card offers to press.
 *
 * @param {Attachment} attachment
 * @returns {Choice[]}
 */
export function cardChoices({ content }) {
  const { actions, buttons } = record(content);
  return list(actions ?? buttons).flatMap(cardChoice);
}

/**
 * @param {Record<string, any>} action
 * @returns {Choice[]}
 */
function cardChoice(action) {
  const title = words(action.title);
  const offered = record(action.data).offered ?? (action.type === "postBack" ? action.value : undefined);
  const url = action.url ?? (action.type === "openUrl" ? action.value : undefined);
  if (title === "") return [];
  if (typeof offered === "string") return [{ title, offered }];
  return safeAddress(url) ? [{ title, url }] : [];
}

/**
 * A link that looks like a button.
 *
 * @param {string} title
 * @param {string} url
 * @param {Node} mark
 * @returns {HTMLAnchorElement | null}
 */
export function renderLinkButton(title, url, mark) {
  const link = renderLink(title, url);
  if (link === null) return null;
  link.className = "z-button z-link";
  link.append(mark);
  return link;
}

/**
 * @param {unknown} body
 * @param {number} depth how much further boxes in boxes are followed
 * @returns {Node[]}
 */
function renderBody(body, depth) {
  if (depth === 0) return [];
  return list(body).flatMap((element) => {
    if (element.type === "TextBlock") return renderTextBlock(element);
    if (element.type === "FactSet") return [renderFacts(list(element.facts))];
    if (element.type === "Image") return renderImage(element);
    return renderBody(element.items ?? element.columns, depth - 1);
  });
}

/** @param {Record<string, unknown>} block @returns {Node[]} */
function renderTextBlock(block) {
  const text = words(block.text);
  if (text === "") return [];
  const heading = block.style === "heading" || ["Large", "ExtraLarge", "Medium"].includes(words(block.size));
  const weight = `${block.weight === "Bolder" ? " z-strong" : ""}${block.isSubtle === true ? " z-subtle" : ""}`;
  return [el("p", { class: (heading ? "z-card-title" : "z-card-text") + weight }, ...renderInlineMarkdown(text))];
}

/** @param {Record<string, unknown>[]} facts @returns {Node} */
function renderFacts(facts) {
  const rows = facts.map(({ title, value }) =>
    el("div", {}, el("dt", {}, words(title)), el("dd", {}, ...renderInlineMarkdown(words(value)))),
  );
  return el("dl", { class: "z-facts" }, ...rows);
}

/** @param {Record<string, unknown>} image @returns {Node[]} */
function renderImage(image) {
  const src = safeAddress(image.url);
  return src === null
    ? []
    : [el("img", { src, alt: words(image.altText), loading: "lazy", referrerpolicy: "no-referrer" })];
}

/** @param {Record<string, unknown>} card @returns {Node[]} */
function renderHero({ title, subtitle, text }) {
  return [
    ...(words(title) ? [el("p", { class: "z-card-title" }, words(title))] : []),
    ...[subtitle, text].filter((part) => words(part)).map((part) => el("p", { class: "z-card-text" }, words(part))),
  ];
}

/** @param {unknown} value @returns {Record<string, any>} */
function record(value) {
  return typeof value === "object" && value !== null ? value : {};
}

/** @param {unknown} value @returns {Record<string, any>[]} */
function list(value) {
  return Array.isArray(value) ? value.map(record) : [];
}

/** @param {unknown} value @returns {string} */
function words(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

const BOLD = /\*\*/gu;
const CURRENT = /\d\s*(?:of|de)\s*\d/u;

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
export function renderSteps(text) {
  const parts = text
    .split("·")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const marked = parts.findIndex((part) => part.includes("**"));
  const current = marked >= 0 ? marked : parts.findIndex((part) => CURRENT.test(part));
  const steps = parts.map((part, place) =>
    el(
      "li",
      { class: place < current ? "z-done" : null, "aria-current": place === current ? "step" : null },
      part.replace(BOLD, ""),
    ),
  );
  return labelled(el("ol", { class: "z-steps" }, ...steps), "steps");
}

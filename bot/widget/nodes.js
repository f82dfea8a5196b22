/**
 * Elements and the safe part of Markdown, without markup strings: whatever somebody else wrote enters the page as a
 * text node, so nothing in it can become an element, an attribute or a script.
 */

/** @typedef {string | boolean | number | null | undefined | EventListener} Value */

/**
 * Makes an element. `on…` functions become listeners, `true` an empty attribute; `false`, `null`, `undefined` nothing.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Value>} [attributes]
 * @param {...(Node | string | null)} children strings become text nodes
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

const PATHS = {
  send: "M4 12 20 4l-4.5 16-3.8-6.6L4 12Zm7.7 1.4L20 4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  back: "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  shield: "M12 3l7 3v5.5c0 4.4-2.9 7.6-7 9.5-4.1-1.9-7-5.1-7-9.5V6l7-3Zm-3 9 2.2 2.2L15.5 10",
  down: "M12 5v14M6 13l6 6 6-6",
  out: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
};

/**
 * A line drawing of 24 by 24 units in the colour of its text; decoration, hidden from screen readers.
 *
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `z-icon z-icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * A web address that may be followed or shown, or null: only http and https, nothing that runs or reads files.
 *
 * @param {unknown} address
 * @returns {string | null}
 */
export function safeAddress(address) {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

const ADDRESS = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)]/u;
const MARKS = [
  /\*\*(?<bold>[^*]+)\*\*/u,
  /(?<![\w*])[*_](?<italic>[^*_\s](?:[^*_]*[^*_\s])?)[*_](?![\w*])/u,
  /`(?<code>[^`]+)`/u,
  /\[(?<label>[^\][]+)\]\((?<link>[^\s()]+)\)/u,
];
const INLINE = new RegExp([...MARKS.map((mark) => mark.source), `(?<bare>${ADDRESS.source})`].join("|"), "u");
const BARE = new RegExp(`(${ADDRESS.source})`, "u");
const BULLET = /^\s{0,3}[-*•]\s+/u;
const NUMBER = /^\s{0,3}\d{1,3}[.)]\s+/u;

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text) {
  const page = document.createDocumentFragment();
  for (const block of text.replace(/\r\n?/gu, "\n").split(/\n{2,}/u)) {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    while (lines.length > 0) page.append(takeBlock(lines));
  }
  return page;
}

/**
 * What people wrote: line breaks and web addresses, never read as Markdown.
 *
 * @param {string} text
 * @param {boolean} links whether web addresses may be followed
 * @returns {HTMLParagraphElement}
 */
export function renderPlain(text, links) {
  const parts = links ? text.split(BARE) : [text];
  return el(
    "p",
    { class: "z-plain" },
    ...parts.map((part, place) => (place % 2 === 1 ? (renderLink(part, part) ?? part) : part)),
  );
}

/**
 * Takes one list or one paragraph from the front of `lines`.
 *
 * @param {string[]} lines
 * @returns {HTMLElement}
 */
function takeBlock(lines) {
  for (const [mark, tag] of /** @type {const} */ ([
    [BULLET, "ul"],
    [NUMBER, "ol"],
  ])) {
    if (!mark.test(lines[0])) continue;
    const list = el(tag);
    while (lines.length > 0 && mark.test(lines[0])) {
      const item = el("li");
      item.append(...renderInlineMarkdown(/** @type {string} */ (lines.shift()).replace(mark, "")));
      list.append(item);
    }
    return list;
  }
  const paragraph = el("p");
  while (lines.length > 0 && !BULLET.test(lines[0]) && !NUMBER.test(lines[0])) {
    if (paragraph.hasChildNodes()) paragraph.append(el("br"));
    paragraph.append(...renderInlineMarkdown(/** @type {string} */ (lines.shift())));
  }
  return paragraph;
}

/**
 * Bold, italic, code and links of one line.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function renderInlineMarkdown(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    nodes.push(rest.slice(0, found.index), renderMark(found));
    rest = rest.slice(found.index + found[0].length);
  }
  nodes.push(rest);
  return nodes;
}

/**
 * @param {RegExpExecArray} found
 * @returns {Node | string}
 */
function renderMark(found) {
  const { bold, italic, code, label, link, bare } = found.groups ?? {};
  if (bold) return el("strong", {}, ...renderInlineMarkdown(bold));
  if (italic) return el("em", {}, italic);
  if (code) return el("code", {}, code);
  return renderLink(label ?? bare ?? "", link ?? bare) ?? found[0];
}

/**
 * A link into a new tab that learns nothing of this one; null when the address is not a web address.
 *
 * @param {string} label
 * @param {unknown} address
 * @returns {HTMLAnchorElement | null}
 */
export function renderLink(label, address) {
  const href = safeAddress(address);
  if (href === null) return null;
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

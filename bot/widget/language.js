/** The words of the chat's frame, in the language of the moment, changed in place: each node remembers what it says. */

/** @import {Lang} from "./types.js" */

/** @typedef {keyof import("./strings-en.js")["STRINGS"]} StringName */
/** @typedef {Record<string, string | number>} Args */

export const LANGUAGES = { en: "English", pt: "Português", es: "Español" };

const PLACES = { text: "", label: "aria-label", placeholder: "placeholder" };

/** @type {Lang} */
let current = "en";
/** @type {Record<StringName, string>} */
let strings;

export function language() {
  return current;
}

/**
 * The chat's language for a tag such as `pt-BR`; English for all it does not speak.
 *
 * @param {string | null | undefined} tag
 * @returns {Lang}
 */
export function toLang(tag) {
  const lang = (tag ?? "").slice(0, 2).toLowerCase();
  return lang in LANGUAGES ? /** @type {Lang} */ (lang) : "en";
}

/**
 * A string with its `{names}` filled in.
 *
 * @param {StringName} name
 * @param {Args} [args]
 */
export function say(name, args = {}) {
  return strings[name].replace(/\{(\w+)\}/gu, (_, key) => String(args[key] ?? ""));
}

/**
 * Gives a node a string as its text or in an attribute, now and after every change of language.
 *
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {StringName} name
 * @param {Args} [args]
 * @param {keyof typeof PLACES} [place]
 * @returns {Node}
 */
export function worded(node, name, args = {}, place = "text") {
  node.dataset[`say${place}`] = JSON.stringify([name, args]);
  show(node, place);
  return node;
}

/** Takes a node's words away. @param {HTMLElement} node */
export function unworded(node) {
  delete node.dataset.saytext;
  node.replaceChildren();
}

/**
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {StringName} name
 */
export function labelled(node, name) {
  return worded(node, name, {}, "label");
}

/**
 * Changes the language of the document and of everything below `root`. Each is a file, loaded when it is spoken.
 *
 * @param {Lang} lang
 * @param {HTMLElement} root
 */
export async function changeLanguage(lang, root) {
  strings = (await import(`./strings-${lang}.js`)).STRINGS;
  current = lang;
  document.documentElement.lang = lang === "pt" ? "pt-BR" : lang;
  for (const place of /** @type {(keyof typeof PLACES)[]} */ (Object.keys(PLACES))) {
    for (const node of root.querySelectorAll(`[data-say${place}]`)) show(/** @type {HTMLElement} */ (node), place);
  }
}

/**
 * @param {HTMLElement} node
 * @param {keyof typeof PLACES} place
 */
function show(node, place) {
  const words = say(.../** @type {[StringName, Args]} */ (JSON.parse(node.dataset[`say${place}`] ?? "")));
  if (place === "text") node.textContent = words;
  else node.setAttribute(PLACES[place], words);
}

/** The left side: who is with me, who waits, who is with others. */

import { el } from "/widget/nodes.js";

const NAMES = { en: "EN", pt: "PT", es: "ES" };

/**
 * A span of time in words of the page's language: seconds, minutes, hours.
 *
 * @param {number} seconds
 * @param {string} lang
 */
export function span(seconds, lang) {
  const [value, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  const whole = Math.max(0, Math.floor(value));
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short" }).format(whole);
}

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} lang
 * @property {string} since
 * @property {string | null} accepted
 * @property {string | null} agent
 * @property {number} newest
 */

/**
 * @param {object} desk
 * @param {Record<string, Entry[]>} desk.lists
 * @param {string | null} desk.selected
 * @param {Map<string, number>} desk.read the newest entry seen of each conversation
 * @param {() => number} desk.now milliseconds, by the server's clock
 * @param {string} desk.lang
 * @param {(name: string, values?: Record<string, string>) => string} desk.say
 * @param {(id: string) => void} desk.select
 * @param {(id: string) => void} desk.claim
 * @returns {Node[]}
 */
export function drawLists(desk) {
  const { say, lists } = desk;
  return [
    section(desk, "mine", lists.mine, say("nothingMine")),
    section(desk, "waiting", lists.waiting, say("nobodyWaits")),
    ...(lists.others.length > 0 ? [section(desk, "others", lists.others, "")] : []),
  ];
}

function section(desk, name, entries, empty) {
  const heading = el("h2", { id: `desk-${name}` }, desk.say(name), el("span", { class: "desk-count" }, `${entries.length}`));
  const rows = entries.map((entry) => row(desk, name, entry));
  const list = rows.length > 0 ? el("ul", { class: "desk-list" }, ...rows) : el("p", { class: "muted" }, empty);
  return el("section", { "aria-labelledby": `desk-${name}` }, heading, list);
}

function row(desk, name, entry) {
  const { say } = desk;
  const from = name === "waiting" ? entry.since : (entry.accepted ?? entry.since);
  const time = span((desk.now() - Date.parse(from)) / 1000, desk.lang);
  const words = name === "waiting" ? say("waits", { time }) : say("since", { time });
  const news = name === "mine" && entry.newest > (desk.read.get(entry.id) ?? 0) && entry.id !== desk.selected;
  const title = `${say("customer")} ${entry.id.slice(0, 4)}`;
  const main = el(
    "button",
    { class: "desk-row", type: "button", "aria-current": entry.id === desk.selected && "true", "data-key": `open-${entry.id}`, onclick: () => desk.select(entry.id) },
    el("span", { class: "desk-row-title" }, title, news ? el("span", { class: "desk-news", "aria-label": "•" }) : null),
    el("span", { class: "badge" }, NAMES[entry.lang] ?? entry.lang),
    el("span", { class: "desk-row-time" }, name === "others" ? `${say("with", { name: entry.agent ?? "" })}, ${words}` : words),
  );
  const take = el("button", { class: "button button-small", type: "button", "data-key": `claim-${entry.id}`, onclick: () => desk.claim(entry.id) }, say("claim"));
  return el("li", {}, main, name === "waiting" ? take : null);
}

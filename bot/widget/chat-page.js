/** Entry of `/chat`: reads what the page and its address say and opens the chat in `<main id="zoe-chat">`. */

import { Session, tabStorage } from "./direct-line.js";
import { changeLanguage, toLang } from "./language.js";
import { Panel } from "./panel.js";

const SHORT_PX = 480;

const root = /** @type {HTMLElement} */ (document.getElementById("zoe-chat"));
const address = new URLSearchParams(location.search);
const site = address.get("site") ?? root.dataset.site ?? "";
const embedded = address.get("embed") === "1";
let open = !embedded; // the launcher opens its frame before it shows it

/**
 * Tells the launcher around the frame something that any page may know: open, close, a number.
 *
 * @param {Record<string, unknown>} words
 */
function tellHost(words) {
  if (embedded && window.parent !== window) window.parent.postMessage(words, "*");
}

/** 128 random bits; `crypto.randomUUID` is missing where a development server is reached over plain http. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Phones shrink what can be seen, not the page, when the keyboard opens; then the chat needs all that is left. */
function followKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    document.documentElement.classList.toggle("zoe-short", seen.height < SHORT_PX);
    document.documentElement.style.setProperty("--zoe-height", seen.scale === 1 ? `${seen.height}px` : "100dvh");
    if (seen.scale === 1) window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  fit();
}

const session = new Session(tabStorage(), `zoe.chat.${site}`, Date.now);
const asked = embedded ? null : address.get("lang");
const before = session.kept.lang;
const lang = toLang(asked ?? before ?? (root.dataset.lang || document.documentElement.lang));
session.keep({ lang });
await changeLanguage(lang, root);
const panel = new Panel(root, {
  session,
  tokenUrl: embedded ? `/chat/token?${new URLSearchParams({ site })}` : "/chat/token",
  topic: address.get("topic"),
  onClose: embedded ? () => tellHost({ zoe: "close" }) : null,
  isSeen: () => open && !document.hidden,
  onUnread: (count) => tellHost({ zoe: "unread", count }),
  now: () => new Date(),
  random: Math.random,
  newId,
});
if (before !== undefined && before !== lang) panel.tellLanguage();
document.documentElement.classList.toggle("zoe-embedded", embedded);
followKeyboard();

if (embedded) {
  tellHost({ zoe: "ready" });
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !["opened", "closed"].includes(data?.zoe)) return;
    open = data.zoe === "opened";
    panel.markRead();
    if (open) panel.focus();
  });
  document.addEventListener("keydown", ({ key, defaultPrevented }) => {
    if (key === "Escape" && !defaultPrevented && !document.querySelector("dialog[open]")) tellHost({ zoe: "close" });
  });
} else {
  panel.focus();
}

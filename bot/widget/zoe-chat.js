/**
 * The launcher: `<script type="module" src="…/widget/zoe-chat.js" data-site="KEY"></script>` puts a button on any page;
 * the chat opens in a frame of Zoe's own origin, so the page around it holds neither token nor text. Styles live in a
 * shadow root's adopted sheet, which a strict Content-Security-Policy allows.
 *
 * The page may place `<zoe-chat data-site="KEY"></zoe-chat>` itself, and set `--zoe-accent`, `--zoe-on-accent`,
 * `--zoe-gap`, `--zoe-layer`; `data-lang` overrides the language of the page.
 */

const ORIGIN = new URL(import.meta.url).origin;

const WORDS = {
  en: { open: "Chat with Zoe", close: "Close the chat", unread: "{n} unread" },
  pt: { open: "Conversar com a Zoe", close: "Fechar o chat", unread: "{n} não lidas" },
  es: { open: "Hablar con Zoe", close: "Cerrar el chat", unread: "{n} sin leer" },
};

const STYLE = `
:host { --accent: var(--zoe-accent, #4b3fd1); --gap: var(--zoe-gap, 20px); position: fixed;
  z-index: var(--zoe-layer, 2147483000);
  inset-block-end: var(--gap); inset-inline-end: var(--gap); font: 600 15px/1 system-ui, sans-serif; color-scheme: light dark; }
[hidden] { display: none !important; }
button { position: relative; display: grid; place-items: center; inline-size: 60px; block-size: 60px; margin-inline-start: auto; padding: 0;
  border: 0; border-radius: 50%; cursor: pointer; color: var(--zoe-on-accent, #fff);
  background: linear-gradient(140deg, var(--accent), color-mix(in srgb, var(--accent) 60%, #0f7d80));
  box-shadow: 0 1px 2px rgb(29 26 51 / .2), 0 8px 24px rgb(29 26 51 / .24); transition: transform .18s, box-shadow .18s; }
button:hover { transform: translateY(-2px); box-shadow: 0 2px 4px rgb(29 26 51 / .2), 0 12px 28px rgb(29 26 51 / .3); }
button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; box-shadow: 0 0 0 3px #4b3fd1; }
svg { inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.badge { position: absolute; inset-block-start: -2px; inset-inline-end: -2px; min-inline-size: 22px; block-size: 22px; padding-inline: 6px;
  box-sizing: border-box; border-radius: 11px; font-size: 12px; line-height: 22px; text-align: center; background: #b3261e; color: #fff; }
.panel { position: absolute; inset-block-end: 76px; inset-inline-end: 0; inline-size: min(400px, calc(100vw - 2 * var(--gap)));
  block-size: min(660px, calc(100dvh - 2 * var(--gap) - 76px)); border-radius: 20px; overflow: hidden; background: Canvas;
  box-shadow: 0 0 0 1px rgb(29 26 51 / .1), 0 24px 64px rgb(29 26 51 / .28); transform-origin: 100% 100%; animation: rise .2s ease-out; }
iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
@keyframes rise { from { opacity: 0; transform: translateY(12px) scale(.98); } }
@media (max-width: 480px), (max-height: 480px) {
  .panel { position: fixed; inset: 0; inline-size: auto; block-size: auto; border-radius: 0; }
  :host([open]) button { display: none; }
}
@media (prefers-reduced-motion: reduce) { .panel { animation: none; } button { transition: none; } button:hover { transform: none; } }
@media (forced-colors: active) { button, .panel { border: 2px solid ButtonText; } }
@media print { :host { display: none; } }
`;

const BUBBLE =
  "M12 4c-4.7 0-8.5 3.2-8.5 7.2 0 2.2 1.2 4.2 3 5.5L6 20.5l4-2.3c.6.1 1.3.2 2 .2 4.7 0 8.5-3.2 8.5-7.2S16.7 4 12 4ZM8.5 11.2h.01M12 11.2h.01M15.5 11.2h.01";
const CROSS = "M6 9.5l6 6 6-6";

class ZoeChat extends HTMLElement {
  #button = document.createElement("button");
  #mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  #badge = document.createElement("span");
  #panel = document.createElement("div");
  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  #unread = 0;

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(this.#mark);
    this.#button.type = "button";
    this.#badge.className = "badge";
    this.#badge.setAttribute("aria-hidden", "true");
    this.#panel.className = "panel";
    this.#panel.setAttribute("role", "dialog");
    this.#button.append(drawing, this.#badge);
    root.append(this.#panel, this.#button);
    this.#button.addEventListener("click", () => (this.#panel.hidden ? this.open() : this.close()));
    this.#panel.hidden = true;
  }

  connectedCallback() {
    window.addEventListener("message", this.#hear);
    this.#panel.setAttribute("aria-label", this.#words.open);
    this.#show();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#hear);
  }

  open() {
    this.#panel.hidden = false;
    this.setAttribute("open", "");
    if (this.#frame === null) this.#load();
    else this.#tell("opened");
    this.#show();
    this.#frame?.focus();
  }

  close() {
    this.#panel.hidden = true;
    this.removeAttribute("open");
    this.#tell("closed");
    this.#show();
    this.#button.focus();
  }

  get #lang() {
    const lang = (this.dataset.lang ?? (document.documentElement.lang || navigator.language)).slice(0, 2).toLowerCase();
    return lang === "pt" || lang === "es" ? lang : "en";
  }

  get #words() {
    return WORDS[this.#lang];
  }

  /** The frame is made at the first opening, so that a page costs nothing until somebody asks. */
  #load() {
    this.#frame = document.createElement("iframe");
    this.#frame.title = this.#words.open;
    const asked = new URLSearchParams({ site: this.dataset.site ?? "", embed: "1", lang: this.#lang });
    this.#frame.src = `${ORIGIN}/chat?${asked}`;
    this.#panel.append(this.#frame);
  }

  /** @param {string} zoe */
  #tell(zoe) {
    this.#frame?.contentWindow?.postMessage({ zoe }, ORIGIN);
  }

  #hear = (/** @type {MessageEvent} */ { source, origin, data }) => {
    if (origin !== ORIGIN || this.#frame === null || source !== this.#frame.contentWindow) return;
    if (data?.zoe === "close") this.close();
    if (data?.zoe === "ready") this.#tell(this.#panel.hidden ? "closed" : "opened");
    if (data?.zoe === "unread") {
      this.#unread = Number(data.count) || 0;
      this.#show();
    }
  };

  #show() {
    const { open, close, unread } = this.#words;
    const shown = this.#panel.hidden ? this.#unread : 0;
    this.#mark.setAttribute("d", this.#panel.hidden ? BUBBLE : CROSS);
    this.#badge.hidden = shown === 0;
    this.#badge.textContent = shown > 9 ? "9+" : String(shown);
    const name = this.#panel.hidden ? open : close;
    this.#button.setAttribute("aria-label", shown > 0 ? `${name}, ${unread.replace("{n}", String(shown))}` : name);
    this.#button.setAttribute("aria-expanded", String(!this.#panel.hidden));
  }
}

/** The script's own tag stands for the element, unless the page has placed one. */
function placeLauncher() {
  const scripts = /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll("script[data-site]")]);
  const own = scripts.find((script) => script.src === import.meta.url);
  if (own === undefined || document.querySelector("zoe-chat") !== null) return;
  const launcher = document.createElement("zoe-chat");
  Object.assign(launcher.dataset, own.dataset);
  document.body.append(launcher);
}

if (!customElements.get("zoe-chat")) {
  customElements.define("zoe-chat", ZoeChat);
  placeLauncher();
}

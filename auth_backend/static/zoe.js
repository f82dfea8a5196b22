// Comfort only: every page works without it.

const RECENT = "zoe.recent";
const KEPT = 5;

// Times are written in UTC; show them in the reader's own zone, and keep the exact moment as the tooltip.
function localTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const shape = element.dataset.shape ?? "moment";
    const options = { moment: { dateStyle: "medium", timeStyle: "short" }, day: { dateStyle: "long" }, hour: { timeStyle: "short" } }[shape];
    const asWritten = element.textContent;
    element.textContent = new Intl.DateTimeFormat(document.documentElement.lang, options).format(moment);
    element.title = asWritten;
  }
}

// Menus close on Escape and on a click elsewhere.
function menus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function readRecent() {
  try {
    const stored = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string").slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

function remember(id) {
  try {
    localStorage.setItem(RECENT, JSON.stringify([id, ...readRecent().filter((other) => other !== id)].slice(0, KEPT)));
  } catch {
    // Storage is off or full: then nothing is remembered.
  }
}

// What was read lately stays in this browser; it is never sent anywhere.
function recentlyViewed() {
  const article = document.querySelector("[data-article]");
  if (article) {
    const sections = new Set([...article.querySelectorAll("section[id]")].map((section) => section.id));
    const note = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      if (sections.has(id)) remember(id);
    };
    if (!location.hash) remember(article.dataset.article);
    note();
    addEventListener("hashchange", note);
  }
  const shelf = document.querySelector("[data-recent]");
  if (!shelf) return;
  const list = shelf.querySelector("ul");
  for (const id of readRecent()) {
    const topic = document.querySelector(`[data-topic="${CSS.escape(id)}"]`);
    if (!topic) continue;
    const link = document.createElement("a");
    link.href = topic.href;
    link.textContent = topic.dataset.title;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  shelf.hidden = list.children.length === 0;
}

// A code field takes what is pasted with spaces or hyphens.
function codeFields() {
  for (const input of document.querySelectorAll('input[autocomplete="one-time-code"]')) {
    input.addEventListener("paste", (event) => {
      const digits = (event.clipboardData?.getData("text") ?? "").normalize("NFKC").replace(/\D/g, "");
      if (digits.length !== 6) return;
      event.preventDefault();
      input.value = digits;
    });
  }
}

// Recovery codes: to the printer, to the clipboard. Without script there is the download, and the browser's own menu.
function keepCodes() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText([...source.querySelectorAll("code")].map((code) => code.textContent).join("\n"));
      const was = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = was; }, 2000);
    });
  }
}

// A second press while the first is on its way would bring a form that is over.
function sendOnce() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // a passkey is asked for first
    if (event.target.dataset.sending) event.preventDefault();
    else event.target.dataset.sending = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  });
}

sendOnce();
localTimes();
menus();
recentlyViewed();
codeFields();
keepCodes();

// A <select> inside [data-combobox] becomes an editable combobox with a list of what fits what was typed (ARIA Authoring
// Practices, combobox with list autocomplete). The select stays, out of sight: it holds the value and sends it. Without
// script there is just the select.

const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();

// How well an option fits: 0 best, null not at all. A prefix is typed with or without its plus sign.
function rank(option, typed) {
  const name = plain(option.text), digits = typed.replace(/^\+|^00/, "");
  if (/^\d+$/.test(digits)) {
    const prefix = option.dataset.prefix?.slice(1) ?? "";
    if (prefix === digits) return option.dataset.main === undefined ? 1 : 0;
    return prefix.startsWith(digits) ? 2 : null;
  }
  if (option.value.toLowerCase() === typed || name.startsWith(typed)) return 0;
  if (name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 1;
  return name.includes(typed) ? 2 : null;
}

function element(name, attributes) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

class Combobox {
  constructor(field) {
    this.field = field;
    this.select = field.querySelector("select");
    this.options = [...this.select.options];
    this.build();
    this.show();
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => { if (this.list.hidden) this.open(""); });
    this.input.addEventListener("blur", () => this.leave());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose(item);
    });
    addEventListener("pageshow", () => this.show());
  }

  build() {
    const { id } = this.select, label = this.field.querySelector("label");
    const hint = element("p", { id: `${id}-hint`, class: "hint" });
    hint.textContent = this.field.dataset.hint;
    // tabindex: browsers let Tab stop at whatever scrolls; here it goes from the field to the next one.
    const listbox = { id: `${id}-list`, role: "listbox", tabindex: "-1", "aria-labelledby": label.id };
    this.list = element("ul", { ...listbox, class: "combobox-list" });
    this.list.hidden = true;
    this.nothing = element("p", { class: "combobox-list combobox-none", "aria-hidden": "true" });
    this.nothing.textContent = this.field.dataset.none;
    this.nothing.hidden = true;
    this.status = element("p", { class: "visually-hidden", role: "status" });
    const described = [this.select.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" ");
    this.input = element("input", {
      type: "text", role: "combobox", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, "aria-describedby": described,
    });
    const wrong = this.select.getAttribute("aria-invalid");
    if (wrong) this.input.setAttribute("aria-invalid", wrong);
    const focused = document.activeElement === this.select;
    this.select.id = `${id}-chosen`;
    this.select.hidden = true;
    this.input.id = id;
    const box = element("div", { class: "combobox" });
    box.append(this.input, this.list, this.nothing, this.status);
    label.after(hint, box);
    if (focused || (this.select.autofocus && document.activeElement === document.body)) this.input.focus();
  }

  // The chosen option's words, as they stand while nobody types.
  show() {
    this.input.value = this.select.selectedOptions[0]?.text ?? "";
  }

  open(raw) {
    const typed = plain(raw);
    const fitting = this.options
      .map((option, index) => ({ option, index, rank: typed ? rank(option, typed) : 0 }))
      .filter((one) => one.rank !== null)
      .sort((one, other) => one.rank - other.rank || one.index - other.index);
    this.list.replaceChildren(...fitting.map(({ option, index }) => this.item(option, index)));
    this.list.hidden = !fitting.length;
    this.nothing.hidden = !this.list.hidden;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.activate(typed ? this.items[0] : this.items.find((item) => this.optionOf(item).selected));
    if (typed) this.announce(fitting.length);
  }

  item(option, index) {
    const item = element("li", { id: `${this.list.id}-${index}`, role: "option", "aria-selected": "false" });
    item.dataset.index = index;
    item.textContent = option.text;
    return item;
  }

  get items() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  optionOf(item) {
    return this.options[item.dataset.index];
  }

  activate(item) {
    this.active?.setAttribute("aria-selected", "false");
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  // After a pause, so that it is said once and not at each letter.
  announce(count) {
    clearTimeout(this.pause);
    const { none, foundOne, foundOther } = this.field.dataset;
    this.pause = setTimeout(() => {
      this.status.textContent = !count ? none : count === 1 ? foundOne : foundOther.replace("{n}", count);
    }, 500);
  }

  close() {
    clearTimeout(this.pause);
    this.status.textContent = "";
    this.list.hidden = this.nothing.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choose(item) {
    this.optionOf(item).selected = true;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
    this.show();
  }

  // Leaving takes what is marked; what fits nothing is replaced by what was chosen before.
  leave() {
    if (!this.list.hidden && this.active && !this.optionOf(this.active).selected) return this.choose(this.active);
    this.close();
    this.show();
  }

  move(step) {
    if (this.list.hidden) this.open("");
    else {
      const { items } = this, at = items.indexOf(this.active);
      this.activate(at < 0 ? items.at(step > 0 ? 0 : -1) : items[(at + step + items.length) % items.length]);
    }
  }

  key(event) {
    const act = this.action(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  action({ key, altKey, ctrlKey, metaKey, isComposing }) {
    if (ctrlKey || metaKey || isComposing) return null;
    if (key === "ArrowDown" && altKey) return () => this.open("");
    if (key === "ArrowUp" && altKey) return () => this.leave();
    if (key === "ArrowDown") return () => this.move(1);
    if (key === "ArrowUp") return () => this.move(-1);
    if (this.list.hidden && this.nothing.hidden) return null;
    if (key === "Enter") return () => { if (this.active) this.choose(this.active); }; // the form isn't sent half filled in
    if (key === "Escape") return () => { this.close(); this.show(); this.input.select(); };
    return null;
  }
}

for (const field of document.querySelectorAll("[data-combobox]")) new Combobox(field);

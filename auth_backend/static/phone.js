// Says while a number is typed what the server will say to it, and where the code will go: after a pause, gently; what is
// merely unfinished is left alone until the field is left. Nothing is said when the server can't be asked.

const PAUSE = 700;

class PhoneCheck {
  constructor(form) {
    this.form = form;
    this.input = form.elements.phone;
    this.says = document.getElementById("f-phone-says");
    this.input.setAttribute("aria-describedby", [this.input.getAttribute("aria-describedby"), this.says.id].filter(Boolean).join(" "));
    this.input.addEventListener("input", () => this.soon());
    this.input.addEventListener("change", () => this.now({ left: true }));
    form.elements.phone_country.addEventListener("change", () => this.now({ left: document.activeElement !== this.input }));
  }

  soon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.now({ left: false }), PAUSE);
  }

  async now({ left }) {
    clearTimeout(this.pause);
    this.asked?.abort();
    if (!this.input.value.trim()) return this.say(null);
    this.asked = new AbortController();
    const judged = await this.ask(this.asked.signal);
    if (judged) this.say(judged.ok || left || !judged.unfinished ? judged : null);
  }

  async ask(signal) {
    const body = new URLSearchParams(new FormData(this.form));
    try {
      const response = await fetch(this.form.dataset.check, { method: "POST", body, signal, headers: { Accept: "application/json" } });
      const json = response.headers.get("Content-Type")?.startsWith("application/json");
      return response.ok && json ? await response.json() : null;
    } catch {
      return null; // asked again meanwhile, or no network: the form itself will tell
    }
  }

  // What the last answer of the form said is about another number now.
  say(judged) {
    document.getElementById("f-phone-error")?.remove();
    const wrong = judged && !judged.ok;
    this.says.textContent = judged?.says ?? "";
    this.says.classList.toggle("error", Boolean(wrong));
    this.input.closest(".field").classList.toggle("field-wrong", Boolean(wrong));
    if (wrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

for (const form of document.querySelectorAll("form[data-check]")) new PhoneCheck(form);

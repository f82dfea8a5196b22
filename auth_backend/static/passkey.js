// Passkeys. A form with data-passkey="get" or "create" asks its data-options address for a question, the browser for an
// answer, and is then sent with the answer in its `credential` field. Its messages are in the page, hidden until needed.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function say(form, what) {
  for (const line of form.querySelectorAll("[data-passkey-says]")) line.hidden = line.dataset.passkeySays !== what;
}

// The question as JSON, or null when the session or the form is over: then the page itself knows where to go.
async function ask(form) {
  const fields = new URLSearchParams({ csrf: form.elements.csrf.value });
  const response = await fetch(form.dataset.options, { method: "POST", body: fields, headers: { Accept: "application/json" } });
  const json = response.headers.get("Content-Type")?.startsWith("application/json");
  return response.ok && json ? response.json() : null;
}

async function create(question) {
  const publicKey = {
    ...question,
    challenge: bytes(question.challenge),
    user: { ...question.user, id: bytes(question.user.id) },
    excludeCredentials: named(question.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  const transports = made.response.getTransports?.() ?? [];
  return { ...shell(made), response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports } };
}

async function get(question) {
  const publicKey = { ...question, challenge: bytes(question.challenge), allowCredentials: named(question.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
  return {
    ...shell(shown),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: text(userHandle) || undefined,
    },
  };
}

function shell(credential) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type };
}

function problem(error) {
  if (error.name === "NotAllowedError" || error.name === "AbortError") return "cancelled";
  if (error.name === "InvalidStateError") return "known";
  return error.name === "SecurityError" ? "address" : "failed";
}

async function run(form) {
  if (form.ariaBusy === "true") return;
  if (!window.PublicKeyCredential) return say(form, "unsupported");
  form.ariaBusy = "true";
  say(form, "waiting");
  try {
    const question = await ask(form);
    if (question === null) return location.reload();
    const answer = await (form.dataset.passkey === "create" ? create(question) : get(question));
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    say(form, problem(error));
  } finally {
    form.ariaBusy = "false";
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form);
  });
  if (!window.PublicKeyCredential) say(form, "unsupported");
}

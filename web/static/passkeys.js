// Passkeys. The form asks the instance what to ask the device, and sends what the device answers as a plain form.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function readable(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) publicKey.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) publicKey.allowCredentials = known(options.allowCredentials);
  return { publicKey };
}

function answered(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const token = new FormData();
  token.set("csrf_token", form.elements.csrf_token.value);
  const answer = await fetch(form.dataset.ask, { method: "POST", body: token, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return readable(await answer.json());
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[data-trouble]");
  form.querySelector("button").disabled = !("PublicKeyCredential" in window);
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return; // the device has answered: now the form goes the plain way
    event.preventDefault();
    trouble.hidden = true;
    try {
      const credential = await navigator.credentials[form.dataset.passkey](await ask(form));
      form.elements.answer.value = answered(credential);
      form.requestSubmit();
    } catch {
      trouble.hidden = false;
    }
  });
}

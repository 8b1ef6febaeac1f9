/* Passkeys and security keys: asks the server what to ask for, the browser for a key, and posts what the key answers. */
"use strict";

(() => {
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  function toText(buffer) {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  const withBytes = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));

  function forBrowser(asked) {
    const wanted = { ...asked, challenge: toBytes(asked.challenge) };
    if (asked.user) wanted.user = { ...asked.user, id: toBytes(asked.user.id) };
    if (asked.excludeCredentials) wanted.excludeCredentials = withBytes(asked.excludeCredentials);
    if (asked.allowCredentials) wanted.allowCredentials = withBytes(asked.allowCredentials);
    return { publicKey: wanted };
  }

  function forServer(key) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = toText(key.response[name]);
    }
    return JSON.stringify({
      id: key.id,
      rawId: toText(key.rawId),
      type: key.type,
      response,
      clientExtensionResults: key.getClientExtensionResults(),
    });
  }

  async function ask(form) {
    const answer = await fetch(form.dataset.begin, { method: "POST", body: new FormData(form), redirect: "error" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const wanted = forBrowser((await answer.json()).publicKey);
    const isNew = form.dataset.passkey === "create";
    return isNew ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted);
  }

  function prepare(form) {
    const button = form.querySelector("[data-passkey-button]");
    const note = form.querySelector("[data-passkey-note]");
    const say = (what) => { note.textContent = what ? form.querySelector(`[data-passkey-${what}]`).content.textContent : ""; };

    let isBusy = false;

    button.hidden = false;
    say("");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy || !form.reportValidity()) return;
      isBusy = true;
      say("waits");
      try {
        form.elements.credential.value = forServer(await ask(form));
        form.submit();
      } catch {
        isBusy = false;
        say("fails");
      }
    });
  }

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
})();

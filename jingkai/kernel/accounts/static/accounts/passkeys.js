// Passkeys (W3C WebAuthn): asks the device for its key and sends the answer with the form. Where the browser
// knows no passkeys, the places for them stay hidden and everything else works as before.
(function () {
  "use strict";

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0)).buffer;
  }

  function text(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function listed(keys) {
    return (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));
  }

  function asked(options) {
    const given = { ...options, challenge: bytes(options.challenge) };
    if (options.user) given.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) given.excludeCredentials = listed(options.excludeCredentials);
    if (options.allowCredentials) given.allowCredentials = listed(options.allowCredentials);
    return { publicKey: given };
  }

  function answered(key) {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    return {
      type: key.type,
      id: key.id,
      rawId: text(key.rawId),
      response: response,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  }

  async function optionsOf(form) {
    const told = document.getElementById("js_data");
    if (told) return JSON.parse(told.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function send(form) {
    const fault = form.querySelector("[data-passkey-fault]");
    fault.hidden = true;
    try {
      const told = await optionsOf(form);
      const key = told.creation_options
        ? await navigator.credentials.create(asked(told.creation_options.publicKey))
        : await navigator.credentials.get(asked(told.request_options.publicKey));
      form.elements.credential.value = JSON.stringify(answered(key));
      form.submit();
    } catch (error) {
      fault.hidden = false;
    }
  }

  function start() {
    if (!window.PublicKeyCredential || !navigator.credentials) return;
    for (const place of document.querySelectorAll("[data-passkey-place]")) place.hidden = false;
    for (const place of document.querySelectorAll("[data-no-passkey]")) place.hidden = true;
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        event.stopPropagation();
        send(form);
      });
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// Passkeys: hide the offer where the browser has none, and say in words when a key did not answer.
(function () {
  "use strict";
  if (!window.PublicKeyCredential) {
    document.querySelectorAll("[data-passkey]").forEach(function (offer) { offer.hidden = true; });
  }
  document.addEventListener("allauth.error", function (event) {
    var box = document.querySelector("[data-passkey-error]");
    if (!box) return;
    event.preventDefault();
    box.hidden = false;
    box.querySelector("[data-passkey-words]").textContent = box.dataset.words;
  });
})();

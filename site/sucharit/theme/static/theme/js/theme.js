// The reader's choice of light or dark. Runs before the page is painted; without it the device decides.
(function () {
  "use strict";
  var root = document.documentElement;
  function stored() {
    try { return localStorage.getItem("theme") || "auto"; } catch (error) { return "auto"; }
  }
  function apply(choice) {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
  }
  apply(stored());
  document.addEventListener("DOMContentLoaded", function () {
    var box = document.querySelector("[data-theme-switch]");
    if (!box) return;
    var buttons = Array.prototype.slice.call(box.querySelectorAll("[data-theme-choice]"));
    function show(choice) {
      buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.themeChoice === choice)); });
    }
    box.hidden = false;
    show(stored());
    box.addEventListener("click", function (event) {
      var button = event.target.closest("[data-theme-choice]");
      if (!button) return;
      var choice = button.dataset.themeChoice;
      try { localStorage.setItem("theme", choice); } catch (error) { /* private browsing: the choice lasts for this page */ }
      apply(choice);
      show(choice);
    });
  });
})();

// The ticket machine: the slip prints itself, and an abandoned page goes back to the start.
(function () {
  "use strict";
  var page = document.querySelector("[data-home]");
  var slip = document.querySelector(".slip[data-print]");
  if (slip) {
    window.print();
  }
  if (!page || !(slip || document.querySelector(".hall-form, .hall-topics"))) {
    return;
  }
  var patience = slip ? 20000 : 60000;
  var timer;
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(function () { location.assign(page.dataset.home); }, patience);
  }
  ["pointerdown", "keydown", "input"].forEach(function (name) { document.addEventListener(name, wait); });
  wait();
})();

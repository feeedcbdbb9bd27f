// The calling screen: speaks each new call once, in Chinese and then in English; says when the line is dead.
(function () {
  "use strict";
  var MOST_KEPT = 200;
  var holder = document.getElementById("calls");
  var lost = document.querySelector(".screen-lost");
  var button = document.querySelector("[data-sound]");
  var spoken = [];
  var quiet = read("windows.sound") === "off";

  function read(name) {
    try { return localStorage.getItem(name); } catch (error) { return null; }
  }
  function keep(name, value) {
    try { localStorage.setItem(name, value); } catch (error) { /* a private window forgets it */ }
  }
  function spell(number) {
    return number.split("").join(" ");
  }
  function say(text, language) {
    if (!("speechSynthesis" in window)) { return; }
    var words = new SpeechSynthesisUtterance(text);
    words.lang = language;
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  }
  function announce(row) {
    var number = spell(row.dataset.number);
    say("请 " + number + " 号到 " + row.dataset.window + " 号窗口", "zh-CN");
    say("Number " + number + ", window " + row.dataset.window, "en-US");
  }
  function hear() {
    var rows = Array.prototype.slice.call(holder.querySelectorAll("tr[data-call]")).reverse();
    rows.forEach(function (row) {
      if (spoken.indexOf(row.dataset.call) >= 0) { return; }
      spoken.push(row.dataset.call);
      if (!quiet && row.dataset.age === "new") { announce(row); }
    });
    spoken = spoken.slice(-MOST_KEPT);
  }
  function show() {
    button.setAttribute("aria-pressed", String(!quiet));
    button.textContent = quiet ? button.dataset.off : button.dataset.on;
  }
  button.addEventListener("click", function () {
    quiet = !quiet;
    keep("windows.sound", quiet ? "off" : "on");
    if (quiet && "speechSynthesis" in window) { window.speechSynthesis.cancel(); }
    show();
  });
  document.body.addEventListener("htmx:afterSwap", function () { lost.hidden = true; hear(); });
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.body.addEventListener(name, function () { lost.hidden = false; });
  });
  show();
  hear();
})();

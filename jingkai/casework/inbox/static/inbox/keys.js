// Lists by keyboard: j and k move, Enter opens the matter, x ticks the line, c claims it, n claims the next
// one, ? shows the keys. Whoever speaks to the machine, or works it by single keys, switches them off.
(() => {
  const OFF = "jingkai.keys.off";
  const lines = () => [...document.querySelectorAll("[data-list] table.list tbody tr")];
  const label = document.querySelector("[data-keys-switch]");
  let at = -1;
  let off = read();

  function read() {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  }

  function keep() {
    try {
      localStorage.setItem(OFF, off ? "1" : "");
    } catch {
      // a browser that keeps nothing forgets it with the page
    }
  }

  if (label) {
    const box = label.querySelector("input");
    label.hidden = false;
    box.checked = !off;
    box.addEventListener("change", () => {
      off = !box.checked;
      keep();
    });
  }

  function typing(target) {
    return target.isContentEditable || /^(input|textarea|select|button)$/i.test(target.tagName) && target.type !== "checkbox";
  }

  function move(step) {
    const rows = lines();
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    const link = rows[at].querySelector(".c-title a");
    if (link) link.focus();
    rows[at].scrollIntoView({ block: "nearest" });
  }

  function help() {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  }

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("[data-list] table.list tbody tr");
    if (row) at = lines().indexOf(row);
  });

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "c" && at >= 0) lines()[at]?.querySelector("button[name=one]")?.click();
    else if (event.key === "x" && at >= 0) lines()[at]?.querySelector(".c-tick input")?.click();
    else if (event.key === "?") help();
    else if (event.key === "n") document.querySelector("[data-key=n]:not(:disabled)")?.click();
    else return;
    event.preventDefault();
  });
})();

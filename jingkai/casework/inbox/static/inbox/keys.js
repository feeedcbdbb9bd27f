// Lists by keyboard: j and k move, Enter opens the matter, c claims the line, n claims the next one.
(() => {
  const lines = () => [...document.querySelectorAll("[data-list] table.list tbody tr")];
  let at = -1;

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

  if (matchMedia("(hover: hover)").matches) document.querySelectorAll("[data-keys]").forEach((hint) => (hint.hidden = false));

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("[data-list] table.list tbody tr");
    if (row) at = lines().indexOf(row);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "c" && at >= 0) lines()[at]?.querySelector("button[name=one]")?.click();
    else if (event.key === "n") document.querySelector("[data-key=n]:not(:disabled)")?.click();
    else return;
    event.preventDefault();
  });
})();

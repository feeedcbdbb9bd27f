// Keyboard and focus: "/" goes to the search, Escape closes menus, errors get the focus, phones get labels.
import { each } from "./ready.js";

document.documentElement.classList.add("js");

function typing(target) {
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (location.hash === "#menu") location.hash = "#content";
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function drawer() {
  const open = location.hash === "#menu";
  const column = document.querySelector(".shell > .column");
  const menu = document.getElementById("menu");
  if (!column || !menu || getComputedStyle(menu).position !== "fixed") return;
  column.inert = open;
  if (open) menu.focus();
}
window.addEventListener("hashchange", drawer);

each("[data-focus]", (element) => element.focus());

// A list written by hand gets its phone labels from its own head.
each("table.list", (table) => {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  for (const row of table.tBodies[0] ? table.tBodies[0].rows : []) {
    [...row.cells].forEach((cell, at) => {
      if (!cell.dataset.label && heads[at]) cell.dataset.label = heads[at];
    });
  }
});

// A list too wide for its place scrolls sideways there instead of leaving the page.
function fit(table) {
  let box = table.parentElement;
  if (innerWidth <= 640 || table.offsetWidth <= box.clientWidth + 1 || box.classList.contains("sideways")) return;
  if (!box.classList.contains("scroll")) {
    box = document.createElement("div");
    box.className = "scroll";
    table.replaceWith(box);
    box.append(table);
  }
  box.classList.add("sideways");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", table.caption ? table.caption.textContent : document.title);
}
each("table.list", fit);
window.addEventListener("resize", () => document.querySelectorAll("table.list").forEach(fit));

each("[data-tick-all]", (box) => {
  const boxes = () => document.querySelectorAll(`input[type=checkbox][name="${box.dataset.tickAll}"]`);
  box.addEventListener("change", () => boxes().forEach((one) => (one.checked = box.checked)));
});

// A filter bar sends itself when a choice changes; its button stays for those without scripts.
each("form[data-auto]", (form) => {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=date], input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
});

// Quick phrases: a button that writes its text into a field.
each("[data-phrase]", (button) => {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.phraseFor);
    if (!field) return;
    field.value = field.value ? `${field.value}\n${button.dataset.phrase}` : button.dataset.phrase;
    field.focus();
  });
});

each("[data-print]", (button) => button.addEventListener("click", () => window.print()));

// A form is sent once: a second click on its button does nothing until the answer is there.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

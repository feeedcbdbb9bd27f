// A link marked data-dialog opens the form of the page behind it as a dialog; without scripts it is that page.
import { each } from "./ready.js";

async function open(link) {
  const answer = await fetch(link.href, { headers: { "X-Requested-With": "dialog" }, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("main form");
  if (!answer.ok || !form) return location.assign(link.href);
  form.classList.remove("panel", "in");
  if (!form.getAttribute("action")) form.setAttribute("action", answer.url);
  show(page.querySelector("main h1"), document.adoptNode(form), link);
}

function show(title, form, link) {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  heading.id = "dialog-title";
  heading.textContent = title ? title.textContent : link.textContent;
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading, form);
  form.querySelectorAll("a.btn").forEach((back) =>
    back.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    }),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

each("a[data-dialog]", (link) => {
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
});

// Calls `enhance` once for every element that matches, now and after each HTMX swap.
const seen = new WeakMap();

export function each(selector, enhance) {
  const run = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches && root.matches(selector)) found.push(root);
    for (const element of found) {
      const done = seen.get(element) || new Set();
      if (done.has(enhance)) continue;
      seen.set(element, done.add(enhance));
      enhance(element);
    }
  };
  const start = () => {
    run(document);
    document.body.addEventListener("htmx:load", (event) => run(event.detail.elt));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

export function csrf() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

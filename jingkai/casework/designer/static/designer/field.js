// The page of one field: only what fits the chosen kind of answer is shown.
(() => {
  const form = document.querySelector("[data-field-form]");
  if (!form) return;
  const kind = form.querySelector("[name=kind]");
  const follow = () =>
    form.querySelectorAll("[data-kinds]").forEach((box) => {
      const kinds = box.dataset.kinds.split(" ");
      box.hidden = kinds[0].startsWith("-") ? kinds.includes(`-${kind.value}`) : !kinds.includes(kind.value);
    });
  kind.addEventListener("change", follow);
  follow();
})();

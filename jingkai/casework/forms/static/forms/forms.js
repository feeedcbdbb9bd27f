// Forms of steps: fields that depend on others come and go, sums run along, tables grow. All of it also works without.
(() => {
  const TESTS = {
    "==": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => ordered(a, b) && a < b,
    "<=": (a, b) => ordered(a, b) && a <= b,
    ">": (a, b) => ordered(a, b) && a > b,
    ">=": (a, b) => ordered(a, b) && a >= b,
    in: (a, b) => Array.isArray(b) && b.includes(a),
    "not in": (a, b) => Array.isArray(b) && !b.includes(a),
  };

  function ordered(a, b) {
    return a !== null && b !== null && typeof a === typeof b;
  }

  function value(tree, values) {
    const [kind, ...parts] = tree;
    if (kind === "value") return parts[0];
    if (kind === "name") return values[parts[0]] ?? null;
    if (kind === "not") return !value(parts[0], values);
    if (kind === "and") return parts.every((part) => value(part, values));
    if (kind === "or") return parts.some((part) => value(part, values));
    return TESTS[kind](value(parts[0], values), value(parts[1], values));
  }

  function read(cell) {
    const inputs = [...cell.querySelectorAll("input:not([type=hidden]), select, textarea")];
    if (!inputs.length || cell.querySelector(".row-table, .dates, [type=checkbox]")) return null;
    if (inputs[0].type === "radio") {
      const chosen = inputs.find((one) => one.checked);
      if (!chosen) return null;
      return chosen.value === "true" ? true : chosen.value === "false" ? false : chosen.value;
    }
    const text = inputs[0].value.trim();
    if (!text) return null;
    return inputs[0].inputMode === "decimal" ? number(text) : text;
  }

  function number(text) {
    const found = Number(String(text).replace(/[,，]/g, ""));
    return Number.isFinite(found) ? found : null;
  }

  function follow(root) {
    const cells = [...root.querySelectorAll(".asked[data-field]")];
    const values = Object.assign(Object.create(null), JSON.parse(root.dataset.known || "{}"));
    cells.forEach((cell) => (values[cell.dataset.field] = read(cell)));
    for (let round = 0; round < cells.length; round += 1) {
      let moved = false;
      for (const cell of cells) {
        if (!cell.dataset.when) continue;
        const hide = !value(JSON.parse(cell.dataset.when), values);
        if (hide && values[cell.dataset.field] !== null && values[cell.dataset.field] !== undefined) {
          values[cell.dataset.field] = null;
          moved = true;
        }
        cell.hidden = hide;
      }
      if (!moved) break;
    }
    root.querySelectorAll("[data-sum]").forEach((output) => total(root, output));
  }

  function total(root, output) {
    let sum = 0;
    for (const name of output.dataset.sum.split(",")) {
      const [field, column] = name.split(".");
      const selector = column ? `[data-field="${field}"] [data-cell="${column}"]` : `[data-field="${field}"] input`;
      root.querySelectorAll(selector).forEach((input) => (sum += number(input.value) || 0));
    }
    const cents = Math.round(sum * 100) / 100;
    output.textContent = cents.toLocaleString("en", { minimumFractionDigits: Number.isInteger(cents) ? 0 : 2, maximumFractionDigits: 2 });
  }

  function addLine(box) {
    const body = box.querySelector("tbody");
    const last = body.rows[body.rows.length - 1];
    const at = body.rows.length;
    const line = last.cloneNode(true);
    const name = box.dataset.rows;
    line.cells[0].textContent = at + 1;
    line.querySelectorAll("input, select").forEach((input) => {
      const key = input.dataset.cell;
      input.name = `${name}-${at}-${key}`;
      input.id = `id_${name}-${at}-${key}`;
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, at + 1));
      input.value = "";
    });
    body.append(line);
    box.querySelector("[data-rows-count]").value = at + 1;
    line.querySelector("input, select").focus();
  }

  document.querySelectorAll("[data-answers]").forEach((root) => {
    follow(root);
    root.addEventListener("input", () => follow(root));
    root.addEventListener("change", () => follow(root));
    root.querySelectorAll("[data-rows]").forEach((box) => {
      const button = box.querySelector("[data-rows-add]");
      button.type = "button";
      button.addEventListener("click", () => addLine(box));
    });
  });
})();

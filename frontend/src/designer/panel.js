// The properties beside the drawing: inputs of the page, tied to the chosen element. What is typed is one undoable step.
import { is } from "bpmn-js/lib/util/ModelUtil";

const DEFINED = { terminate: "bpmn:TerminateEventDefinition", timer: "bpmn:TimerEventDefinition" };

export default class Panel {
  constructor(board) {
    this.board = board;
    this.modeler = board.modeler;
    this.side = board.find("panel");
    this.get = (name) => this.modeler.get(name);
    this.side.addEventListener("change", (event) => this.written(event.target));
    this.side.addEventListener("click", (event) => this.pressed(event.target.closest("[data-add]")));
    const bus = this.get("eventBus");
    bus.on("selection.changed", (event) => this.show(event.newSelection.length === 1 ? event.newSelection[0] : null));
    bus.on("elements.changed", (event) => event.elements.some((one) => one.id === this.element.id) && this.fill());
    bus.on("element.changed", () => this.fillLists());
    this.show(null);
  }

  show(element) {
    const chosen = element && element.labelTarget ? element.labelTarget : element;
    this.element = chosen || this.get("canvas").getRootElement();
    this.object = this.element.businessObject;
    this.side.querySelectorAll("[data-for]").forEach((box) => {
      box.hidden = !box.dataset.for.split(" ").some((name) => this.fits(name));
    });
    const kind = this.object.$type.replace("bpmn:", "");
    const name = kind[0].toLowerCase() + kind.slice(1);
    this.board.find("kind").textContent = this.board.words[`kind:${name}`] || kind;
    this.board.find("element").textContent = this.object.id;
    this.fillLists();
    this.fill();
  }

  fits(name) {
    if (name === "several") return is(this.object, "bpmn:UserTask") && Boolean(this.object.loopCharacteristics);
    if (name === "alone") return is(this.object, "bpmn:UserTask") && !this.object.loopCharacteristics;
    if (name === "choice") return is(this.object, "bpmn:SequenceFlow") && this.chooses();
    if (name === "timer") return is(this.object, "bpmn:CatchEvent") && this.defined("bpmn:TimerEventDefinition");
    return is(this.object, name);
  }

  chooses() {
    const source = this.object.sourceRef;
    return source && (is(source, "bpmn:ExclusiveGateway") || is(source, "bpmn:InclusiveGateway")) && source.outgoing.length > 1;
  }

  defined(type) {
    return (this.object.eventDefinitions || []).some((one) => is(one, type));
  }

  read(name) {
    const object = this.object;
    switch (name) {
      case "condition":
        return object.conditionExpression ? object.conditionExpression.body || "" : "";
      case "isDefault":
        return object.sourceRef && object.sourceRef.default === object;
      case "several":
        return object.loopCharacteristics ? (object.loopCharacteristics.isSequential ? "sequential" : "parallel") : "";
      case "terminates":
        return this.defined(DEFINED.terminate);
      case "stays":
        return object.cancelActivity === false;
      case "type":
        return object.$type;
      case "called":
        return object.calledElement || "";
      default:
        return object.get(name) || "";
    }
  }

  fill() {
    this.side.querySelectorAll("[data-attr]").forEach((input) => {
      const value = this.read(input.dataset.attr);
      if (input.type === "checkbox") input.checked = value === true || value === "true" || (input.dataset.no && value !== "false");
      else if (input.tagName === "SELECT") this.choose(input, value);
      else if (document.activeElement !== input || input.value !== value) input.value = value;
    });
    this.side.querySelectorAll("[data-other]").forEach((input) => {
      const select = this.side.querySelector(`select[data-attr="${input.dataset.other}"]`);
      input.closest(".field").hidden = select.value !== "*";
      input.value = this.read(input.dataset.other);
    });
    const link = this.side.querySelector("[data-form-link]");
    const form = /^form:([a-z][a-z0-9_-]*)/.exec(this.object.get ? this.object.get("jk:form") || "" : "");
    link.hidden = !form;
    if (form) link.href = link.dataset.formLink.replace("FORM", form[1]);
  }

  choose(select, value) {
    const known = [...select.options].some((one) => one.value === value);
    const other = [...select.options].some((one) => one.value === "*");
    if (!known && value && !other) select.add(new Option(value, value));
    select.value = known || !other ? value : "*";
  }

  // Lists that follow the drawing: the other steps, the variables of the flow.
  fillLists() {
    const root = this.get("canvas").getRootElement().businessObject;
    const steps = (root.flowElements || []).filter((one) => is(one, "bpmn:UserTask") && one !== this.object);
    const names = (root.get("jk:variables") || "").split(/[,，]/).map((text) => text.trim().split(":")).filter(([name]) => name);
    const texts = names.filter(([, kind]) => !kind || kind.trim() === "text").map(([name]) => name.trim());
    this.options("variables", texts.map((name) => [`\${${name}}`, this.label(name)]));
    this.options("steps", steps.map((one) => [`same:${one.id}`, one.name || one.id]));
  }

  label(name) {
    const field = JSON.parse(this.side.dataset.fields).find(([key]) => key === name);
    return field ? field[2] : name;
  }

  options(name, pairs) {
    this.side.querySelectorAll(`optgroup[data-list="${name}"]`).forEach((group) => {
      group.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
      group.hidden = !pairs.length;
    });
  }

  written(input) {
    if (input.dataset.other) return this.set({ [input.dataset.other]: input.value.trim() || undefined });
    const name = input.dataset.attr;
    if (!name) return undefined;
    if (input.type === "checkbox") return this.tick(name, input.checked, input.dataset.no);
    const value = input.value.trim();
    if (value === "*") {
      const other = this.side.querySelector(`[data-other="${name}"]`);
      other.closest(".field").hidden = false;
      return other.focus();
    }
    if (name === "condition") return this.set({ conditionExpression: value ? this.get("moddle").create("bpmn:FormalExpression", { body: value }) : undefined });
    if (name === "several") return this.several(value);
    if (name === "type") return this.become(value);
    if (name === "called") return this.set({ calledElement: value || undefined });
    return this.set({ [name]: value || undefined });
  }

  tick(name, on, no) {
    if (name === "isDefault") {
      this.get("modeling").updateProperties(this.element.source, { default: on ? this.object : undefined });
      if (on && this.object.conditionExpression) this.set({ conditionExpression: undefined });
      return this.fill();
    }
    if (name === "terminates") return this.replace({ type: "bpmn:EndEvent", ...(on ? { eventDefinitionType: DEFINED.terminate } : {}) });
    if (name === "stays") return this.set({ cancelActivity: !on });
    if (no) return this.set({ [name]: on ? undefined : "false" });
    return this.set({ [name]: on ? "true" : undefined });
  }

  several(value) {
    const loop = value && this.get("moddle").create("bpmn:MultiInstanceLoopCharacteristics", { isSequential: value === "sequential" });
    const clear = value ? { "jk:pool": undefined } : { "jk:each": undefined, "jk:pass": undefined, "jk:passing": undefined, "jk:early": undefined };
    if (loop) loop.$parent = this.object;
    this.set({ loopCharacteristics: loop || undefined, ...clear });
    this.show(this.element);
  }

  become(type) {
    if (type !== this.object.$type) this.replace({ type });
  }

  replace(target) {
    const fresh = this.get("bpmnReplace").replaceElement(this.element, target);
    this.get("selection").select(fresh);
  }

  set(properties) {
    this.get("modeling").updateProperties(this.element, properties);
  }

  // Buttons that add a word to a list with commas.
  pressed(button) {
    if (!button) return;
    const input = this.side.querySelector(`[data-attr="${button.dataset.to}"]`);
    const parts = input.value.split(/[,，]/).map((text) => text.trim()).filter(Boolean);
    const code = (text) => text.split(/[=:]/)[0].trim();
    if (!parts.some((text) => code(text) === code(button.dataset.add))) parts.push(button.dataset.add);
    input.value = parts.join(", ");
    this.written(input);
  }
}

// The drawing board of flows: bpmn-js with our palette, our properties, remarks while drawing. Loaded there only.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "../styles/flow.css";
import "../styles/designer.css";
import { drawing } from "./drawing.js";
import { csrf } from "./ready.js";
import descriptor from "./designer/attributes.js";
import controls from "./designer/controls.js";
import Panel from "./designer/panel.js";
import { inLanguage } from "./language.js";

const DELAY = 700;

class Board {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words);
    this.version = root.dataset.version;
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.changed = false;
  }

  async open() {
    const canvas = this.find("canvas");
    const font = { fontFamily: getComputedStyle(canvas).fontFamily, fontSize: 14 };
    this.modeler = new Modeler({
      container: canvas,
      moddleExtensions: { jk: descriptor },
      additionalModules: [controls(this.words)],
      textRenderer: { defaultStyle: font, externalStyle: { ...font, fontSize: 13 } },
    });
    try {
      await this.modeler.importXML((await drawing(this.root.dataset.src)) ?? "");
    } catch (error) {
      this.say(this.words.unreadable);
      return;
    }
    this.fit();
    this.panel = new Panel(this);
    this.modeler.get("eventBus").on("commandStack.changed", () => this.touched());
    this.bind();
    this.root.dataset.drawn = "1";
    window.jingkai = { ...window.jingkai, board: this };
    await this.check();
  }

  bind() {
    const stack = this.modeler.get("commandStack");
    this.find("undo").addEventListener("click", () => stack.canUndo() && stack.undo());
    this.find("redo").addEventListener("click", () => stack.canRedo() && stack.redo());
    this.find("fit").addEventListener("click", () => this.fit());
    this.find("save").addEventListener("click", () => this.save());
    this.find("over").addEventListener("click", () => this.save(true));
    this.find("take").addEventListener("click", () => {
      this.changed = false;
      location.reload();
    });
    this.root.querySelectorAll("a[data-saves]").forEach((link) =>
      link.addEventListener("click", async (event) => {
        if (!this.changed) return;
        event.preventDefault();
        if (await this.save()) location.assign(link.href);
      }),
    );
    window.addEventListener("beforeunload", (event) => this.changed && event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        this.save();
      }
    });
  }

  // Show everything, with room for the palette at the left.
  fit() {
    const canvas = this.modeler.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    const box = canvas.viewbox();
    const palette = this.find("canvas").querySelector(".djs-palette");
    const room = (palette ? palette.offsetWidth + 64 : 0) / box.scale;
    const width = Math.max(box.inner.width + room + 24 / box.scale, box.width);
    const height = (width * box.height) / box.width;
    const left = box.inner.width + room > box.width ? box.inner.x - room : Math.min(box.x, box.inner.x - room);
    canvas.viewbox({ x: left, y: box.inner.y + box.inner.height / 2 - height / 2, width, height });
  }

  touched() {
    this.changed = true;
    this.say(this.words.unsaved);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), DELAY);
  }

  async xml() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  async post(address, facts) {
    const body = new URLSearchParams(facts);
    const answer = await fetch(address, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
    });
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(this.words.lost);
    return { status: answer.status, ...(await answer.json()) };
  }

  async check() {
    const turn = (this.turn = (this.turn || 0) + 1);
    try {
      const answer = await this.post(this.root.dataset.lint, { bpmn: await this.xml() });
      if (turn === this.turn && answer.remarks) this.remark(answer.remarks);
    } catch (error) {
      this.say(this.words.lost);
    }
  }

  async save(over = false) {
    this.say(this.words.saving);
    const bpmn = await this.xml();
    let answer;
    try {
      answer = await this.post(this.root.dataset.save, { bpmn, seen: over ? this.fresh : this.version });
    } catch (error) {
      this.say(this.words.lost);
      return false;
    }
    if (answer.status === 409) return this.stale(answer);
    if (answer.status >= 400) {
      this.say(answer.detail);
      return false;
    }
    this.version = String(answer.version);
    this.changed = bpmn !== (await this.xml());
    this.find("stale").hidden = true;
    this.say(this.words.saved);
    this.remark(answer.remarks);
    return true;
  }

  stale(answer) {
    this.fresh = String(answer.version);
    const box = this.find("stale");
    box.hidden = false;
    box.querySelector("[data-said]").textContent = answer.detail;
    const list = box.querySelector("ul");
    list.replaceChildren(...answer.changes.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    box.focus();
    this.say(this.words.unsaved);
    return false;
  }

  say(text) {
    this.find("state").textContent = text;
  }

  remark(remarks) {
    const registry = this.modeler.get("elementRegistry");
    const canvas = this.modeler.get("canvas");
    (this.marked || []).forEach((name) => registry.get(name) && canvas.removeMarker(name, "is-faulty"));
    this.marked = remarks.map((one) => one.element).filter((name) => registry.get(name));
    this.marked.forEach((name) => canvas.addMarker(name, "is-faulty"));
    this.find("remarks").replaceChildren(...remarks.map((one) => this.line(one)));
    const faults = remarks.filter((one) => one.level === "fault").length;
    const light = this.find("verdict");
    light.className = `light ${faults ? "late" : "ok"}`;
    light.textContent = faults ? this.words.faults.replace("%(n)s", faults) : this.words.sound;
  }

  line(one) {
    const item = document.createElement("li");
    item.className = one.level;
    const icon = this.find(one.level === "fault" ? "icon-fault" : "icon-hint").content.cloneNode(true);
    const text = document.createElement("span");
    const known = this.modeler.get("elementRegistry").get(one.element);
    if (one.place) {
      const place = document.createElement(one.url ? "a" : known ? "button" : "b");
      place.textContent = known && !one.url ? this.called(known) : one.place;
      if (one.url) place.href = one.url;
      if (known && !one.url) {
        place.type = "button";
        place.className = "link";
        place.addEventListener("click", () => this.show(one.element));
      }
      text.append(place, "：");
    }
    text.append(one.message);
    item.append(icon, text);
    return item;
  }

  called(element) {
    const object = element.businessObject;
    const kind = object.$type.replace("bpmn:", "");
    const word = this.words[`kind:${kind[0].toLowerCase()}${kind.slice(1)}`] || kind;
    return object.name ? `${word} “${object.name}”` : word;
  }

  show(name) {
    const element = this.modeler.get("elementRegistry").get(name);
    this.modeler.get("selection").select(element);
    this.modeler.get("canvas").scrollToElement(element);
  }
}

const LEGIBLE = 0.5;

// Show the whole drawing with some air; where it would be too small to read, go to the first change instead.
function settle(canvas, changed) {
  canvas.resized();
  const room = canvas.getSize();
  if (!room.width || !room.height) return; // a folded or hidden picture has no scale
  canvas.zoom("fit-viewport", "auto");
  const whole = canvas.zoom() * 0.94;
  canvas.zoom(Math.max(whole, LEGIBLE), "auto");
  if (whole < LEGIBLE && changed) canvas.scrollToElement(changed, 24);
}

async function compare(element) {
  const text = await drawing(element.dataset.compare);
  if (text === null) return;
  const font = { fontFamily: getComputedStyle(element).fontFamily, fontSize: 13 };
  const viewer = new NavigatedViewer({ container: element, zoomScroll: { enabled: false }, textRenderer: { defaultStyle: font } });
  await viewer.importXML(inLanguage(text));
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const marks = Object.entries(JSON.parse(element.dataset.marks)).filter(([name]) => registry.get(name));
  for (const [name, mark] of marks) canvas.addMarker(name, `is-${mark}`);
  const changed = marks.map(([name]) => registry.get(name)).find((one) => !one.waypoints) || registry.get(marks[0]?.[0]);
  new ResizeObserver(() => settle(canvas, changed)).observe(element);
  settle(canvas, changed);
  element.dataset.drawn = "1";
}

document.querySelectorAll("[data-designer]").forEach((root) => new Board(root).open());
document.querySelectorAll("[data-compare]").forEach(compare);

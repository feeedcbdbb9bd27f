// Draws a BPMN file and marks where the case stands. The bpmn.io mark stays, as its licence asks.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "../styles/flow.css";
import { drawing } from "./drawing.js";
import { inLanguage } from "./language.js";

function ids(text) {
  return (text || "").split(",").filter(Boolean);
}

async function draw(element) {
  const text = await drawing(element.dataset.flowSrc);
  if (text === null) return;
  const viewer = new NavigatedViewer({
    container: element,
    zoomScroll: { enabled: false },
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(element).fontFamily, fontSize: 13 } },
  });
  try {
    await viewer.importXML(inLanguage(text));
  } catch (error) {
    if (!/no diagram/.test(error.message)) throw error;
    element.hidden = true; // its steps are told in the list below
    return;
  }
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const mark = (name, marker) => registry.get(name) && canvas.addMarker(name, marker);
  ids(element.dataset.flowDone).forEach((name) => mark(name, "is-done"));
  ids(element.dataset.flowCurrent).forEach((name) => mark(name, "is-current"));
  canvas.zoom("fit-viewport", "auto");
  element.dataset.drawn = "1";
}

window.jingkai = window.jingkai || {};
window.jingkai.flow = draw;

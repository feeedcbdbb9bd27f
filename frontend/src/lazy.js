// Loads the flow and chart bundles only on pages that show one.
import { each } from "./ready.js";

const asked = new Map();
// The mark of this page's scripts: the browser runs none without it.
const nonce = document.currentScript ? document.currentScript.nonce : "";

function script(address) {
  if (!asked.has(address)) {
    asked.set(
      address,
      new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.nonce = nonce;
        element.src = address;
        element.onload = resolve;
        element.onerror = reject;
        document.head.append(element);
      }),
    );
  }
  return asked.get(address);
}

function style(address) {
  if (!address || asked.has(address)) return;
  asked.set(address, true);
  const element = document.createElement("link");
  element.rel = "stylesheet";
  element.href = address;
  document.head.append(element);
}

function lazy(selector, name) {
  each(selector, (element) => {
    style(element.dataset.loadStyle);
    script(element.dataset.load).then(() => window.jingkai[name](element));
  });
}

window.jingkai = window.jingkai || {};
lazy("[data-flow-src][data-load]", "flow");
lazy("[data-chart][data-load]", "chart");

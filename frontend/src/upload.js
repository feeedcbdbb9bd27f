// Sends chosen files at once, each with its own progress, and puts the answer into the list of files.
import { csrf, each } from "./ready.js";

class Upload {
  constructor(box) {
    this.box = box;
    this.texts = box.dataset;
    this.list = box.querySelector("[data-upload-list]");
    this.status = box.querySelector("[data-upload-status]");
    this.input = box.querySelector("input[type=file]");
    this.input.addEventListener("change", () => {
      [...this.input.files].forEach((file) => this.send(file));
      this.input.value = "";
      this.input.required = false;
    });
    const zone = box.querySelector(".upload-zone");
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      [...event.dataTransfer.files].forEach((file) => this.send(file));
    });
  }

  line(file) {
    const item = document.createElement("li");
    item.className = "file sending";
    const name = document.createElement("span");
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `${this.texts.textProgress} ${file.name}`);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "link";
    cancel.textContent = this.texts.textCancel;
    item.append(name, bar, cancel);
    this.list.append(item);
    return { item, bar, cancel };
  }

  send(file) {
    const { item, bar, cancel } = this.line(file);
    const request = new XMLHttpRequest();
    request.open("PUT", this.texts.uploadUrl);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    };
    request.onload = () => this.answered(request, item, file);
    request.onerror = () => this.failed(item, file, this.texts.textFailed);
    request.onabort = () => this.failed(item, file, this.texts.textCancelled);
    cancel.addEventListener("click", () => request.abort());
    request.send(file);
  }

  answered(request, item, file) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {};
    }
    if (request.status >= 300 || !answer.html) {
      this.failed(item, file, answer.detail || this.texts.textFailed);
      return;
    }
    const template = document.createElement("template");
    template.innerHTML = answer.html.trim();
    const fresh = [...template.content.children];
    item.replaceWith(...fresh);
    fresh.forEach((one) => window.htmx && window.htmx.process(one));
    fresh.forEach((one) => document.body.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: one } })));
    this.status.textContent = file.name;
    this.light();
  }

  // The light beside the material's name says what the list beneath it shows.
  light() {
    const head = this.box.parentElement?.querySelector(":scope > .material-head");
    if (!head) return;
    const light = head.querySelector(".light") || head.appendChild(document.createElement("span"));
    light.className = "light ok";
    light.textContent = this.texts.textDone;
  }

  failed(item, file, sentence) {
    item.className = "file failed";
    item.replaceChildren();
    const name = document.createElement("span");
    name.textContent = file.name;
    const reason = document.createElement("span");
    reason.className = "error";
    reason.textContent = sentence;
    item.append(name, reason);
    this.status.textContent = `${file.name}: ${sentence}`;
  }
}

each("[data-upload][data-upload-url]", (box) => new Upload(box));

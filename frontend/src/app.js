// What every page runs: HTMX and small helps. A page works without all of this.
import htmx from "htmx.org";
import "./page.js";
import "./lazy.js";
import "./dialog.js";
import "./upload.js";

window.htmx = htmx;

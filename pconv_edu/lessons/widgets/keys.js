// Keeps single keys inside a box of ipywidgets. Otherwise JupyterLab takes them as commands (b adds a cell, arrows move
// to another cell) while a drop-down list or a button has the focus. Escape, and keys with Ctrl, Alt or Meta, are
// passed on to the notebook.

import { isModified } from "./page.js";

function render({ el }) {
  el.style.display = "none";
  const keep = (event) => {
    if (!(isModified(event) || event.key === "Escape")) event.stopPropagation();
  };
  let box = null;
  const find = () => {
    box = el.parentElement?.closest(".widget-vbox") ?? null;
    if (box) box.addEventListener("keydown", keep);
    else if (!stopped) requestAnimationFrame(find); // the element is not in the page yet
  };
  let stopped = false;
  find();
  return () => {
    stopped = true;
    box?.removeEventListener("keydown", keep);
  };
}

export default { render };

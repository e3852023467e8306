// Keeps single keys inside: JupyterLab takes them as commands (b: a new cell, arrows: another cell) while a drop-down
// list or a button has the focus. Keys with Ctrl, Alt or Meta, and Escape, go on.
function render({ el }) {
  el.style.display = "none";
  const keep = (event) => {
    if (!(event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape")) event.stopPropagation();
  };
  let box = null;
  const find = () => {
    box = el.parentElement?.closest(".widget-vbox") ?? null;
    if (box) box.addEventListener("keydown", keep);
    else if (!stopped) requestAnimationFrame(find); // not in the page yet
  };
  let stopped = false;
  find();
  return () => {
    stopped = true;
    box?.removeEventListener("keydown", keep);
  };
}

export default { render };

// A labelled slider: the browser's own, which screen readers and keyboards know.
function render({ model, el }) {
  const label = document.createElement("label"), input = document.createElement("input"), shown = document.createElement("output");
  label.className = "pconv-slider";
  input.type = "range";
  for (const name of ["min", "max", "step"]) input[name] = model.get(name);
  const show = () => { input.value = model.get("value"); shown.textContent = model.get("value"); };
  input.addEventListener("input", () => { shown.textContent = input.value; });
  input.addEventListener("change", () => { model.set("value", +input.value); model.save_changes(); });
  input.addEventListener("keydown", (event) => event.stopPropagation()); // notebooks take single keys
  label.append(model.get("description"), input, shown);
  el.append(label);
  model.on("change:value", show);
  show();
  return () => model.off("change:value", show);
}
export default { render };

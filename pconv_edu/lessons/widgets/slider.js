// A labelled slider: the browser's own, which screen readers and keyboards know. With options it chooses one of them.
function render({ model, el }) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  const input = document.createElement("input");
  const shown = document.createElement("output");
  label.className = "pconv-slider";
  input.type = "range";
  const options = () => model.get("options");
  const chosen = () => (options() ? options()[+input.value] : +input.value);
  const tell = () => {
    shown.textContent = chosen();
    if (options()) input.setAttribute("aria-valuetext", chosen());
  };
  const show = () => {
    const ends = options()
      ? { min: 0, max: options().length - 1, step: 1 }
      : { min: model.get("min"), max: model.get("max"), step: model.get("step") };
    Object.assign(input, ends);
    input.value = options() ? options().indexOf(model.get("value")) : model.get("value");
    name.textContent = model.get("description");
    tell();
  };
  input.addEventListener("input", tell);
  input.addEventListener("change", () => {
    model.set("value", chosen());
    model.save_changes();
  });
  input.addEventListener("keydown", (event) => event.stopPropagation()); // notebooks take single keys
  label.append(name, input, shown);
  el.append(label);
  const changes = "change:value change:options change:description";
  model.on(changes, show);
  show();
  return () => model.off(changes, show);
}
export default { render };

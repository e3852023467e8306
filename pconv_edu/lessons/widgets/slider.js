// A labelled slider: an <input type="range">, which screen readers and keyboards support. With the trait `options`, it
// chooses one of these texts instead of a number.

import { make } from "./page.js";

function render({ model, el }) {
  const label = make("label", "pconv-slider", el);
  const name = make("span", "", label);
  const input = make("input", "", label, { type: "range" });
  const output = make("output", "", label);
  const options = () => model.get("options");
  const chosen = () => (options() ? options()[+input.value] : +input.value);
  const showChosen = () => {
    output.textContent = chosen();
    if (options()) input.setAttribute("aria-valuetext", chosen());
  };
  const show = () => {
    const ends = options()
      ? { min: 0, max: options().length - 1, step: 1 }
      : { min: model.get("min"), max: model.get("max"), step: model.get("step") };
    Object.assign(input, ends);
    input.value = options() ? options().indexOf(model.get("value")) : model.get("value");
    name.textContent = model.get("description");
    showChosen();
  };
  input.addEventListener("input", showChosen);
  input.addEventListener("change", () => {
    model.set("value", chosen());
    model.save_changes();
  });
  input.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab takes single keys as commands
  const changes = "change:value change:options change:description";
  model.on(changes, show);
  show();
  return () => model.off(changes, show);
}

export default { render };

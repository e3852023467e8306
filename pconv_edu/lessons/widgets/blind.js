// The blind study of lesson 12: it shows a hole and two unlabelled fills, and takes one of three answers, by a button
// or by the keys 1, 2, 3.
// State (traits of the model): hole, left, right (PNG), number of the pair, total, report (HTML: the results, or an
// error). A vote is sent to Python as a message with the number of its pair.

import { isModified, make, pngUrl } from "./page.js";

const ANSWERS = [
  ["left", "1 · A is better"],
  ["neither", "2 · cannot tell"],
  ["right", "3 · B is better"],
];
const PICTURES = [
  ["hole", "the hole (pink)"],
  ["left", "A"],
  ["right", "B"],
];

function render({ model, el }) {
  const root = make("div", "pconv-blind", el);
  const progress = make("div", "pair", root, { role: "status" });
  const row = make("div", "row", root);
  const images = PICTURES.map(([name, text]) => {
    const figure = make("figure", "", row);
    const image = make("img", "", figure, {
      alt: name === "hole" ? "The photo with its hole in pink" : `Fill ${text}`,
    });
    make("figcaption", "", figure, { text });
    return image;
  });
  const bar = make("div", "bar", root, { role: "group", "aria-label": "Which fill is better?" });
  let waiting = false; // for the next pair
  const vote = (choice) => {
    if (waiting || model.get("number") >= model.get("total")) return;
    waiting = true;
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    model.send({ choice, number: model.get("number") });
  };
  const buttons = ANSWERS.map(([choice, text]) => {
    const button = make("button", "", bar, { type: "button", text });
    button.addEventListener("click", () => vote(choice));
    return button;
  });
  const report = make("div", "report", root, { "aria-live": "polite" });
  root.tabIndex = -1;
  root.addEventListener("keydown", (event) => {
    if (isModified(event)) return;
    event.stopPropagation(); // JupyterLab takes single keys as commands
    const answer = ANSWERS["123".indexOf(event.key)];
    if (answer && event.key.length === 1 && !event.repeat) vote(answer[0]);
  });

  function update() {
    const number = model.get("number");
    const total = model.get("total");
    const done = number >= total;
    waiting = false;
    progress.textContent = done
      ? `All ${total} pairs are voted on.`
      : `Pair ${number + 1} of ${total}: which fill is better?`;
    row.hidden = bar.hidden = done;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    if (!done)
      PICTURES.forEach(([name], k) => {
        images[k].src = pngUrl(model.get(name));
      });
    report.innerHTML = model.get("report"); // made in Python, where every name in it is escaped
  }
  // Python sends a pair as one message, but the model reports the change of each trait separately.
  let planned = false;
  const soon = () => {
    if (!planned) {
      planned = true;
      queueMicrotask(() => {
        planned = false;
        update();
      });
    }
  };
  const names = ["number", "total", "hole", "left", "right", "report"];
  for (const name of names) model.on(`change:${name}`, soon);
  update();
  return () => {
    for (const name of names) model.off(`change:${name}`, soon);
  };
}

export default { render };

// The loss playground: a slider for each weight, the stored fill for these weights, and an answer to compare it with.
// State (traits of the model): chosen (a step for each slider), answer, levels, weights, numbers of every fill, and
// three PNGs: fills and answers as tiles of the hole's size, and surroundings. Everything is computed beforehand.

import { keepSingleKeys, make, pngUrl } from "./page.js";

const TERMS = ["hole", "perceptual", "style", "TV"];
const HOLE = 32; // px, the side of the hole
const EDGE = 16; // px of the picture that are shown on each side of the hole

async function load(view) {
  const image = new Image();
  image.src = pngUrl(view);
  await image.decode();
  return image;
}
// Return a number as text, with three digits and no exponent: 6.12, 0.0543, 0.
const number = (value) =>
  value === 0 ? "0" : value < 0.00005 ? "0.0000" : value >= 1 ? value.toFixed(2) : value.toPrecision(3).slice(0, 6);

function render({ model, el }) {
  const levels = model.get("levels");
  const weights = model.get("weights");
  const root = make("div", "pconv-playground", el);
  keepSingleKeys(root);

  // ---- the sliders
  const controls = make("div", "controls", root);
  const slider = (name, max, onInput) => {
    const label = make("label", "", controls);
    make("span", "name", label, { text: name });
    const input = make("input", "", label, { type: "range", min: 0, max, step: 1 });
    const output = make("span", "value", label, { "aria-hidden": true });
    input.addEventListener("input", () => {
      onInput(Number(input.value));
      model.save_changes();
    });
    return (value, text) => {
      input.value = value;
      input.setAttribute("aria-valuetext", text);
      output.textContent = text;
    };
  };
  const sliders = TERMS.map((name, k) =>
    slider(`${name} weight`, levels[k].length - 1, (step) => {
      model.set(
        "chosen",
        model.get("chosen").map((old, n) => (n === k ? step : old)),
      );
    }),
  );
  const answer = slider("answer", 15, (step) => model.set("answer", step));

  // ---- the pictures
  const row = make("div", "row", root);
  const framed = (text) => {
    const figure = make("figure", "", row);
    const canvas = make("canvas", "", figure, {
      width: HOLE + 2 * EDGE,
      height: HOLE + 2 * EDGE,
      role: "img",
      "aria-label": text,
    });
    const caption = make("figcaption", "", figure, { text });
    return { canvas, caption };
  };
  const chosen = framed("the fill that these weights choose");
  const other = framed("");

  // ---- the numbers
  const about = make("div", "about", row);
  const table = make("table", "", about);
  make("caption", "", table, { text: "The terms, each averaged over the 16 answers" });
  const head = make("tr", "", make("thead", "", table));
  for (const text of ["term", "value", "weight", "weighted"]) make("th", "", head, { text, scope: "col" });
  const body = make("tbody", "", table);
  const lines = [...TERMS, "sum"].map((name) => {
    const line = make("tr", name === "sum" ? "sum" : "", body);
    make("th", "", line, { text: name, scope: "row" });
    return [make("td", "", line), make("td", "", line), make("td", "", line)];
  });
  const says = make("div", "says", about, { role: "status" });

  const pictures = Promise.all(["surroundings", "fills", "answers"].map((name) => load(model.get(name))));
  async function paint() {
    const [surroundings, fills, answers] = await pictures;
    const index = fillIndex();
    const k = model.get("answer");
    for (const [{ canvas }, sheet, tile] of [
      [chosen, fills, index],
      [other, answers, k],
    ]) {
      const pen = canvas.getContext("2d");
      const columns = sheet.naturalWidth / HOLE;
      pen.drawImage(surroundings, 0, 0);
      pen.drawImage(
        sheet,
        (tile % columns) * HOLE,
        Math.floor(tile / columns) * HOLE,
        HOLE,
        HOLE,
        EDGE,
        EDGE,
        HOLE,
        HOLE,
      );
      canvas.dataset.tile = tile;
    }
  }
  // The step of the last term changes fastest.
  const fillIndex = () => model.get("chosen").reduce((index, step, k) => index * levels[k].length + step, 0);

  function show() {
    const steps = model.get("chosen");
    const numbers = model.get("numbers")[fillIndex()];
    let sum = 0;
    TERMS.forEach((_, k) => {
      const level = levels[k][steps[k]];
      const weight = level * weights[k];
      sliders[k](steps[k], `× ${level}`);
      const texts = [number(numbers[k]), level ? `${level} × ${weights[k]}` : "0", number(weight * numbers[k])];
      texts.forEach((text, n) => {
        lines[k][n].textContent = text;
      });
      sum += weight * numbers[k];
    });
    lines[4][2].textContent = number(sum);
    answer(model.get("answer"), `${model.get("answer") + 1} of 16`);
    const [median, nearest, contrast] = numbers.slice(4);
    const start = steps.some((step) => step > 0) ? "" : "No term has a say: the pixels stay where they start. ";
    says.textContent = [
      `${start}Distance to the median of the answers ${median.toFixed(3)},`,
      `to the nearest answer ${nearest.toFixed(3)}.`,
      `Contrast ${contrast.toFixed(3)}; the answers have ${model.get("usual_contrast").toFixed(3)}.`,
    ].join(" ");
    const names = TERMS.map((name, k) => `${name} × ${levels[k][steps[k]]}`).join(", ");
    chosen.canvas.setAttribute("aria-label", `The fill for ${names}, in its surroundings.`);
    other.caption.textContent = `answer ${model.get("answer") + 1} of 16`;
    other.canvas.setAttribute("aria-label", `Answer ${model.get("answer") + 1} of 16, in the same surroundings.`);
    paint();
  }

  const events = ["change:chosen", "change:answer"];
  events.forEach((name) => model.on(name, show));
  show();
  return () => events.forEach((name) => model.off(name, show));
}

export default { render };

// The film shows a hole that closes layer by layer. It draws every frame itself, so it needs no kernel.
// State (traits of the model): fill (picture after the last layer), layers (grey picture: the layer that reaches each
// pixel, 0 if it was valid from the start, 255 if none reaches it), depth (number of layers), layer (frame shown).

import { HOLE_RGB } from "./colors.js"; // portable.py generates this module from core/colors.py
import { keepSingleKeys, make, picture } from "./page.js";

const FRAME_TIME = 300; // ms

function render({ model, el }) {
  const depth = model.get("depth");
  let timer = null;
  let draw = () => {}; // until the pictures are decoded

  const root = make("div", "pconv-film", el);
  keepSingleKeys(root);
  const bar = make("div", "bar", root, { role: "toolbar", "aria-label": "Film controls" });
  const play = make("button", "", bar, { type: "button", text: "Play", title: "Show one layer after another" });
  const label = make("label", "", bar, { text: "layer" });
  const slider = make("input", "", label, { type: "range", min: 0, max: depth, step: 1 });
  const says = make("div", "says", bar, { role: "status" });
  const frames = make("div", "frames", root);
  const [photo, mask] = ["the photo: hole in pink", "the mask: black = hole"].map((name) => {
    const figure = make("figure", "", frames);
    make("figcaption", "", figure, { text: name });
    return make("canvas", "", figure, { role: "img", "aria-label": name });
  });

  function go(layer) {
    model.set("layer", layer);
    model.save_changes();
  }
  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    says.setAttribute("aria-live", "polite");
  }
  function start() {
    if (model.get("layer") >= depth) go(0);
    says.setAttribute("aria-live", "off"); // a screen reader would fall behind the film
    play.textContent = "Pause";
    timer = setInterval(() => {
      if (model.get("layer") < depth) go(model.get("layer") + 1);
      if (model.get("layer") >= depth) pause();
    }, FRAME_TIME);
  }
  play.addEventListener("click", () => (timer ? pause() : start()));
  slider.addEventListener("input", () => {
    pause();
    go(+slider.value);
  });

  const show = () => draw(model.get("layer"));
  model.on("change:layer", show);
  decode(model).then(({ width, height, colors, reached }) => {
    for (const canvas of [photo, mask]) Object.assign(canvas, { width, height });
    draw = (layer) => {
      let missing = 0;
      const pictures = [new ImageData(width, height), new ImageData(width, height)];
      for (let k = 0; k < width * height; k++) {
        const valid = reached[4 * k] <= layer;
        if (!valid) missing += 1;
        pictures[0].data.set(valid ? colors.subarray(4 * k, 4 * k + 3) : HOLE_RGB, 4 * k);
        pictures[1].data.fill(valid ? 255 : 0, 4 * k, 4 * k + 3);
        for (const { data } of pictures) data[4 * k + 3] = 255;
      }
      [photo, mask].forEach((canvas, n) => canvas.getContext("2d").putImageData(pictures[n], 0, 0));
      slider.value = layer;
      const when = layer ? `after layer ${layer}` : "before the first layer";
      says.textContent = `${when}: ${((100 * missing) / (width * height)).toFixed(1)} % hole`;
    };
    show();
    root.dataset.ready = "";
  });
  return () => {
    pause();
    model.off("change:layer", show);
  };
}

// Return the size of the pictures and the bytes of their pixels (red, green, blue, opacity).
async function decode(model) {
  const [colors, reached] = await Promise.all(["fill", "layers"].map((name) => picture(model.get(name))));
  const { width, height } = colors;
  const pixels = (bitmap) => {
    const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height).data;
  };
  return { width, height, colors: pixels(colors), reached: pixels(reached) };
}

export default { render };

// The filled photo, and a line that is dragged over it: before is left of the line, after is right of it.

import { make } from "./page.js";

// Make the fill inside `figure`. `painted` is the canvas that shows the photo with its hole, and `view` the part of the
// photo that is shown. Returns { canvas, sheet, divider, now, set(values), draw() }. `set` takes
// some of the values { photo, result (ImageBitmaps or null), before ("hole" or "photo"), all (whether the whole photo
// before is shown) }, and `now` contains them.
export function makeFill(figure, painted, view) {
  const frame = make("div", "frame", figure);
  const sheet = make("div", "sheet", frame);
  const canvas = make("canvas", "", sheet, { role: "img" });
  // The browser's own slider lies over the whole picture: mouse, finger and arrow keys need no code of ours.
  const divider = make("input", "divider", frame, { type: "range", min: 0, max: 100, value: 0 });
  divider.setAttribute("aria-label", "line between before and after");
  const line = make("div", "line", frame, { "aria-hidden": "true" });
  const now = { photo: null, result: null, before: "hole", all: false };

  const draw = () => {
    const share = now.all ? 100 : +divider.value;
    line.style.left = `${divider.value}%`;
    line.style.display = now.all ? "none" : "";
    divider.setAttribute("aria-valuetext", `${divider.value} % before, ${100 - divider.value} % after`);
    canvas.setAttribute(
      "aria-label",
      now.all ? "The photo before." : "The filled photo. Hold b to see the photo before.",
    );
    if (!now.result) return;
    const { width, height } = canvas;
    const context = canvas.getContext("2d");
    context.drawImage(now.result, 0, 0, width, height);
    const end = Math.round((view().left + share / 100 / view().scale) * width);
    const before = now.before === "hole" && !now.all ? painted : now.photo;
    if (share === 0 || end <= 0 || !before) return;
    const across = (end * before.width) / width;
    context.drawImage(before, 0, 0, across, before.height, 0, 0, end, height);
  };
  divider.addEventListener("input", draw);
  const set = (values) => {
    Object.assign(now, values);
    draw();
  };
  return { canvas, sheet, divider, now, set, draw };
}

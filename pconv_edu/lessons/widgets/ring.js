// The outline of what a click would paint: the pixels of the brush's disc, neither more nor fewer.

import { make } from "./page.js";

// Return the SVG path around the pixels dx² + dy² <= r² (those of `disc` in bits.js) in a square of 2r + 1 pixels: down
// the right side, row by row, and up the left side.
export function outline(r) {
  let [right, left] = ["", ""];
  for (let row = -r; row <= r; row++) {
    const reach = Math.floor(Math.sqrt(r * r - row * row));
    right += `H${r + reach + 1}V${row + r + 1}`;
    left = `H${r - reach}V${row + r}${left}`;
  }
  return `M${r} 0${right}${left}Z`;
}

// Make the ring inside `sheet`, which is as large as the photo. Returns a function that places it around the pixel `at`
// ({ x, y }, or null to hide the ring) of a photo of this width and height, for a brush of radius `r`.
export function makeRing(sheet) {
  const ring = make("svg", "ring", sheet, { "aria-hidden": true, preserveAspectRatio: "none" });
  const lines = ["halo", "edge"].map((name) => make("path", name, ring, { "vector-effect": "non-scaling-stroke" }));
  let drawn = null;
  return (at, width, height, r) => {
    ring.style.display = at ? "" : "none";
    if (!at) return;
    if (r !== drawn) {
      for (const line of lines) line.setAttribute("d", outline(r));
      ring.setAttribute("viewBox", `0 0 ${2 * r + 1} ${2 * r + 1}`);
      drawn = r;
    }
    const percent = (value, whole) => `${(100 * value) / whole}%`;
    ring.style.left = percent(at.x - r, width);
    ring.style.top = percent(at.y - r, height);
    ring.style.width = percent(2 * r + 1, width);
    ring.style.height = percent(2 * r + 1, height);
  };
}

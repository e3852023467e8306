// The buttons below the pictures: zoom, and what the fill is compared with.

import { make } from "./page.js";

// Make the bar. `act` contains its functions: zoom("in" or "out"), whole(), choose("move"), showBefore(on),
// compareWith("hole" or "photo"). Returns show({ scale, most, tool, compares, known, before, all }).
export function makeViewBar(root, act, focusPhoto) {
  const bar = make("div", "bar view", root, { role: "group", "aria-label": "View" });
  const button = (parent, text, title, does) => {
    const node = make("button", "", parent, { type: "button", text, title });
    node.addEventListener("click", () => {
      does();
      focusPhoto();
    });
    return node;
  };
  const out = button(bar, "−", "Zoom out (−)", () => act.zoom("out"));
  out.setAttribute("aria-label", "Zoom out");
  const percent = make("output", "", bar, { "aria-label": "zoom" });
  const closer = button(bar, "+", "Zoom in (+)", () => act.zoom("in"));
  closer.setAttribute("aria-label", "Zoom in");
  const whole = button(bar, "Whole photo", "Show the whole photo (0)", act.whole);
  const move = button(bar, "Move", "Drag the enlarged photo (h, or the middle mouse button)", () => act.choose("move"));

  const compare = make("span", "compare", bar);
  const before = button(compare, "Before", "Show the photo before (hold b)", () =>
    act.showBefore(before.getAttribute("aria-pressed") !== "true"),
  );
  const choice = make("select", "", make("label", "", compare, { text: "left of the line" }));
  const options = ["hole", "photo"].map((value) => make("option", "", choice, { value }));
  options[0].textContent = "the hole";
  choice.addEventListener("change", () => act.compareWith(choice.value));

  return (now) => {
    percent.textContent = `${Math.round(100 * now.scale)} %`;
    out.disabled = whole.disabled = now.scale === 1;
    move.disabled = now.scale === 1;
    closer.disabled = now.scale >= now.most;
    move.setAttribute("aria-pressed", now.tool === "move");
    compare.style.display = now.compares ? "" : "none";
    before.setAttribute("aria-pressed", now.all);
    options[1].textContent = now.known ? "the truth" : "the photo before";
    choice.value = now.before;
  };
}

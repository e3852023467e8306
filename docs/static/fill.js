// Fill the hole of a mask painter on the page, without a kernel: layer by layer, each missing pixel that has known
// pixels in its window takes their mean, as in lesson 05. This also shows how the hole shrinks.

// Return the order in which pixels become known and the filled colours: {reached, colors, last}. `hole` has a 1 for
// each missing pixel, `pixels` is RGBA data, and the windows have 2 · half + 1 pixels on each side.
function fillByLayers(hole, pixels, width, height, half) {
  const colors = Float32Array.from(pixels);
  const reached = Int32Array.from(hole, (missing) => (missing ? -1 : 0)); // the layer that reaches a pixel
  let missing = [...hole.keys()].filter((k) => hole[k]);
  let last = 0;
  if (missing.length === hole.length) return { reached, colors, last };
  while (missing.length) {
    last++;
    const left = [];
    for (const k of missing) {
      if (!takeMean(k, last)) left.push(k);
    }
    missing = left;
  }
  return { reached, colors, last };

  // Give pixel k the mean of the pixels in its window that earlier layers know; return whether there is one.
  function takeMean(k, layer) {
    const [x, y] = [k % width, Math.floor(k / width)];
    let [count, red, green, blue] = [0, 0, 0, 0];
    for (let row = Math.max(0, y - half); row <= Math.min(height - 1, y + half); row++) {
      for (let column = Math.max(0, x - half); column <= Math.min(width - 1, x + half); column++) {
        const near = row * width + column;
        if (reached[near] < 0 || reached[near] === layer) continue;
        count++;
        red += colors[4 * near];
        green += colors[4 * near + 1];
        blue += colors[4 * near + 2];
      }
    }
    if (!count) return false;
    colors.set([red / count, green / count, blue / count], 4 * k);
    reached[k] = layer;
    return true;
  }
}

// Return bits, one byte each, from packed bits.
function unpackBits(view, count) {
  return Uint8Array.from({ length: count }, (_, k) => (view.getUint8(k >> 3) >> (7 - (k & 7))) & 1);
}

// Return the pixels of the photo of a painter, as RGBA data.
async function photoPixels(model, width, height) {
  const bitmap = await createImageBitmap(new Blob([model.get("photo")]));
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0, width, height);
  return canvas.getImageData(0, 0, width, height).data;
}

const CONTROLS = `<p><b>Fill the hole on this page.</b> Layer by layer, each missing pixel takes the mean of the known
  pixels in its window. The other methods need Python.</p>
  <div class="bar"><label>kernel size <select><option>3</option><option>5</option><option>7</option></select></label>
  <label>layer <input type="range" min="0" value="0"></label></div>
  <canvas role="img"></canvas><div role="status"></div>`;

// Add the controls and the filled picture below a painter. `color` is the colour of the hole, as [red, green, blue].
async function addFill(place, model, color) {
  const [width, height] = [model.get("width"), model.get("height")];
  const pixels = await photoPixels(model, width, height);
  const panel = document.createElement("div");
  panel.className = "course-fill";
  panel.innerHTML = CONTROLS;
  place.append(panel);
  const [kernel, layer, canvas, status] = ["select", "input", "canvas", "[role=status]"].map((s) =>
    panel.querySelector(s),
  );
  Object.assign(canvas, { width, height });
  canvas.style.width = `${width * model.get("zoom")}px`;
  let filled;

  function compute() {
    const hole = unpackBits(model.get("hole"), width * height);
    filled = fillByLayers(hole, pixels, width, height, (Number(kernel.value) - 1) / 2);
    layer.max = filled.last;
    layer.value = filled.last;
    show();
  }

  function show() {
    const shown = Number(layer.value);
    const picture = new ImageData(width, height);
    let missing = 0;
    for (let k = 0; k < width * height; k++) {
      const known = filled.reached[k] >= 0 && filled.reached[k] <= shown;
      if (!known) missing++;
      picture.data.set(known ? filled.colors.subarray(4 * k, 4 * k + 3) : color, 4 * k);
      picture.data[4 * k + 3] = 255;
    }
    canvas.getContext("2d").putImageData(picture, 0, 0);
    const share = ((100 * missing) / (width * height)).toFixed(1);
    status.textContent = `after layer ${shown} of ${filled.last}: ${share} % hole`;
    canvas.setAttribute("aria-label", `The photo, filled layer by layer, ${status.textContent}`);
  }

  kernel.addEventListener("change", compute);
  layer.addEventListener("input", show);
  model.on("change:hole", compute);
  compute();
}

window.addFill = addFill;

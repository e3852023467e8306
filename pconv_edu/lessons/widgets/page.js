// Small helpers for building the page.

export function make(tag, className, parent, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

// The picture in the bytes of a PNG or JPEG file, as a promise of an ImageBitmap.
export function picture(bytes) {
  const type = bytes.getUint8(0) === 0xff ? "image/jpeg" : "image/png"; // the first byte tells
  return createImageBitmap(new Blob([bytes], { type }));
}

// Give a file to the browser to save. The link stays in `place`, for browsers that save nothing without a click.
export function offerFile(place, blob, name, detail) {
  const old = place.querySelector("a");
  if (old) URL.revokeObjectURL(old.href);
  place.replaceChildren("Saved: ");
  make("a", "", place, { download: name, href: URL.createObjectURL(blob), text: name }).click();
  place.append(`, ${detail}`);
}

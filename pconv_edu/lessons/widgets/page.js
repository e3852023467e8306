// Small helpers for building the page.

const SVG = "http://www.w3.org/2000/svg";

// Make an element and append it to `parent`, if one is given. Inside an <svg>, make an SVG element. The attribute
// "text" sets the element's text.
export function make(tag, className, parent, attributes = {}) {
  const isSvg = tag === "svg" || parent?.namespaceURI === SVG;
  const node = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  if (className) node.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

// Return the bytes of a PNG file (a DataView) as a data: URL, which never has to be revoked.
export function pngUrl(view) {
  let text = "";
  for (let i = 0; i < view.byteLength; i++) text += String.fromCharCode(view.getUint8(i));
  return `data:image/png;base64,${btoa(text)}`;
}

// JupyterLab takes single keys as commands for the notebook. Keep keys that are typed in `node` from reaching it.
export function keepSingleKeys(node) {
  node.addEventListener("keydown", (event) => {
    if (!isModified(event)) event.stopPropagation();
  });
}

// Return whether Ctrl, Alt or Meta is pressed too: such keys belong to the browser or the notebook.
export function isModified(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

// Decode the bytes of a PNG or JPEG file; return a promise of an ImageBitmap.
export function picture(bytes) {
  const type = bytes.getUint8(0) === 0xff ? "image/jpeg" : "image/png"; // JPEG files begin with this byte
  return createImageBitmap(new Blob([bytes], { type }));
}

// Let the browser save a file. The link stays in `place`, because some browsers save nothing without a click.
export function offerFile(place, blob, name, detail) {
  const old = place.querySelector("a");
  if (old) URL.revokeObjectURL(old.href);
  place.replaceChildren("Saved: ");
  make("a", "", place, { download: name, href: URL.createObjectURL(blob), text: name }).click();
  place.append(`, ${detail}`);
}

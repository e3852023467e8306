// A button that takes one file from the learner's machine and sends it in parts: servers silently close the connection
// at messages of 10 MB and more.

import { make } from "./page.js";

const PART = 4e6; // bytes

function render({ model, el }) {
  const root = make("div", "pconv-upload", el);
  const looks = "jupyter-widgets jupyter-button widget-button"; // styled like the buttons beside it
  const title = "a picture from your machine";
  const button = make("button", looks, root, { type: "button", text: model.get("description"), title });
  const input = make("input", "", root, { type: "file", accept: "image/*", "aria-label": "photo file" });
  input.style.display = "none";
  const status = make("span", "", root, { role: "status" });
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files[0]) send(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });

  let sending = 0;
  async function send(file) {
    const mine = ++sending;
    const parts = Math.max(1, Math.ceil(file.size / PART));
    try {
      for (let part = 0; part < parts; part++) {
        const bytes = await file.slice(part * PART, (part + 1) * PART).arrayBuffer();
        if (mine !== sending) return; // another file was chosen in the meantime
        model.send({ name: file.name, part, parts }, undefined, [bytes]);
        status.textContent = parts > 1 ? ` sent ${part + 1} of ${parts} parts` : " sent";
      }
    } catch (error) {
      status.textContent = ` ${file.name} cannot be read: ${error.message}`;
    }
  }
  const onMessage = ({ received }) => {
    if (received) status.textContent = "";
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}

export default { render };

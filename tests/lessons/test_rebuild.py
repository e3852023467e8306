"""How notebooks are stored."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import load_photo
from pconv_edu.lessons.rebuild import rebuild, shrink_picture


def output(pixels):
    """Return the output of a cell with a picture, (H, W, 3 or 4) uint8, as data by MIME type."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "a picture"}


def test_photos_become_jpeg_and_stay_what_they_are():
    photo = np.uint8(255 * load_photo("gc-mon-colosseum", 256))
    data = output(photo)
    shrink_picture(data)
    assert set(data) == {"image/jpeg", "text/plain"}
    with Image.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))) as stored:
        assert np.abs(np.asarray(stored, float) - photo).mean() < 5


def test_what_is_clear_becomes_white():
    photo = np.uint8(255 * load_photo("gc-mon-colosseum", 256))
    data = output(np.dstack([photo, np.where(np.arange(256) < 64, 0, 255)[None].repeat(256, 0).astype(np.uint8)]))
    shrink_picture(data)
    with Image.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))) as stored:
        assert np.asarray(stored)[:, :56].min() > 240


@pytest.mark.parametrize("data", [output(np.full((200, 300, 3), 255, np.uint8)), {"text/plain": "no picture"}])
def test_plots_and_texts_keep_their_pixels(data):
    before = dict(data)
    shrink_picture(data)
    assert data.keys() == before.keys() and data["text/plain"] == before["text/plain"]
    if "image/png" in data:
        pictures = [Image.open(io.BytesIO(base64.b64decode(d["image/png"]))).convert("RGB") for d in (before, data)]
        assert np.array_equal(*map(np.asarray, pictures))


def test_a_plot_is_stored_with_a_palette():
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots()
    ax.plot([1, 3, 2], label="a curve")
    ax.legend()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    plt.close(figure)
    data = output(pixels)
    before = len(data["image/png"])
    shrink_picture(data)
    stored = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert stored.mode == "P" and len(data["image/png"]) < before
    assert np.abs(np.asarray(stored.convert("RGB"), float) - pixels[..., :3]).max() < 12


def test_a_second_rebuild_gives_the_same_bytes(tmp_path):
    import nbformat

    shows = "import matplotlib.pyplot as plt\nfrom pconv_edu.core import load_photo\n"
    shows += "plt.imshow(load_photo('gc-mon-colosseum', 256))\nplt.show()"
    cells = [shows, "print('text')"]
    path = tmp_path / "01_lesson.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, path)
    called = []
    rebuild(path, lambda: called.append("a cell has run"))
    assert len(called) == len(cells)
    once = path.read_bytes()
    rebuild(path)
    assert path.read_bytes() == once
    stored = nbformat.read(path, as_version=4)
    assert [cell.id for cell in stored.cells] == ["01-00", "01-01"]
    assert "image/jpeg" in stored.cells[0].outputs[0].data
    assert stored.cells[1].outputs[0].text == "text\n"

"""The studio in a real JupyterLab with the learner's own photos, from the upload to the saved files."""

import nbformat
import numpy as np
import pytest
from PIL import Image

from pconv_edu.__main__ import main
from pconv_edu.core import load_photo, read_hole_image, read_image

from .conftest import paint, upload, violations

SOURCE = """from pconv_edu.lessons.widgets import Studio
studio = Studio("gc-erase-kingfisher", method="telea", size=128)
studio"""
CHOSEN = "(list) => list.selectedOptions[0].text.replaceAll('\u00a0', ' ')"  # ipywidgets has its own spaces


@pytest.fixture
def studio(open_notebook, page, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "studio.ipynb")
    opened = open_notebook(tmp_path / "studio.ipynb")
    opened.run_all()
    page.locator("canvas.paint[data-painted]").wait_for()
    return opened


def shown_size(page, width, height):
    page.wait_for_function(
        "([width, height]) => { const c = document.querySelector('canvas.paint');"
        " return c.width === width && c.height === height; }",
        arg=[width, height],
    )


def download(page, name, path):
    with page.expect_download() as file:
        page.get_by_role("button", name=name).click()
    file.value.save_as(path)
    return file.value.suggested_filename


def test_from_an_upload_to_the_command_line(studio, page, tmp_path):
    """A photo that the camera stored sideways, larger than the 10 MB that a server accepts in one message."""
    photo, exif = np.uint8(load_photo("gc-animal-koala", size=(960, 1280)) * 255), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(photo).save(tmp_path / "own.tif", exif=exif, description="x" * 8_000_000)
    assert (tmp_path / "own.tif").stat().st_size > 11_000_000
    upload(page, tmp_path / "own.tif")
    shown_size(page, 96, 128)
    assert page.get_by_label("photo", exact=True).evaluate(CHOSEN) == "your own"
    paint(page, [(30, 30), (60, 90)], size=96)
    page.get_by_text("telea: weighted means, from the edge inwards").wait_for()

    assert download(page, "Save PNG", tmp_path / "mask.png") == "mask.png"
    assert download(page, "Save filled photo", tmp_path / "filled.png") == "own-filled.png"
    page.locator(".saved", has_text="960 × 1280 pixels, filled by telea in").wait_for()
    own, mask, by_command = (str(tmp_path / name) for name in ("own.tif", "mask.png", "by command.png"))
    main(["inpaint", own, mask, "-o", by_command, "--method", "telea"])
    valid, filled = read_hole_image(tmp_path / "mask.png"), read_image(tmp_path / "filled.png")
    assert filled.shape == (1280, 960, 3) and 0.01 < 1 - valid.mean() < 0.3
    assert np.array_equal(filled, read_image(by_command))
    assert np.array_equal(filled[valid], read_image(tmp_path / "own.tif")[valid])
    assert violations(page, ".pconv-painter") == []


def test_the_list_and_the_messages(studio, page, tmp_path):
    choice = page.get_by_label("photo", exact=True)
    choice.select_option("your own")
    page.get_by_text("no photo of your own yet: upload one").wait_for()
    page.wait_for_function(f"(list) => ({CHOSEN})(list) === 'gc-erase-kingfisher'", arg=choice.element_handle())

    Image.fromarray(np.full((30, 40), 40_000, np.uint16)).save(tmp_path / "grey.png")
    for _ in range(2):  # the same file twice
        upload(page, tmp_path / "grey.png")
        shown_size(page, 40, 30)
        assert choice.evaluate(CHOSEN) == "your own"
        paint(page, [(10, 10)], size=40)
        page.get_by_text("telea: weighted means, from the edge inwards").wait_for()
        painted = studio.evaluate("int((~studio.painter.mask).sum())")
        upload(page, tmp_path / "grey.png")  # a photo of the same size keeps the hole
        studio.expect("[int((~studio.painter.mask).sum()), studio.filled is not None]", [painted, True])
        choice.select_option("gc-animal-koala")
        shown_size(page, 128, 128)

    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    upload(page, tmp_path / "notes.txt")
    page.get_by_text("notes.txt: not an image, or a broken one").wait_for()
    assert choice.evaluate(CHOSEN) == "gc-animal-koala"
    choice.select_option("your own")
    shown_size(page, 40, 30)
    mean = pytest.approx(40_000 / 65535, abs=1e-4)
    studio.expect("[studio.photo.label, float(studio.painter.photo_array.mean())]", ["your own", mean])
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_role("button", name="Save filled photo").click()
    page.get_by_text("There is no hole to fill yet").wait_for()


def test_lettering_is_cleaned_up_and_compared(studio, page):
    page.get_by_role("button", name="Clean up lettering").click()
    shown_size(page, 384, 256)
    studio.expect("[studio.photo.value, studio.painter.known, studio.filled is not None]", ["lettering", False, True])
    assert page.get_by_label("left of the line").input_value() == "photo"
    line = page.get_by_role("slider", name="line between before and after")
    line.press("End")
    red = """() => { const canvas = document.querySelectorAll("canvas")[1];
      const data = canvas.getContext("2d").getImageData(0, 0, 384, 256).data;
      let count = 0;
      for (let k = 0; k < data.length; k += 4) count += data[k] > 230 && data[k + 1] < 60;
      return count; }"""
    assert page.evaluate(red) > 2000  # the lettering
    line.press("Home")
    assert page.evaluate(red) == 0
    page.get_by_label("photo", exact=True).select_option("gc-animal-koala")
    shown_size(page, 128, 128)
    studio.expect("[studio.known.value, studio.painter.known]", [True, True])

"""Pictures with fine patterns are drawn pixel by pixel, and the window of a hole is where most of the hole is."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pconv_edu.lessons.drawing import hole_window, show_pixels


@pytest.mark.parametrize("zoom", [1, 3])
def test_every_pixel_of_a_picture_has_its_own_pixels_in_the_figure(zoom):
    """The pattern that scaling would turn into moiré comes back exactly, in each of three pictures in two rows."""
    pattern = np.indices((40, 60)).sum(axis=0) % 2
    pictures = [np.repeat(pattern[..., None] == k, 3, axis=2).astype(float) for k in (0, 1, 0)]
    fig = show_pixels(pictures, ["one", "two", "three"], columns=2, zoom=zoom)
    fig.canvas.draw()
    drawn = np.asarray(fig.canvas.buffer_rgba())[..., :3]
    for ax, picture in zip(fig.axes, pictures, strict=True):
        box = ax.get_window_extent()
        top, left = round(drawn.shape[0] - box.y1), round(box.x0)
        part = drawn[top : top + 40 * zoom, left : left + 60 * zoom]
        assert np.array_equal(part, 255 * np.kron(picture, np.ones((zoom, zoom, 1))))
    plt.close(fig)


def test_the_window_contains_the_most_hole_pixels():
    mask = np.ones((64, 80), bool)
    mask[5:15, 60:75] = mask[40, 10] = False
    rows, columns = hole_window(mask, 20)
    assert (~mask[rows, columns]).sum() == 150
    assert hole_window(mask, 64) == (slice(0, 64), slice(13, 77))  # from 11 to 16 are possible
    assert hole_window(~np.zeros((32, 32), bool), 32) == (slice(0, 32), slice(0, 32))

"""What the figures of measured results share: the stored rows, and the photos of the experiments.

The figures import the experiments only when they are drawn: these load PyTorch and pandas, which takes seconds.
"""

from pconv_edu.core import load_photo, photo_names


def shipped_rows():
    """The stored rows of the methods that `inpaint` offers."""
    from pconv_edu import inpaint
    from pconv_edu.experiments import scores

    rows = scores.load()
    return rows[rows.method.isin(inpaint.METHODS)]


def experiment_photos():
    """{name: image} of the test photos, at the size of the experiments."""
    from pconv_edu.experiments.hole_ratio import SIZE

    return {name: load_photo(name, SIZE) for name in photo_names("test")}

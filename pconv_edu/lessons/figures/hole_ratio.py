"""Draw the figures of the hole-ratio experiment for lesson 11: the table of scores, the curves, and the worst fills."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pconv_edu.core import photo_names
from pconv_edu.lessons.drawing import short_credit, show_images, with_hole

from .registry import figure
from .results import experiment_photos, shipped_rows

METHOD = "l1"  # the network whose failures are shown


@figure("score_table", lesson=11)
def score_table() -> Figure:
    """This table has the same form as the table in the article, but it compares our methods. Each number is a mean over
    30 test photos at 256×256. There is a row for every method and every control that we measured: `l1-seed2` differs
    from `l1` in the seed of its training, `l1+noise` is `l1` with grey noise added in the hole, and `guided-l1` is
    `guided` with the network `l1` as its guide. There are six hole ratios and two kinds of holes, those that may touch
    the border (N) and those that stay 25 px away from it (B). The measures are L1, PSNR and SSIM of the whole picture,
    as in the article, and PSNR in the hole alone. The best value in each column is bold. If several values are equal in
    the digits shown, all of them are bold. We left out the article's fourth measure, the Inception Score, because it
    depends on which 30 photos are used and never compares the fill with the true picture (lesson 11). To print the
    numbers, run `python -m pconv_edu evaluate --stored`.
    """
    from pconv_edu.experiments.evaluate import scores
    from pconv_edu.experiments.evaluate.measures import measure_of

    rows = scores.load()
    measures = ("l1_whole", "psnr_whole", "ssim_whole", "psnr_hole")
    lines = rows.method.nunique() + 2  # the heading has two lines
    tall = len(measures) * (0.215 * lines + 0.42)
    fig, axes = plt.subplots(len(measures), 1, figsize=(12, tall))
    fig.subplots_adjust(left=0.105, right=0.995, top=1 - 0.3 / tall, bottom=0.05 / tall, hspace=0.12)
    for ax, measure in zip(axes, measures, strict=True):
        about = measure_of(measure)
        means = scores.table(rows, measure).round(about.digits)
        best = means.max() if about.more_is_better else means.min()
        columns = [f"{bin_}\n{kind}" for bin_, kind in means]
        text = [[f"{value:.{about.digits}f}" for value in line] for line in means.to_numpy()]
        table = ax.table(text, rowLabels=list(means.index), colLabels=columns, cellLoc="center", bbox=(0, 0, 1, 0.93))
        table.auto_set_font_size(False)
        table.set_fontsize(10)
        for (row, column), cell in table.get_celld().items():
            cell.set(edgecolor="#CCCCCC", linewidth=0.6)
            if row == 0:
                cell.set_height(1.8 * cell.get_height())
            elif column >= 0 and means.iloc[row - 1, column] == best.iloc[column]:
                cell.set_text_props(weight="bold")
        ax.set_title(about.title, size=11, y=0.95)
        ax.axis("off")
    return fig


@figure("falling_scores", lesson=11)
def falling_scores() -> Figure:
    """The scores of fills fall as holes grow. The left plot shows the PSNR in the hole against the hole ratio, for
    holes that may touch the border. The right plot shows the PSNR in the hole against the hole radius. In the right
    plot, a quarter of the picture is always missing, either as many small squares or as one large square. The bars are
    95 % bootstrap intervals of the mean over 30 photos. These intervals do not show whether two methods differ. Lesson
    11 answers that question by comparing the methods photo by photo.
    """
    from pconv_edu.experiments.evaluate import plots

    rows = shipped_rows()
    fig, axes = plt.subplots(1, 2, figsize=(13.2, 5.4), layout="constrained")
    plots.ratio_curves(rows, ax=axes[0])
    plots.radius_curves(rows, ax=axes[1])
    axes[0].legend(fontsize=10, ncols=2)
    return fig


@figure("failures", lesson=11, photographic=True)
def failures() -> Figure:
    """This figure shows three failures of the network `l1`, which were chosen by a rule. For the
    first, the third and the last bin of hole ratio (holes that may touch the border), the figure shows the
    public-domain test photo whose fill is farthest from the truth in the hole, measured in the features of
    EfficientNet-Lite0. No photo is used twice. Each row also shows the fill of PatchMatch in the same hole, and the
    truth.
    """
    from pconv_edu.experiments import evaluate
    from pconv_edu.experiments.evaluate import scores

    worst = scores.worst(shipped_rows(), METHOD, ("0.01–0.1", "0.2–0.3", "0.5–0.6"), photo_names("test", free=True))
    cases = {case[:3]: case for case in evaluate.table_cases(experiment_photos())}
    pictures, titles = [], []
    for row in worst:
        case = cases[row.holes, row.bin, row.photo]
        pictures += [with_hole(case.image, case.mask), evaluate.fill(case, METHOD)]
        pictures += [evaluate.fill(case, "patchmatch"), case.image]
        titles += [
            f"ratio {row.ratio:.2f}, radius {row.radius} px",
            METHOD,
            "patchmatch",
            f"truth: {short_credit(row.photo)}",
        ]
    fig = show_images(pictures, titles, columns=4, size=3.2)
    fig.tight_layout()
    return fig

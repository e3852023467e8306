"""The map of the course shows every lesson of the table in TEACHING.md, and only the arrows that are needed."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from pconv_edu.lessons.figures.course_map import (
    PARTS,
    LessonRow,
    course_map,
    direct_needs,
    read_table,
    turning_depth,
)

TABLE = """| | lesson | minutes | needs | exercises |
|---|---|---|---|---|
| 01 | One | 40 | Python | `f` |
| 02 | Two | 45 | 01, or nothing | |
| 05 | Five | 75 | 01 to 03; 1 tensor | |
"""


def test_the_table_is_read(tmp_path):
    (tmp_path / "TEACHING.md").write_text(TABLE, encoding="utf-8")
    assert read_table(tmp_path / "TEACHING.md") == [
        LessonRow("01", "One", 40, ()),
        LessonRow("02", "Two", 45, ("01",)),
        LessonRow("05", "Five", 75, ("01", "02", "03")),
    ]


def test_arrows_that_follow_from_others_are_left_out():
    needs = {"01": (), "02": ("01",), "03": ("01", "02"), "04": ("01", "03")}
    lessons = [LessonRow(number, number, 1, needed) for number, needed in needs.items()]
    assert direct_needs(lessons) == [("01", "02"), ("02", "03"), ("03", "04")]


def test_the_map_shows_every_lesson_with_its_minutes():
    lessons = read_table()
    assert {number for part in PARTS.values() for number in part} == {lesson.number for lesson in lessons}
    figure = course_map()
    texts = [text.get_text() for text in figure.axes[0].texts]
    plt.close(figure)
    for lesson in lessons:
        assert f"{lesson.number} · {lesson.minutes} min" in texts
        assert lesson.title in [" ".join(text.split()) for text in texts]
    shown = sum(int(text.split()[0]) for text in texts if text.endswith(" minutes"))
    assert shown == sum(lesson.minutes for lesson in lessons)


def test_arrows_from_different_lessons_turn_at_different_depths():
    left, right, straight = ((2, 3), (3, 4)), ((3, 3), (4, 4)), ((0, 3), (0, 4))
    depths = [turning_depth(start, [left, right, straight]) for start, _ in (left, right, straight)]
    assert 0.36 < depths[1] < 0.5 < depths[0] < 0.64  # between the boxes of two rows
    assert depths[2] == turning_depth(left[0], [left, straight]) == 0.5


def test_headings_and_titles_lie_inside_their_boxes():
    figure = course_map()
    axes = figure.axes[0]
    boxes = [patch.get_window_extent() for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    texts = [text for text in axes.texts if text.get_ha() == "center"]  # a heading and a title for each box
    assert len(texts) == 2 * len(boxes)
    for number, text in enumerate(texts):
        box, place = boxes[number // 2], text.get_window_extent()
        assert box.x0 + 4 < place.x0 and place.x1 < box.x1 - 4, text.get_text()
        assert box.y0 + 4 < place.y0 and place.y1 < box.y1 - 4, text.get_text()
        assert text.get_fontsize() >= 9
    plt.close(figure)

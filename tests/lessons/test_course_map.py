"""The map of the course shows every lesson of the table in TEACHING.md, and only the arrows that are needed."""

import matplotlib.pyplot as plt

from pconv_edu.lessons.figures.course_map import PARTS, LessonRow, course_map, direct_needs, read_table

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

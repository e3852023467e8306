"""Put the course into the wheel: a copy of the notebooks, and of the pages that they use, inside the package.

pyproject.toml contains all other settings. An editable install has no copy; it reads the notebooks of the repository.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

COURSE = "GLOSSARY.md", "TEACHING.md", "notebooks/*.md", "notebooks/*.ipynb", "notebooks/solutions/*.ipynb"
TARGET = "pconv_edu/lessons/course"  # in the wheel; pconv_edu/lessons/my_course.py looks there


class BuildWithCourse(build_py):
    """Build the package, and copy the course into it."""

    def build_package_data(self):
        super().build_package_data()
        target = Path(self.build_lib, TARGET)
        shutil.rmtree(target, ignore_errors=True)  # an earlier build may have left lessons that have other names now
        for path in self._course():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / path)

    def get_source_files(self):
        """Return the files that the source distribution contains in addition to those that setuptools finds."""
        return [*super().get_source_files(), *map(str, self._course())]

    def _course(self):
        return [path for pattern in COURSE for path in sorted(Path().glob(pattern))]


setup(cmdclass={"build_py": BuildWithCourse})

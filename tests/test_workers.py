"""The settings in conftest.py for workers that share the processor."""

from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import torch

from conftest import pytest_collection_modifyitems
from pconv_edu.core import partial_conv2d


def test_pytorch_keeps_to_one_thread():
    """It has one thread before and after a Numba kernel, which has its own threads."""
    for _ in range(2):
        assert torch.get_num_threads() == 1
        partial_conv2d(np.ones((1, 64, 64), np.float32), np.ones((64, 64), bool), np.ones((1, 1, 3, 3), np.float32))
    assert numba.get_num_threads() == numba.config.NUMBA_NUM_THREADS


def test_the_longest_files_come_first_and_tests_keep_their_order():
    files = [
        "tests/core/test_holes.py",
        "tests/nn/test_training.py",
        "notebooks/05.ipynb",
        "notebooks/01.ipynb",
    ]
    items = [SimpleNamespace(path=Path(file), number=number) for file in files for number in range(3)]
    pytest_collection_modifyitems(items)
    order = [files[2], files[3], files[1], files[0]]
    assert [(item.path.as_posix(), item.number) for item in items] == [(f, n) for f in order for n in range(3)]

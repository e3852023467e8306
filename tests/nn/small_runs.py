"""What the tests of training share: a tiny recipe, photos of noise, runs in processes of their own."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import numpy as np

from pconv_edu.core import write_image
from pconv_edu.nn.recipe_files import recipe_as_json
from pconv_edu.nn.recipes import Recipe
from pconv_edu.nn.run_folder import LOG
from pconv_edu.nn.stages import two_stages

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PCONV_EDU_DEVICE": "cpu"}


def small_stages(**changes):
    """The arguments of `two_stages` may be changed."""
    return two_stages(**{"steps": 12, "size": 16, "batch": 4} | changes)


SMALL = Recipe("a test", small_stages(), width=4, levels=2, max_channels=8, warm_up=3)
SCRIPT = """
import sys
import torch
from pathlib import Path
from pconv_edu.nn.recipes import Recipe
from pconv_edu.nn.stages import two_stages
from pconv_edu.nn.training import train
torch.set_num_threads(1)
stages = two_stages(steps={steps}, size=16, batch={batch}, rate={rate})
recipe = Recipe("a test", stages, width=4, levels=2, max_channels=8, warm_up=3)
{before}
train(recipe, sys.argv[1], data=sys.argv[2], device="cpu", every=2, quiet=True)
"""

# to run before a script, so that batch norm takes no statistics from each process's share of a batch
NO_STATISTICS = """
from pconv_edu.nn import PConvUNet
def train_with_frozen_norms(self, mode=True):
    torch.nn.Module.train(self, mode)
    for module in self.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    return self
PConvUNet.train = train_with_frozen_norms
"""


def of_an_earlier_version(recipe, **fields):
    """A recipe as earlier versions wrote it: numbers for two stages instead of a list of them."""
    value = recipe_as_json(recipe)
    del value["stages"]
    return value | {
        "size": 16,
        "batch": 4,
        "last_size": None,
        "last_batch": None,
        "steps": 12,
        "rate": 2e-3,
        "frozen_rate": 2e-4,
        "frozen": 0.25,
        **fields,
    }


def write_photos(folder, count=4, size=(40, 50), ending="png", first=0):
    """Write `count` photos of noise, photo0, photo1, …; each number is another photo."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        image = np.random.default_rng(number).random((*size, 3))
        write_image(folder / f"photo{number}.{ending}", image)
    return folder


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(folder):
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def run_script(launcher, folder, photos, **settings):
    """Write a script that trains `SMALL`, with `before` run first; return the command that starts it."""
    settings = {"batch": 4, "steps": 12, "rate": 1e-3, "before": ""} | settings
    script = folder.with_suffix(".py")
    script.write_text(SCRIPT.format(**settings), encoding="utf-8")
    return [*launcher, str(script), str(folder), str(photos)]


def run(command):
    """Run a command to its end. If it fails, the test shows what it wrote to stderr."""
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, encoding="utf-8")
    assert ended.returncode == 0, ended.stderr[-8000:]

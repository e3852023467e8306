"""All that changes in training, one step of it, and its checkpoint."""

import copy
import math
import warnings
import zipfile

import torch
import torch.distributed as dist
from torch import nn

from .device import out_of_memory, why_not_compiled
from .losses import InpaintingLoss
from .run_folder import CHECKPOINT, LAST_GOOD, WEIGHTS, write_whole
from .state_file import load_state, write_weights

PRECISIONS = ("auto", "float32", "bfloat16")
PARTS = ("network", "average", "optimizer")


class Run:
    """All that changes in training: the network, its running average, the optimizer and the number of steps done.

    Parameters
    ----------
    recipe : Recipe
    folder : path of the run; if there is a checkpoint, its state is loaded
    device : torch.device
    start : state_dict to begin with, if there is no checkpoint
    precision : one of `PRECISIONS`: "auto" is bfloat16 on CUDA, else float32
    compiled : whether the network is compiled on CUDA, where that works

    Raises ValueError if the checkpoint is broken, or belongs to another recipe.
    """

    def __init__(self, recipe, folder, device, start=None, precision="auto", compiled=True):
        if precision not in PRECISIONS:
            raise ValueError(f"precision is {precision!r}; give one of {', '.join(PRECISIONS)}")
        self.recipe, self.folder, self.device, self.compiled = recipe, folder, device, compiled
        self.half = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
        torch.manual_seed(recipe.seed)
        self.network = recipe.network()
        if start is not None:
            load_state(self.network, start, "the weights to start with")
        self.network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.loss = InpaintingLoss(recipe.loss).to(device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
        self.step = self.saved = 0
        if (folder / CHECKPOINT).exists():
            self._load()
        self._wrap()

    def one_step(self, images, masks):
        """Do one step, forward, backward and update; return the terms of the loss, still on the device."""
        recipe = self.recipe
        if self.step == recipe.frozen_from():
            self._wrap()
        images = images.contiguous(memory_format=torch.channels_last)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(recipe, self.step)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            output = self.wrapped(images, masks)
            total, terms = self.loss(output, images, masks)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return {"total": total.detach(), **terms}

    def _follow(self):
        """Move the average towards the network: early on fast, later by 1 − `average` a step."""
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
                else:
                    slow.copy_(fast)

    def _wrap(self):
        """Prepare the network as it is called: frozen or not, in parallel, compiled. Again for the second stage."""
        self.network.train()
        self.network.freeze_encoder_bn(self.step >= self.recipe.frozen_from())
        self.wrapped = self.network
        if dist.is_initialized():
            if self.device.type == "cuda":
                self.network = self.wrapped = nn.SyncBatchNorm.convert_sync_batchnorm(self.network)
            self.wrapped = nn.parallel.DistributedDataParallel(self.wrapped)
        if self.device.type == "cuda" and self.compiled:
            reason = why_not_compiled(self.device)
            if reason is None:
                self.wrapped = torch.compile(self.wrapped)
            else:
                self.compiled = False
                warnings.warn(
                    f"torch.compile does not work on {self.device} ({reason}): training runs without it, slower",
                    stacklevel=2,
                )

    def is_finite(self):
        """Return whether every weight, of the network and of its average, is a number."""
        values = [value for part in (self.network, self.average) for value in part.state_dict().values()]
        return bool(torch.stack([torch.isfinite(value).all() for value in values]).all())

    def save(self):
        """Write the checkpoint beside the old one, and move it into place."""
        state = {"recipe": self.recipe.as_json(), "step": self.step}
        for name in PARTS:
            state[name] = getattr(self, name).state_dict()
        try:
            write_whole(self.folder / CHECKPOINT, state)
        except (OSError, RuntimeError) as error:  # torch.save says RuntimeError where the disk is full
            raise OSError(f"step {self.step} could not be saved in {self.folder}: {error}; {self.kept()}") from error
        self.saved = self.step

    def kept(self):
        """Return a sentence that says which step is kept in the folder."""
        if not self.saved:
            return "nothing was saved yet"
        return f"the state of step {self.saved} is kept in {self.folder / CHECKPOINT}"

    def keep_last_good(self):
        """Write the averaged weights of the checkpoint as a file that another run can start with; return its path."""
        write_weights(self.folder / LAST_GOOD, load_checkpoint(self.folder)["average"])
        return self.folder / LAST_GOOD

    def finish(self):
        """Write the averaged weights, the result of the run."""
        write_weights(self.folder / WEIGHTS, self.average.state_dict())

    def _load(self):
        state, recipe = load_checkpoint(self.folder), self.recipe.as_json()
        if state["recipe"] != recipe:
            names = [name for name in recipe | state["recipe"] if state["recipe"].get(name) != recipe.get(name)]
            raise ValueError(f"the run in {self.folder} has another {', '.join(names)}: choose another folder")
        try:
            for name in PARTS:
                getattr(self, name).load_state_dict(state[name])
        except (RuntimeError, ValueError, KeyError) as error:
            if out_of_memory(error):
                raise
            raise ValueError(
                f"{self.folder / CHECKPOINT} belongs to another version of pconv_edu: choose another folder"
            ) from error
        self.step = self.saved = state["step"]


def load_checkpoint(folder):
    """Return the state in a run's checkpoint, on the CPU.

    Raise ValueError if the file is broken, or is not a checkpoint of this program. Other errors, such as missing
    permission or too little memory, are passed on.
    """
    path = folder / CHECKPOINT
    if not _is_whole(path):
        if (folder / WEIGHTS).exists():
            raise ValueError(f"{path} is cut or no checkpoint. {WEIGHTS} beside it is kept: choose another folder")
        raise ValueError(f"{path} is cut or no checkpoint; delete it to start again")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        if isinstance(error, OSError) or out_of_memory(error):
            raise
        state = None  # a whole file of another program, which may need classes that are not loaded here
    if not isinstance(state, dict) or not {"recipe", "step", *PARTS} <= state.keys():
        raise ValueError(f"{path} was not written by this program, and is left alone: choose another folder")
    return state


def _is_whole(path):
    """Whether a file is a zip archive, as torch.save writes it, without damage; or a pickle, which it wrote once."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except OSError:
        raise
    except Exception:
        with path.open("rb") as file:
            return file.read(1) == b"\x80"


def learning_rate(recipe, step):
    """Return the rate of a step, counted from 0: see `Recipe`."""
    change = recipe.frozen_from()
    if step < min(recipe.warm_up, change):
        return recipe.rate * (step + 1) / recipe.warm_up
    if step < change:
        along = (step - recipe.warm_up) / max(1, change - recipe.warm_up)
        return recipe.frozen_rate + (recipe.rate - recipe.frozen_rate) * (1 + math.cos(math.pi * along)) / 2
    return recipe.frozen_rate * (1 + math.cos(math.pi * (step - change) / (recipe.steps - change))) / 2

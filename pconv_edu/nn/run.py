"""Manage the state of a training run: do one step of training, and save and load the state."""

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
import torch.distributed as dist
from torch import nn

from .checkpoint import PARTS, load_checkpoint
from .device import out_of_memory, why_not_compiled
from .losses import InpaintingLoss
from .recipe_base import BaseRecipe
from .recipe_files import recipe_as_json, recipe_from_json
from .recipes import Recipe
from .run_folder import CHECKPOINT, LAST_GOOD, WEIGHTS, write_whole
from .state_file import load_state, write_weights
from .unet import ConvUNet, PConvUNet

PRECISIONS = ("auto", "float32", "bfloat16")


class Run:
    """Store what changes during training: the network, its running average, the optimizer and the current step.

    Parameters
    ----------
    recipe : a `Recipe`; a subclass of `Run` may need another kind of `BaseRecipe`
    folder : folder of the run. If the folder contains a checkpoint, the state in the checkpoint is loaded
    device : where the network is trained
    start : state_dict with which training begins if there is no checkpoint, or None for random weights
    precision : one of `PRECISIONS`; "auto" is bfloat16 on CUDA and float32 elsewhere
    compiled : True to compile the network on a CUDA device if torch.compile works on this device

    Raises ValueError if the precision is unknown, if `start` does not fit the network, or if the checkpoint is damaged
    or belongs to a different recipe.
    """

    parts: tuple[str, ...] = PARTS  # attributes whose state_dicts are saved

    def __init__(
        self,
        recipe: BaseRecipe,
        folder: Path,
        device: torch.device,
        start: Mapping[str, torch.Tensor] | None = None,
        precision: str = "auto",
        compiled: bool = True,
    ) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f"precision is {precision!r}; give one of {', '.join(PRECISIONS)}")
        self.recipe, self.folder, self.device, self.compiled = recipe, folder, device, compiled
        self.half = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
        torch.manual_seed(recipe.seed)
        self.network = recipe.network()
        if start is not None:
            load_state(self.network, start, "the weights to start with")
        move(self.network, device)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.prepare()
        self.step = self.saved = 0
        if (folder / CHECKPOINT).exists():
            self._load()
        self.wrap()

    def prepare(self) -> None:
        """Create the loss and the optimizer."""
        recipe = cast(Recipe, self.recipe)
        self.loss = InpaintingLoss(recipe.loss)
        move(self.loss, self.device)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), recipe.rate(0), weight_decay=recipe.weight_decay)

    def one_step(self, images: torch.Tensor, masks: torch.Tensor) -> dict[str, torch.Tensor]:
        """Do one step of training, and return a dict of the loss terms and "total", which are tensors on the device.

        images : (N, 3, H, W) in [0, 1]
        masks : (N, 1, H, W), 1 = valid, 0 = hole
        """
        if self.recipe.stage_at(self.step) is not self.stage:
            self.wrap()
        terms = self.learn(images.contiguous(memory_format=torch.channels_last), masks)
        self.step += 1
        self._follow()
        return terms

    def learn(self, images: torch.Tensor, masks: torch.Tensor) -> dict[str, torch.Tensor]:
        """Compute the loss and update the network. The arguments and the result are as for `one_step`."""
        with self.autocast():
            output = self.wrapped(images, masks)
            total, terms = self.loss(output, images, masks)
        self.update(self.optimizer, total, self.recipe.rate(self.step), self.recipe.clip)
        return {"total": total.detach(), **terms}

    def autocast(self) -> torch.autocast:
        """Return a context manager that makes convolutions use bfloat16, if the run has this precision."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.half)

    def update(self, optimizer: torch.optim.Optimizer, loss: torch.Tensor, rate: float, clip: float) -> None:
        """Do one step of an optimizer with the gradients of a loss.

        rate : learning rate
        clip : largest norm of the gradient with respect to all parameters of the optimizer. A larger gradient is scaled
            down to this norm
        """
        [group] = optimizer.param_groups
        group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(group["params"], clip)
        optimizer.step()

    def _follow(self) -> None:
        """Move the averaged weights towards the network's weights.

        The average moves quickly at first, and later by the fraction 1 − `recipe.average` of the difference per step.
        """
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
                else:
                    slow.copy_(fast)

    def wrap(self) -> None:
        """Prepare the network for the current stage: set its mode, and distribute and compile it if necessary."""
        self.stage = self.recipe.stage_at(self.step)
        self.set_modes()
        self.wrapped: Any = self.network
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

    def disconnect(self) -> None:
        """Leave the other processes, if there are any.

        The wrapper around the network is dropped first. It would keep the connection, and the threads of the connection
        might then abort the process when Python ends.
        """
        if dist.is_initialized():
            self.wrapped = self.network
            dist.destroy_process_group()

    def set_modes(self) -> None:
        """Put the network in training mode, and freeze the encoder's batch norm if the current stage requires it."""
        self.network.train()
        cast(PConvUNet | ConvUNet, self.network).freeze_encoder_bn(self.stage.frozen)

    def is_finite(self) -> bool:
        """Return whether all weights of the modules in `networks()` are finite."""
        values = [value for part in self.networks() for value in part.state_dict().values()]
        return bool(torch.stack([torch.isfinite(value).all() for value in values]).all())

    def networks(self) -> list[nn.Module]:
        """Return the modules whose weights must stay finite."""
        return [self.network, self.average]

    def save(self) -> None:
        """Save the current state as the checkpoint. If saving fails, raise OSError and keep the old checkpoint."""
        state = {"recipe": recipe_as_json(self.recipe), "step": self.step}
        for name in self.parts:
            state[name] = getattr(self, name).state_dict()
        try:
            write_whole(self.folder / CHECKPOINT, state)
        except (OSError, RuntimeError) as error:  # torch.save raises RuntimeError if the disk is full
            raise OSError(f"step {self.step} could not be saved in {self.folder}: {error}; {self.kept()}") from error
        self.saved = self.step

    def kept(self) -> str:
        """Return a message that names the step of the last checkpoint, or says that nothing was saved."""
        if not self.saved:
            return "nothing was saved yet"
        return f"the state of step {self.saved} is kept in {self.folder / CHECKPOINT}"

    def keep_last_good(self) -> Path:
        """Write the averaged weights of the checkpoint to a file, and return the path of this file.

        Another run can start with these weights.
        """
        write_weights(self.folder / LAST_GOOD, load_checkpoint(self.folder)["average"])
        return self.folder / LAST_GOOD

    def finish(self) -> None:
        """Write the averaged weights, which are the result of the run."""
        write_weights(self.folder / WEIGHTS, self.average.state_dict())

    def _load(self) -> None:
        state = load_checkpoint(self.folder)
        try:
            recipe = recipe_from_json(state["recipe"], f"the recipe in {self.folder / CHECKPOINT}")
        except ValueError as error:
            raise ValueError(f"{error}: choose another folder") from error
        if recipe != self.recipe:
            names = ", ".join(self.recipe.differences(recipe))
            raise ValueError(f"the run in {self.folder} has another {names}: choose another folder")
        try:
            for name in self.parts:
                getattr(self, name).load_state_dict(state[name])
        except (RuntimeError, ValueError, KeyError) as error:
            if out_of_memory(error):
                raise
            raise ValueError(
                f"{self.folder / CHECKPOINT} belongs to another version of pconv_edu: choose another folder"
            ) from error
        self.step = self.saved = state["step"]


def move(module: Any, device: torch.device) -> None:
    """Move a module to a device, and store its convolution weights in the channels-last order, which is fastest."""
    module.to(device, memory_format=torch.channels_last)

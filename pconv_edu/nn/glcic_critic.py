"""Define the critic of Iizuka et al., SIGGRAPH 2017, and the losses that train this critic and `GLCIC`.

    Satoshi Iizuka, Edgar Simo-Serra, Hiroshi Ishikawa: Globally and Locally Consistent Image Completion.
    ACM Transactions on Graphics 36 (4), SIGGRAPH 2017.

The critic is needed only for training. The critic learns to distinguish real pictures from filled ones, and the network
`GLCIC` learns to make fills that the critic mistakes for real pictures.
"""

from typing import cast

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from pconv_edu.core.arguments import is_whole

from .fast_ops import select
from .local_patch import Corners, crop, patch_at
from .losses import hole_loss

SHARE = 0.3  # largest norm of the weighted adversarial gradient, divided by the norm of the reconstruction gradient
LARGEST_WEIGHT = 0.05  # of the adversarial loss, so that tiny gradients of the critic are not amplified without limit


class GlobalLocalCritic(nn.Module):
    """Score how real a picture looks, from the whole picture and from the local patch around its hole.

    The score is logit = wᵀ [global(picture), local(patch)] + b. Training makes the logits of real pictures positive and
    those of filled pictures negative.

    Parameters
    ----------
    size : int, side of the training pictures in px, a multiple of 16 that is at least 32. The side of the local patch
        is size / 2
    width : int, number of channels of the first convolution of each branch

    There are three differences from the paper. Each branch halves the height and width until at most 4×4 positions are
    left, so the number of layers depends on the size. Spectral normalisation replaces batch norm, and leaky ReLU
    replaces ReLU. The adversarial loss has no fixed weight (see `push`).

    Raises
    ------
    ValueError
        If `size` or `width` is not a number of the kind described above, or if pictures do not have the given size.

    Examples
    --------
    >>> critic = GlobalLocalCritic(size=32, width=4)
    >>> masks = torch.ones(2, 1, 32, 32)
    >>> critic(torch.rand(2, 3, 32, 32), patch_at(masks, critic.side)).shape
    torch.Size([2])
    """

    def __init__(self, size: int, width: int = 32) -> None:
        super().__init__()
        if not is_whole(size) or size < 32 or size % 16:
            raise ValueError(f"size is {size!r}; give a multiple of 16 of at least 32")
        if not is_whole(width) or width < 1:
            raise ValueError(f"width is {width!r}; give a whole number of at least 1")
        self.size, self.side = size, size // 2
        self.whole = Branch(self.size, width)
        self.local = Branch(self.side, width)
        self.join = nn.Linear(2 * 16 * width, 1)  # without spectral normalisation, so that logits can have any scale

    def forward(self, pictures: torch.Tensor, corners: Corners) -> torch.Tensor:
        """Return the logits (N,), in float32.

        pictures : (N, 3, size, size) in [0, 1]
        corners : top-left corners of the local patches, as `patch_at` returns them for a side of size / 2
        """
        if pictures.shape[1:] != (3, self.size, self.size):
            raise ValueError(f"pictures are {tuple(pictures.shape)}; give (N, 3, {self.size}, {self.size})")
        pictures = 2 * pictures - 1
        features = torch.cat([self.whole(pictures), self.local(crop(pictures, corners, self.side))], 1)
        with torch.autocast(pictures.device.type, enabled=False):
            return cast(torch.Tensor, self.join(features.float()))[:, 0]

    def reconstruction(
        self, network: nn.Module, images: torch.Tensor, masks: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
        """Return the mean squared error in the holes, the filled pictures, and terms for the log.

        network : GLCIC
        images : (N, 3, size, size) in [0, 1], the true pictures
        masks : (N, 1, size, size), 1 = valid, 0 = hole

        The filled pictures (N, 3, size, size) are float32. Gradients flow back to the network both from the loss and
        from the filled pictures. The term "squared" is the loss, and "hole" is the mean absolute error per value in the
        hole.
        """
        fake = network(images, masks).float()
        loss = squared_error(images, fake, masks)
        hole = hole_loss(fake.detach(), images, masks, per_hole=True)
        return loss, fake, {"hole": hole, "squared": loss.detach()}

    def critic_loss(
        self, images: torch.Tensor, fake: torch.Tensor, masks: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return the logistic loss of the critic, and terms for the log.

            L = mean ln(1 + e^−D(real)) + mean ln(1 + e^D(filled))

        images, fake, masks : true pictures and filled pictures (N, 3, size, size), and masks (N, 1, size, size), 1 =
            valid, 0 = hole
        generator : not used, because this loss draws no random numbers

        D is the logit. A real picture has no hole, so its local patch is placed where another picture in the batch has
        its hole. The term "critic" is the loss. The terms "real" and "fake" are the mean logits of the real and the
        filled pictures.
        """
        there, here = patch_at(masks.roll(1, 0), self.side), patch_at(masks, self.side)
        corners = torch.cat([there[0], here[0]]), torch.cat([there[1], here[1]])
        real, filled = self(torch.cat([images, fake.detach()]), corners).chunk(2)
        loss = F.softplus(-real).mean() + F.softplus(filled).mean()
        return loss, {"critic": loss.detach(), "real": real.detach().mean(), "fake": filled.detach().mean()}

    def push(
        self, images: torch.Tensor, fake: torch.Tensor, masks: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return the gradient of the weighted adversarial loss with respect to the fills, and terms for the log.

            L = α · mean ln(1 + e^−D(filled)),   α = min(0.05, 0.3 · ‖∇ squared error‖ / ‖∇ mean ln(1 + e^−D(filled))‖)

        D is the logit, and both gradients are taken only in the holes. The weight α prevents the adversarial loss from
        outweighing the reconstruction loss: the norm of the returned gradient is at most 0.3 times the norm of the
        gradient of the squared error. Each norm is computed over the entire batch.

        images, fake, masks : as for `critic_loss`

        The returned gradient (N, 3, size, size) is detached and is 0 at valid pixels. If any of its values is not
        finite, all values are set to 0, so that a critic whose training has failed does not stop the training of the
        network. The term "adversarial" is the loss without its weight, and "adversarial_weight" is α.
        """
        with torch.enable_grad():
            leaf = fake.detach().float().requires_grad_()
            loss = F.softplus(-self(leaf, patch_at(masks, self.side))).mean()
            (adversarial,) = torch.autograd.grad(loss, leaf)
            (squared,) = torch.autograd.grad(squared_error(images, leaf, masks), leaf)
        adversarial = select(adversarial, masks == 0)
        weight = (SHARE * squared.norm() / adversarial.norm()).nan_to_num(nan=0.0).clamp(max=LARGEST_WEIGHT)
        push = weight * adversarial
        push = torch.where(push.isfinite().all(), push, 0)
        return push, {"adversarial": loss.detach(), "adversarial_weight": weight}


class Branch(nn.Module):
    """Turn pictures (N, 3, size, size) into features (N, 16 · width).

    Convolutions with 5×5 kernels and stride 2 halve the height and width until both are at most 4, and a linear layer
    follows. The number of channels doubles from one convolution to the next, from `width` up to at most 8 · width.
    Spectral normalisation is applied to every layer (Miyato et al., Spectral Normalization for Generative Adversarial
    Networks, ICLR 2018).
    """

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList()
        before, channels = 3, width
        while size > 4:
            self.convolutions.append(normalized(nn.Conv2d(before, channels, 5, stride=2, padding=2)))
            before, channels, size = channels, min(2 * channels, 8 * width), (size + 1) // 2
        self.linear = normalized(nn.Linear(before * size * size, 16 * width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.convolutions:
            x = F.leaky_relu(F.conv2d(x, weight_of(layer), cast(torch.Tensor, layer.bias), stride=2, padding=2), 0.2)
        linear = F.linear(x.flatten(1), weight_of(self.linear), cast(torch.Tensor, self.linear.bias))
        return F.leaky_relu(linear, 0.2)


def normalized(layer: nn.Module) -> nn.Module:
    """Initialise a layer for leaky ReLU (He et al., ICCV 2015), and return it with spectral normalisation."""
    nn.init.kaiming_normal_(cast(torch.Tensor, layer.weight), 0.2)
    nn.init.zeros_(cast(torch.Tensor, layer.bias))
    return spectral_norm(layer)


def weight_of(layer: nn.Module) -> torch.Tensor:
    """Return the normalised weight W / σ(W) of a layer with spectral normalisation.

    σ(W) is an estimate of the largest singular value of W. The estimate improves with each call in training mode.

    Half precision would make the estimate inaccurate, so autocast is switched off during the call.
    """
    with torch.autocast(cast(torch.Tensor, layer.bias).device.type, enabled=False):
        return cast(torch.Tensor, layer.weight)


def squared_error(images: torch.Tensor, fake: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Return the mean squared error of all values in the holes of a batch, or 0 if there is no hole."""
    hole = masks == 0
    count = (3 * hole.sum()).clamp(min=1)
    return select(fake - images.float(), hole).square().sum() / count

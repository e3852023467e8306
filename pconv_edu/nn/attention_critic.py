"""Train the network of Yu et al., CVPR 2018, with its loss: a discounted L1 term and two Wasserstein critics.

One critic judges the whole picture, and the other judges the local patch around the hole. A critic learns to give real
pictures a high score D and filled pictures a low score D. The difference of the mean scores estimates a distance
between real and filled pictures if the slope of D is 1. A gradient penalty encourages this slope (Gulrajani, Ahmed,
Arjovsky, Dumoulin and Courville, "Improved Training of Wasserstein GANs", NeurIPS 2017). For a real picture x, its fill
x̃, and a picture x̂ = t x + (1 − t) x̃ between them, the loss of a critic is

    L_critic = D(x̃) − D(x) + λ (‖∇D(x̂) ⊙ (1 − M)‖₂ − 1)²                                                     (1)

The network can only change the hole, so the penalty uses the slope in the hole alone, as in the paper.
"""

import math
from typing import Any

import torch
from torch import nn

from pconv_edu.core.arguments import is_whole

from .attention_network import AttentionNetwork
from .local_patch import crop, patch_at
from .losses import hole_loss

Terms = dict[str, torch.Tensor]


class Critic(nn.Module):
    """Return scores (N,) of pictures (N, 3, size, size) in [0, 1].

    The critic has convolutions of stride 2 and a linear layer.
    """

    def __init__(self, size: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for after in channels:
            conv = nn.Conv2d(before, after, 5, stride=2, padding=2)
            nn.init.kaiming_normal_(conv.weight, 0.2)
            layers += [conv, nn.LeakyReLU(0.2)]
            before, size = after, math.ceil(size / 2)
        self.layers = nn.Sequential(*layers)
        self.score = nn.Linear(before * size**2, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        features = self.layers(2 * pictures - 1).flatten(1)
        with torch.autocast(pictures.device.type, enabled=False):  # scores are differences of large sums
            return self.score(features.to(self.score.weight.dtype))[:, 0]


class WassersteinCritics(nn.Module):
    """Compute the losses of `AttentionNetwork` and of its two critics, which this module contains.

    Parameters
    ----------
    size : int, side of the training pictures in px, a multiple of 16 of at least 32. The local patch is half as wide
    width : int, number of channels of each critic's first layer. By default it is 48, three quarters of the paper's

    In all methods, images are the true pictures (N, 3, size, size) in [0, 1], and masks are (N, 1, size, size), 1 =
    valid, 0 = hole. The terms are means over the batch for the log. They are scalar tensors without gradients.

    The local critic sees the same part of a picture and of its fill, because the local patch of both is centred on the
    hole.

    There are four differences from the paper. Holes may have any shape. The distances for the discount are chessboard
    distances. The discount per px is larger for pictures smaller than 256×256. A small term keeps the critics' scores
    near 0.

    Raises
    ------
    ValueError
        If the size or the width is not valid, or pictures have another size.
    """

    known_weight = 0.25  # of the L1 term at valid pixels
    reconstruction_weight = 1.2
    coarse_weight = 1.2  # of the coarse fill, relative to the refined one
    adversarial_weight = 1e-3
    penalty_weight = 10.0
    score_weight = 1e-3
    longest_push = 1.5  # the penalty asks for slopes of length 1

    def __init__(self, size: int, width: int = 48) -> None:
        super().__init__()
        if not is_whole(size) or size < 32 or size % 16 or not is_whole(width) or width < 1:
            raise ValueError(
                f"size is {size!r} and width {width!r}; give a multiple of 16 of at least 32, and a whole number of at "
                "least 1"
            )
        self.settings: dict[str, Any] = {"size": size, "width": width}
        self.size = size
        self.discount = 0.99 ** (256 / size)  # per px: the paper's 0.99 at 256×256
        self.whole = Critic(size, (width, 2 * width, 4 * width, 4 * width))
        self.local = Critic(size // 2, (width, 2 * width, 4 * width, 8 * width))

    def reconstruction(
        self, network: AttentionNetwork, images: torch.Tensor, masks: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, Terms]:
        """Return the network's L1 loss, the filled pictures (N, 3, size, size) in [0, 1], and the terms.

        The error of a pixel in the hole is multiplied by γ^l, where l is its distance to the nearest valid pixel,
        because many fills would be right far from known pixels. The terms "hole" and "hole_coarse" are the mean
        absolute errors of the refined and the coarse fill per value in the hole.
        """
        self._check(images, masks)
        images = images.float()
        coarse, refined, _ = network.stages(images, masks)  # in the dtype of the images
        valid = masks.bool()
        fake = torch.where(valid, images, refined.clamp(0, 1))
        weight = torch.where(valid, self.known_weight, self.discount ** distance_to_valid(masks))
        errors = (refined - images).abs() + self.coarse_weight * (coarse - images).abs()
        loss = self.reconstruction_weight * (weight * errors).mean()
        terms = {
            "hole": hole_loss(fake.detach(), images, masks, per_hole=True),
            "hole_coarse": hole_loss(coarse.detach().clamp(0, 1), images, masks, per_hole=True),
        }
        return loss, fake, terms

    def critic_loss(
        self, images: torch.Tensor, fake: torch.Tensor, masks: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, Terms]:
        """Return the loss of the critics, equation (1) summed over both, and its terms "critic" and "penalty".

        fake : (N, 3, size, size), the filled pictures, without gradients
        generator : random generator for t, on the device of the pictures

        "critic" is the mean of D(x) − D(x̃), and "penalty" is the penalty without its weight.
        """
        self._check(images, masks)
        images, fake = images.float(), fake.float()
        t = torch.rand(len(images), 1, 1, 1, device=images.device, generator=generator)
        mixed = torch.lerp(fake, images, t)
        loss, gap, penalty = (torch.zeros((), device=images.device) for _ in range(3))
        for critic, cut in self._critics(masks):
            real_score, fake_score = critic(torch.cat([cut(images), cut(fake)])).chunk(2)
            gap = gap + (real_score - fake_score).mean()
            penalty = penalty + slope_penalty(critic, cut(mixed), cut(masks))
            loss = loss + self.score_weight * real_score.square().mean()
        loss = loss - gap + self.penalty_weight * penalty
        return loss, {"critic": gap.detach(), "penalty": penalty.detach()}

    def push(self, images: torch.Tensor, fake: torch.Tensor, masks: torch.Tensor) -> tuple[torch.Tensor, Terms]:
        """Return the gradient of the weighted adversarial loss −D(x̃) with respect to the filled pictures, and terms.

        images : not used; other critics, whose methods have the same signature, need the true pictures
        fake : (N, 3, size, size), the filled pictures

        The gradient (N, 3, size, size) is detached and finite, and 0 at valid pixels. Each critic contributes at most
        1.5 · weight / N per picture (Euclidean norm), so that a critic whose slope is too large does not dominate the
        training of the network. No parameter of the critics gets a gradient. The term "adversarial" is the mean of
        −D(x̃).
        """
        self._check(fake, masks)
        fake = fake.detach().float().requires_grad_()
        hole = ~masks.bool()
        push = torch.zeros_like(fake, requires_grad=False)
        total = torch.zeros((), device=fake.device)
        for critic, cut in self._critics(masks):
            with torch.enable_grad():
                loss = -critic(cut(fake))
                (gradient,) = torch.autograd.grad(loss.sum(), fake)
            gradient = torch.nan_to_num(gradient, 0.0, 0.0, 0.0) * hole
            length = torch.linalg.vector_norm(gradient, dim=(1, 2, 3), keepdim=True)
            push += gradient * (self.longest_push / length.clamp(min=self.longest_push))
            total = total + loss.detach().mean()
        return push * (self.adversarial_weight / len(fake)), {"adversarial": total}

    def _critics(self, masks):
        """Return each of the two critics, with a function that cuts the part that it judges out of pictures."""
        side = self.size // 2
        corners = patch_at(masks, side)
        return [(self.whole, lambda pictures: pictures), (self.local, lambda pictures: crop(pictures, corners, side))]

    def _check(self, pictures: torch.Tensor, masks: torch.Tensor) -> None:
        expected = (len(pictures), 3, self.size, self.size), (len(pictures), 1, self.size, self.size)
        if (pictures.shape, masks.shape) != expected:
            raise ValueError(
                f"pictures are {tuple(pictures.shape)} and masks {tuple(masks.shape)}; give {expected[0]} and "
                f"{expected[1]}"
            )


def slope_penalty(critic: nn.Module, pictures: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Return the mean of (‖∇D ⊙ (1 − M)‖₂ − 1)² over pictures (N, 3, H, W), in float32 even under autocast.

    critic : D, from pictures to scores (N,)
    masks : M (N, 1, H, W), 1 = valid, 0 = hole

    The result can be differentiated with respect to the critic's parameters.
    """
    pictures = pictures.detach().requires_grad_()
    with torch.enable_grad(), torch.autocast(pictures.device.type, enabled=False):
        (slope,) = torch.autograd.grad(critic(pictures).sum(), pictures, create_graph=True)
        squares = (slope * ~masks.bool()).square().sum((1, 2, 3))
        return ((squares + 1e-6).sqrt() - 1).square().mean()  # the root has no derivative at 0


def distance_to_valid(masks: torch.Tensor) -> torch.Tensor:
    """Return the chessboard distance in px from each pixel to the nearest valid pixel: (N, 1, H, W) -> (N, 1, H, W).

    The distance is 0 at valid pixels, and max(H, W) in a picture without valid pixels. Nothing outside the picture is
    valid.

    The valid pixels are grown by one pixel until they fill the picture. The distance of a pixel is the number of steps
    after which it is valid. The number of steps is fixed, because a check of whether a hole is left would make the
    program wait for the GPU.

    >>> distance_to_valid(torch.tensor([[[[1.0, 0.0, 0.0, 0.0, 1.0]]]]))
    tensor([[[[0., 1., 2., 1., 0.]]]])
    """
    valid = masks.bool()
    distance = torch.zeros(masks.shape, device=masks.device)
    for _ in range(max(masks.shape[2:])):
        distance += ~valid
        valid = _grow(_grow(valid, 2), 3)
    return distance


def _grow(valid: torch.Tensor, axis: int) -> torch.Tensor:
    """Return valid with its valid pixels extended by one pixel in both directions along an axis."""
    grown, rest = valid.clone(), valid.shape[axis] - 1
    grown.narrow(axis, 1, rest).logical_or_(valid.narrow(axis, 0, rest))
    grown.narrow(axis, 0, rest).logical_or_(valid.narrow(axis, 1, rest))
    return grown

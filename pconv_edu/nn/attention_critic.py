"""Define the losses that train the network of Yu et al., CVPR 2018: a discounted L1 loss and two Wasserstein critics.

One critic judges the whole picture, and the other judges the local patch around the hole. A critic learns to give real
pictures a high score D and filled pictures a low score D. If the slope of D is 1, the difference between the mean
scores estimates a distance between the distributions of real and filled pictures. A gradient penalty pushes the slope
towards 1 (Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved Training of Wasserstein GANs", NeurIPS 2017).
Let x be a real picture, x̃ the same picture with its hole filled, and x̂ = t x + (1 − t) x̃ a picture between them,
with a random t from 0 to 1. The loss of a critic is

    L_critic = D(x̃) − D(x) + λ (‖∇D(x̂) ⊙ (1 − M)‖₂ − 1)²                                                     (1)

M is the mask (1 = valid), and λ is the weight of the penalty. The network can change only the hole, so the penalty uses
only the slope in the hole, as in the paper.
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
    """Compute scores (N,) of pictures (N, 3, size, size) in [0, 1].

    The critic consists of convolutions of stride 2 and a final linear layer.
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
    size : int, side of the training pictures in px, a multiple of 16 that is at least 32. The side of the local patch
        is size / 2
    width : int, number of channels of each critic's first layer. The default, 48, is three quarters of the number in
        the paper

    In all methods, images are the true pictures (N, 3, size, size) in [0, 1], and masks are (N, 1, size, size), 1 =
    valid, 0 = hole. The methods also return terms for the log. Each term is a scalar tensor without a gradient,
    averaged over the batch.

    The local critic sees the same part of a real picture and of the filled picture, because both local patches are
    centred on the hole.

    There are four differences from the paper. Holes may have any shape. The discount depends on the chessboard distance
    to the nearest valid pixel. The discount per px is stronger in pictures smaller than 256×256. A small additional
    term in the critics' loss keeps their scores near 0.

    Raises
    ------
    ValueError
        If `size` or `width` is invalid, or if pictures do not have the given size.
    """

    known_weight = 0.25  # of the L1 term at valid pixels
    reconstruction_weight = 1.2
    coarse_weight = 1.2  # of the coarse fill, relative to the refined one
    adversarial_weight = 1e-3
    penalty_weight = 10.0
    score_weight = 1e-3
    longest_push = 1.5  # the penalty pushes the length of a slope towards 1

    def __init__(self, size: int, width: int = 48) -> None:
        super().__init__()
        if not is_whole(size) or size < 32 or size % 16 or not is_whole(width) or width < 1:
            raise ValueError(
                f"size is {size!r} and width {width!r}; give a multiple of 16 of at least 32, and a whole number of at "
                "least 1"
            )
        self.settings: dict[str, Any] = {"size": size, "width": width}
        self.size = size
        self.discount = 0.99 ** (256 / size)  # per px: 0.99 at 256×256
        self.whole = Critic(size, (width, 2 * width, 4 * width, 4 * width))
        self.local = Critic(size // 2, (width, 2 * width, 4 * width, 8 * width))

    def reconstruction(
        self, network: AttentionNetwork, images: torch.Tensor, masks: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, Terms]:
        """Return the network's L1 loss, the filled pictures (N, 3, size, size) in [0, 1], and terms for the log.

        The error of a pixel in the hole is multiplied by γ^l, where γ is `discount` and l is the distance from the
        pixel to the nearest valid pixel. Errors far from known pixels count less, because many different fills would be
        plausible there. The term "hole" is the mean absolute error per value in the hole of the refined fill, and
        "hole_coarse" is that of the coarse fill.
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
        """Return the loss of both critics together, and its terms "critic" and "penalty".

        The loss is equation (1), summed over both critics, plus a small term that keeps the scores near 0.

        fake : (N, 3, size, size), the filled pictures, without gradients
        generator : random number generator for t, the weight of the true picture in x̂, on the device of the pictures

        For true pictures x and filled pictures x̃, "critic" is the mean of D(x) − D(x̃). "penalty" is the gradient
        penalty before it is multiplied by its weight. Both are summed over the two critics.
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
        """Return the gradient of the weighted adversarial loss with respect to the fills, and a term for the log.

        The adversarial loss is −D(x̃).

        images : not used; other critics, whose methods have the same signature, need the true pictures
        fake : (N, 3, size, size), the filled pictures

        The gradient (N, 3, size, size) is detached and finite, and 0 at valid pixels. For each picture, the
        contribution of each critic has a Euclidean norm of at most 1.5 · `adversarial_weight` / N, so that a critic
        whose slope is too large does not dominate the training of the network. No parameter of the critics gets a
        gradient. The term "adversarial" is the mean of −D(x̃), summed over both critics.
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
        """Return a pair (critic, function) for each critic.

        The function cuts out the part of the pictures that the critic judges.
        """
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
    """Return the mean of (‖∇D ⊙ (1 − M)‖₂ − 1)² over pictures (N, 3, H, W), computed in float32 even under autocast.

    critic : D, a module that turns pictures into scores (N,)
    masks : M (N, 1, H, W), 1 = valid, 0 = hole

    The result can be differentiated with respect to the critic's parameters.
    """
    pictures = pictures.detach().requires_grad_()
    with torch.enable_grad(), torch.autocast(pictures.device.type, enabled=False):
        (slope,) = torch.autograd.grad(critic(pictures).sum(), pictures, create_graph=True)
        squares = (slope * ~masks.bool()).square().sum((1, 2, 3))
        return ((squares + 1e-6).sqrt() - 1).square().mean()  # the square root has no derivative at 0


def distance_to_valid(masks: torch.Tensor) -> torch.Tensor:
    """Return the chessboard distance in px from each pixel to the nearest valid pixel: (N, 1, H, W) -> (N, 1, H, W).

    The distance is 0 at valid pixels, and max(H, W) in a picture without valid pixels. Positions outside the picture do
    not count as valid.

    In each step, the valid region grows by one pixel. The distance of a pixel is the number of steps after which the
    pixel becomes valid. The number of steps is fixed at max(H, W), because checking whether a hole is left would make
    the program wait for the GPU.

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
    """Return a mask whose valid region is extended by one pixel in both directions along an axis."""
    grown, rest = valid.clone(), valid.shape[axis] - 1
    grown.narrow(axis, 1, rest).logical_or_(valid.narrow(axis, 0, rest))
    grown.narrow(axis, 0, rest).logical_or_(valid.narrow(axis, 1, rest))
    return grown

"""Compute the loss of Liu et al., ECCV 2018, arXiv 1804.07723, section 3.3, which has six terms.

    L = L_valid + 6 L_hole + 0.05 L_perceptual + 120 (L_style_out + L_style_comp) + 0.1 L_tv

I_out is the output of the network, I_gt is the true picture, and M is the mask (1 = valid). I_comp equals I_gt where M
is 1, and I_out elsewhere. Every term is computed from absolute differences, separately for each picture, and then
averaged over the batch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, cast

import torch
import torch.nn.functional as F
from torch import nn

from .arguments import check_shapes
from .fast_ops import select
from .vgg import VGGFeatures


@dataclass(frozen=True)
class LossWeights:
    """Store the weight of each term.

    The defaults are the weights of the paper. They are meant for features of torchvision's VGG-16, which was trained on
    ImageNet.
    """

    valid: float = 1.0
    hole: float = 6.0
    perceptual: float = 0.05
    style_out: float = 120.0
    style_comp: float = 120.0
    tv: float = 0.1

    @classmethod
    def only(cls, **weights: float) -> Self:
        """Return weights that are 0 for all terms except the given ones.

        >>> LossWeights.only(hole=6)
        LossWeights(valid=0, hole=6, perceptual=0, style_out=0, style_comp=0, tv=0)
        """
        return cls(**{field.name: 0 for field in fields(cls)} | weights)

    def used(self) -> dict[str, float]:
        """Return a dict that maps each term with a nonzero weight to that weight, in the order of the fields."""
        return {name: weight for name, weight in asdict(self).items() if weight}


FEATURE_TERMS = frozenset({"perceptual", "style_out", "style_comp"})


class InpaintingLoss(nn.Module):
    """Compute the six-term loss of Liu et al.

    Parameters
    ----------
    weights : LossWeights. The default is `HED_WEIGHTS`, which adapts the paper's balance between the terms to the
        shipped features
    features : VGGFeatures, or another module that turns pictures (N, 3, H, W) into a dict of features, or the name of
        weights for VGGFeatures. The default, "hed", is the name of the shipped weights. If the perceptual and style
        weights are all 0, this argument is not used and may be None
    per_hole : False to divide the hole term by the size of the whole picture, as the paper does, so that the term is
        smaller for smaller holes. True to divide the hole term by the size of the hole

    Call
    ----
    ``loss(output, target, mask) -> (total, terms)``

    output, target : (N, 3, H, W); the target must be finite everywhere, even in holes
    mask : (N, 1, H, W), 1 = valid, 0 = hole
    total : the weighted sum of the terms, a scalar. Its gradients flow only to `output`
    terms : dict from the name of each term to its detached value before weighting. Terms with weight 0 are neither
        computed nor included

    Apart from the features, everything is computed in float32, even under autocast.

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, if all weights are 0, or if a term needs features but `features` is None.

    Examples
    --------
    >>> loss = InpaintingLoss(LossWeights.only(valid=1, hole=6), features=None)
    >>> target, mask = torch.zeros(1, 3, 2, 2), torch.tensor([[[[1.0, 1.0], [1.0, 0.0]]]])
    >>> total, terms = loss(target + 0.5, target, mask)
    >>> {name: term.item() for name, term in terms.items()}  # the error is 0.5 at 3 valid pixels and 1 hole pixel
    {'valid': 0.375, 'hole': 0.125}
    >>> total.item()  # 0.375 + 6 · 0.125
    1.125
    """

    def __init__(
        self, weights: LossWeights | None = None, features: nn.Module | str | None = "hed", per_hole: bool = False
    ) -> None:
        super().__init__()
        self.weights = HED_WEIGHTS if weights is None else weights
        self.per_hole = per_hole
        if not self.weights.used():
            raise ValueError("every weight of the loss is 0: give at least one term a weight")
        needs_features = FEATURE_TERMS & self.weights.used().keys()
        if needs_features and features is None:
            raise ValueError("the perceptual and style terms need features: give VGGFeatures(), or weights of 0")
        if isinstance(features, str) and needs_features:
            features = VGGFeatures(features)
        self.features: nn.Module | None = features if needs_features else None  # type: ignore[assignment]

    def forward(
        self, output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        check_shapes(output, mask)
        if target.shape != output.shape or mask.shape[1] != 1:
            raise ValueError(
                f"output is {tuple(output.shape)}, target {tuple(target.shape)} and mask {tuple(mask.shape)}; give "
                "(N, 3, H, W) twice and (N, 1, H, W)"
            )
        used = self.weights.used()
        with torch.autocast(output.device.type, enabled=False):
            output, target, mask = output.float(), target.detach().float(), mask.bool()
            composed = torch.where(mask, target, output)
            terms = {}
            if "valid" in used:
                terms["valid"] = valid_loss(output, target, mask)
            if "hole" in used:
                terms["hole"] = hole_loss(output, target, mask, self.per_hole)
            if "tv" in used:
                terms["tv"] = tv_loss(composed, mask)
        if self.features is not None:
            terms |= self._feature_terms(output, composed, target, FEATURE_TERMS & used.keys())
        total = cast(torch.Tensor, sum(weight * terms[name] for name, weight in used.items()))
        return total, {name: terms[name].detach() for name in used}

    def _feature_terms(self, output, composed, target, names):
        """Return the perceptual and style terms in `names`. The features of each picture are computed only once."""
        with torch.no_grad():
            true = self.features(target)
        both = self.features(torch.cat([output, composed]))
        terms = dict.fromkeys(names, 0.0)
        with torch.autocast(output.device.type, enabled=False):
            for layer, of_target in true.items():
                out, comp = both[layer].float().chunk(2)
                of_target = of_target.float()
                if "perceptual" in terms:
                    terms["perceptual"] += perceptual_loss(out, of_target) + perceptual_loss(comp, of_target)
                if "style_out" in terms:
                    terms["style_out"] += style_loss(out, of_target)
                if "style_comp" in terms:
                    terms["style_comp"] += style_loss(comp, of_target)
        return terms


def valid_loss(output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return ‖M ⊙ (I_out − I_gt)‖₁ / N, where N = C · H · W is the number of values in a picture."""
    return select(output - target, mask).abs().mean()


def hole_loss(output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor, per_hole: bool = False) -> torch.Tensor:
    """Return ‖(1 − M) ⊙ (I_out − I_gt)‖₁ / N, with N as in `valid_loss`.

    If `per_hole` is True, N is the number of values in the hole, and the loss of a picture without a hole is 0.
    """
    hole = ~mask.bool()
    difference = select(output - target, hole).abs()
    if not per_hole:
        return difference.mean()
    size = hole.expand_as(output).sum((1, 2, 3)).clamp(min=1)
    return (difference.sum((1, 2, 3)) / size).mean()


def perceptual_loss(features: torch.Tensor, of_target: torch.Tensor) -> torch.Tensor:
    """Return ‖Ψ(I) − Ψ(I_gt)‖₁ / N_Ψ for features Ψ (N, C, H, W) of one layer, where N_Ψ = C · H · W.

    The perceptual term is the sum of these losses over the layers, once for I = I_out and once for I = I_comp.
    """
    return (features - of_target).abs().mean()


def gram_matrix(features: torch.Tensor) -> torch.Tensor:
    """Return the Gram matrix K_p ΨᵀΨ (N, C, C) of features Ψ (N, C, H, W), with K_p = 1 / (C H W).

    Each entry measures how strongly two channels respond at the same positions.
    """
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat @ flat.mT / (c * h * w)


def style_loss(features: torch.Tensor, of_target: torch.Tensor) -> torch.Tensor:
    """Return ‖K_p (ΨᵀΨ(I) − ΨᵀΨ(I_gt))‖₁ / C² for features Ψ (N, C, H, W) of one layer.

    There are two style terms, one for I = I_out and one for I = I_comp. Each of them is the sum of these losses over
    the layers.
    """
    return (gram_matrix(features) - gram_matrix(of_target)).abs().mean()


def tv_loss(composed: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the total variation near the hole.

    The total variation is the sum of the absolute differences between horizontal and between vertical neighbours,
    divided by C · H · W. Only pairs of neighbours that are both in R count, where R is the hole dilated by one pixel.
    """
    region = F.max_pool2d((~mask.bool()).float(), 3, stride=1, padding=1) > 0
    across = select(composed[..., :, 1:] - composed[..., :, :-1], region[..., :, 1:] & region[..., :, :-1])
    down = select(composed[..., 1:, :] - composed[..., :-1, :], region[..., 1:, :] & region[..., :-1, :])
    return (across.abs().sum() + down.abs().sum()) / composed.numel()


def balanced_weights(terms: Mapping[str, Any]) -> LossWeights:
    """Return weights that balance the feature terms against the pixel terms, whatever the scale of the features.

    terms : dict of the six terms, as `InpaintingLoss` returns them for fills of average quality

    The pixel terms and the total variation keep the weights of the paper. The perceptual and style weights are chosen
    so that the weighted perceptual term, and the sum of the two weighted style terms, each equal the weighted hole
    term.
    """
    paper = LossWeights()
    hole = paper.hole * float(terms["hole"])
    style = hole / float(terms["style_out"] + terms["style_comp"])
    return LossWeights(perceptual=hole / float(terms["perceptual"]), style_out=style, style_comp=style)


def gradient_norms(
    loss: InpaintingLoss, output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor
) -> dict[str, float]:
    """Return the norm of the gradient of each weighted term with respect to the output of the network.

    The norm measures how strongly a term pulls at the output in a step of training. Terms with equal values can have
    very different norms.

    loss : the loss whose weights and features are used
    output, target, mask : as for `InpaintingLoss`
    """
    norms = {}
    for name, weight in loss.weights.used().items():
        term = InpaintingLoss(LossWeights.only(**{name: weight}), loss.features, loss.per_hole)
        leaf = output.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(term(leaf, target, mask)[0], leaf)
        norms[name] = gradient.norm().item()
    return norms


# What `balanced_weights` returns for the shipped features, rounded to two digits. The terms are means over
# Navier–Stokes fills of every fourth training photo at 128×128, with one irregular hole from each ratio bin. A test
# computes these weights again.
HED_WEIGHTS = LossWeights(perceptual=0.045, style_out=3.0, style_comp=3.0)

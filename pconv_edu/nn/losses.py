"""The loss of Liu et al., ECCV 2018, arXiv 1804.07723, section 3.3: six terms, each a mean of absolute differences.

    L = L_valid + 6 L_hole + 0.05 L_perceptual + 120 (L_style_out + L_style_comp) + 0.1 L_tv

I_out is the network's picture, I_gt the true one, M the mask (1 = valid); I_comp is I_gt where M is 1, else I_out.
Every term is taken per picture and averaged over the batch.
"""

from dataclasses import asdict, dataclass, fields

import torch
import torch.nn.functional as F
from torch import nn

from .partial_conv import check_shapes, select
from .vgg import VGGFeatures


@dataclass(frozen=True)
class LossWeights:
    """What each term is multiplied by. The defaults are the paper's, for ImageNet's VGG-16 as torchvision scales it."""

    valid: float = 1.0
    hole: float = 6.0
    perceptual: float = 0.05
    style_out: float = 120.0
    style_comp: float = 120.0
    tv: float = 0.1

    @classmethod
    def only(cls, **weights):
        """Return weights of 0 but for the terms that are named.

        >>> LossWeights.only(hole=6)
        LossWeights(valid=0, hole=6, perceptual=0, style_out=0, style_comp=0, tv=0)
        """
        return cls(**{field.name: 0 for field in fields(cls)} | weights)

    def used(self):
        """Return the terms whose weight is not 0, with their weights: a dict in the order of the fields."""
        return {name: weight for name, weight in asdict(self).items() if weight}


FEATURE_TERMS = frozenset({"perceptual", "style_out", "style_comp"})


class InpaintingLoss(nn.Module):
    """The six-term loss.

    Parameters
    ----------
    weights : LossWeights; by default `HED_WEIGHTS`, the paper's balance carried over to the shipped features
    features : VGGFeatures, or another module that turns (N, 3, H, W) into a dict of features; the shipped ones by
        default. It is not used, and may be None, where the perceptual and style weights are all 0
    per_hole : False divides the hole term by the size of the whole picture, as the paper does, so that the term shrinks
        with the hole; True divides by the size of the hole

    Call
    ----
    ``loss(output, target, mask) -> (total, terms)``

    output, target : (N, 3, H, W); the target's values count everywhere, so it must be finite
    mask : (N, 1, H, W), 1 = valid, 0 = hole
    total : the weighted sum, one number with gradients to `output` alone
    terms : dict of name -> the term before its weight, detached; a term of weight 0 is not computed, and left out

    Sums are taken in float32, under autocast too.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, every weight is 0, or a term needs features and there are none.

    Examples
    --------
    >>> loss = InpaintingLoss(LossWeights.only(valid=1, hole=6), features=None)
    >>> target, mask = torch.zeros(1, 3, 2, 2), torch.tensor([[[[1.0, 1.0], [1.0, 0.0]]]])
    >>> total, terms = loss(target + 0.5, target, mask)
    >>> {name: term.item() for name, term in terms.items()}  # 0.5 on 3 of 4 pixels, and on 1 of 4
    {'valid': 0.375, 'hole': 0.125}
    >>> total.item()  # 0.375 + 6 · 0.125
    1.125
    """

    def __init__(self, weights=None, features="hed", per_hole=False):
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
        self.features = features if needs_features else None

    def forward(self, output, target, mask):
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
        total = sum(weight * terms[name] for name, weight in used.items())
        return total, {name: terms[name].detach() for name in used}

    def _feature_terms(self, output, composed, target, names):
        """Return those perceptual and style terms that are named: three pictures, each through the features once."""
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


def valid_loss(output, target, mask):
    """‖M ⊙ (I_out − I_gt)‖₁ / N, N = C · H · W of the whole picture."""
    return select(output - target, mask).abs().mean()


def hole_loss(output, target, mask, per_hole=False):
    """‖(1 − M) ⊙ (I_out − I_gt)‖₁ / N; with per_hole, N counts the values in the hole (0 where there is none)."""
    hole = ~mask.bool()
    difference = select(output - target, hole).abs()
    if not per_hole:
        return difference.mean()
    size = hole.expand_as(output).sum((1, 2, 3)).clamp(min=1)
    return (difference.sum((1, 2, 3)) / size).mean()


def perceptual_loss(features, of_target):
    """‖Ψ(I) − Ψ(I_gt)‖₁ / N_Ψ for features (N, C, H, W) of one layer; summed over layers, I_out and I_comp."""
    return (features - of_target).abs().mean()


def gram_matrix(features):
    """K_p ΨᵀΨ with K_p = 1 / (C H W): how often any two channels fire together. (N, C, H, W) -> (N, C, C)."""
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat @ flat.mT / (c * h * w)


def style_loss(features, of_target):
    """‖K_p (ΨᵀΨ(I) − ΨᵀΨ(I_gt))‖₁ / C² for the features (N, C, H, W) of one layer; summed over layers."""
    return (gram_matrix(features) - gram_matrix(of_target)).abs().mean()


def tv_loss(composed, mask):
    """Total variation: |differences| of neighbours that both lie in R, the hole grown by one pixel, over C · H · W."""
    region = F.max_pool2d((~mask.bool()).float(), 3, stride=1, padding=1) > 0
    across = select(composed[..., :, 1:] - composed[..., :, :-1], region[..., :, 1:] & region[..., :, :-1])
    down = select(composed[..., 1:, :] - composed[..., :-1, :], region[..., 1:, :] & region[..., :-1, :])
    return (across.abs().sum() + down.abs().sum()) / composed.numel()


def balanced_weights(terms):
    """Weights that give features of another scale the same say as the pixels.

    terms : dict of the six terms, as `InpaintingLoss` returns them, on fills of average quality

    The pixel terms and total variation keep the paper's weights. Perceptual and style weights are such that the
    weighted perceptual term, and the two weighted style terms together, are each as large as the weighted hole term.
    """
    paper = LossWeights()
    hole = paper.hole * float(terms["hole"])
    style = hole / float(terms["style_out"] + terms["style_comp"])
    return LossWeights(perceptual=hole / float(terms["perceptual"]), style_out=style, style_comp=style)


# `balanced_weights` for the shipped features: the mean terms of Navier–Stokes fills of every fourth training photo at
# 128×128, with one irregular hole of each ratio bin. Two digits; a test computes it again.
HED_WEIGHTS = LossWeights(perceptual=0.045, style_out=3.0, style_comp=3.0)

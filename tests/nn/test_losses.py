"""Every term against NumPy in float64 on tiny pictures; flat pictures and ramps; where gradients flow."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import nn

from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, irregular_mask, load_photo, photo_names
from pconv_edu.nn import InpaintingLoss, LossWeights, VGGFeatures, losses
from pconv_edu.nn.losses import HED_WEIGHTS, balanced_weights, gram_matrix, hole_loss, style_loss, tv_loss, valid_loss
from pconv_edu.nn.recipes import RECIPES

PIXELS = LossWeights(perceptual=0, style_out=0, style_comp=0)
NAMES = ["valid", "hole", "perceptual", "style_out", "style_comp", "tv"]


class TwoFeatures(nn.Module):
    """Two layers that can be computed by hand: the channels, and their squares on every second pixel."""

    def forward(self, images):
        return {"first": images, "second": images[:, :2, ::2, ::2] ** 2}


def case(seed=0, n=2, size=(5, 4), known=0.5):
    generator = torch.Generator().manual_seed(seed)
    output, target = torch.rand(2, n, 3, *size, generator=generator)
    return output, target, (torch.rand(n, 1, *size, generator=generator) < known).float()


def by_hand(output, target, mask):
    """The six terms, literally, in float64 loops over pictures."""
    terms = dict.fromkeys(NAMES, 0.0)
    for out, gt, m in zip(*(t.double().numpy() for t in (output, target, mask)), strict=True):
        comp = np.where(m == 1, gt, out)
        c, h, w = gt.shape
        size = c * h * w
        terms["valid"] += abs(m * (out - gt)).sum() / size
        terms["hole"] += abs((1 - m) * (out - gt)).sum() / size
        for psi in (lambda image: image, lambda image: image[:2, ::2, ::2] ** 2):
            features = {name: psi(image) for name, image in (("out", out), ("comp", comp), ("gt", gt))}
            for name in ("out", "comp"):
                terms["perceptual"] += abs(features[name] - features["gt"]).sum() / features["gt"].size
                cp, hp, wp = features["gt"].shape
                gram = {k: f.reshape(cp, -1) @ f.reshape(cp, -1).T for k, f in features.items()}
                k_p = 1 / (cp * hp * wp)
                terms[f"style_{name}"] += abs(k_p * (gram[name] - gram["gt"])).sum() / cp**2
        region = np.zeros((h, w), bool)
        for i in range(h):
            for j in range(w):
                region[i, j] = (m[0, max(0, i - 1) : i + 2, max(0, j - 1) : j + 2] == 0).any()
        for i in range(h):
            for j in range(w):
                if j + 1 < w and region[i, j] and region[i, j + 1]:
                    terms["tv"] += abs(comp[:, i, j + 1] - comp[:, i, j]).sum() / size
                if i + 1 < h and region[i, j] and region[i + 1, j]:
                    terms["tv"] += abs(comp[:, i + 1, j] - comp[:, i, j]).sum() / size
    return {name: value / len(output) for name, value in terms.items()}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("known", [0.0, 0.5, 0.9, 2.0])
def test_every_term_equals_numpy(seed, known):
    arguments = case(seed, known=known)
    total, terms = InpaintingLoss(LossWeights(), TwoFeatures())(*arguments)
    wanted = by_hand(*arguments)
    assert list(terms) == NAMES
    for name in NAMES:
        assert terms[name].item() == pytest.approx(wanted[name], rel=1e-5, abs=1e-9), name
    weights = {"valid": 1, "hole": 6, "perceptual": 0.05, "style_out": 120, "style_comp": 120, "tv": 0.1}
    assert total.item() == pytest.approx(sum(weights[name] * wanted[name] for name in NAMES), rel=1e-5)


def test_the_truth_costs_nothing():
    _, target, mask = case(size=(16, 16))
    loss = InpaintingLoss(LossWeights(tv=0))
    total, terms = loss(target, target, mask)
    assert total == 0 and all(term == 0 for term in terms.values()) and "tv" not in terms


def test_total_variation_of_flat_pictures_and_ramps():
    mask = torch.ones(1, 1, 8, 8)
    mask[..., 3:5, 3:5] = 0  # R is 4 by 4: 12 pairs across, 12 down
    flat = torch.full((1, 3, 8, 8), 0.7)
    assert tv_loss(flat, mask) == 0
    ramp = torch.arange(8.0)[:, None].expand(1, 3, 8, 8)
    assert tv_loss(ramp, mask).item() == pytest.approx(3 * 12 / (3 * 64))
    assert tv_loss(ramp.mT, mask).item() == pytest.approx(3 * 12 / (3 * 64))
    far = flat.clone()
    far[..., 0, 0] = 5.0  # outside R
    assert tv_loss(far, mask) == 0
    assert tv_loss(ramp, torch.ones(1, 1, 8, 8)) == 0  # no hole, no region


def test_the_hole_term_shrinks_with_the_hole_unless_it_is_divided_by_it():
    """The same error of 0.25 per hole pixel: 1/4 or 1/16 of the picture is hole."""
    target = torch.zeros(1, 3, 8, 8)
    output = target + 0.25
    for side, share in ((4, 1 / 4), (2, 1 / 16)):
        mask = torch.ones(1, 1, 8, 8)
        mask[..., :side, :side] = 0
        assert hole_loss(output, target, mask).item() == pytest.approx(0.25 * share)
        assert hole_loss(output, target, mask, per_hole=True).item() == pytest.approx(0.25)
        loss = InpaintingLoss(PIXELS, per_hole=True)
        assert loss(output, target, mask)[1]["hole"].item() == pytest.approx(0.25)
    assert hole_loss(output, target, torch.ones(1, 1, 8, 8), per_hole=True) == 0
    both = torch.cat([mask, torch.ones_like(mask)])  # per picture, then the mean: the second has no hole
    assert hole_loss(output.repeat(2, 1, 1, 1), target.repeat(2, 1, 1, 1), both, per_hole=True).item() == pytest.approx(
        0.125
    )


def test_gram_matrices():
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]])  # C 2, H 1, W 2
    assert torch.allclose(gram_matrix(features), torch.tensor([[[5.0, 11.0], [11.0, 25.0]]]) / 4)
    shuffled = torch.rand(1, 4, 6, 6)
    order = torch.randperm(36)
    moved = shuffled.flatten(2)[:, :, order].reshape(1, 4, 6, 6)
    assert torch.allclose(gram_matrix(shuffled), gram_matrix(moved), atol=1e-6)  # does not depend on positions
    assert style_loss(shuffled, moved) < 1e-6
    # K_p: the same texture on a larger picture has the same matrix.
    assert torch.allclose(gram_matrix(shuffled), gram_matrix(shuffled.repeat(1, 1, 2, 2)), atol=1e-6)


def test_gradients_flow_to_the_output_alone():
    output, target, mask = case(size=(16, 16))
    for tensor in (output, target, mask):
        tensor.requires_grad_()
    loss = InpaintingLoss()
    total, terms = loss(output, target, mask)
    total.backward()
    assert output.grad.abs().sum() > 0 and target.grad is None and mask.grad is None
    assert all(p.grad is None for p in loss.parameters()) and not any(term.requires_grad for term in terms.values())


@pytest.mark.parametrize("term, in_hole, in_valid", [(valid_loss, False, True), (hole_loss, True, False)])
def test_pixel_terms_pull_on_their_pixels_only(term, in_hole, in_valid):
    output, target, mask = case()
    output.requires_grad_()
    term(output, target, mask).backward()
    moved = (output.grad != 0).any(1, keepdim=True)
    assert torch.equal(moved, (mask == 0) if in_hole else (mask == 1)) and in_hole != in_valid


def test_composed_terms_leave_valid_pixels_alone():
    output, target, mask = case(size=(16, 16))
    output.requires_grad_()
    for weights in (LossWeights(0, 0, 0, 0, 1, 0), LossWeights(0, 0, 0, 0, 0, 1)):  # style_comp, tv
        output.grad = None
        InpaintingLoss(weights)(output, target, mask)[0].backward()
        assert (output.grad * mask).abs().sum() == 0 and output.grad.abs().sum() > 0


def test_nan_where_it_cannot_matter():
    """What a network writes on valid pixels must not spoil the composed terms; select and where see to it."""
    output, target, mask = case()
    assert torch.isfinite(hole_loss(output.masked_fill(mask == 1, float("nan")), target, mask))
    assert torch.isfinite(valid_loss(output.masked_fill(mask == 0, float("nan")), target, mask))


def test_autocast_and_channels_last():
    output, target, mask = case(size=(32, 32))
    loss = InpaintingLoss()
    total, _ = loss(output, target, mask)
    turned = [t.contiguous(memory_format=torch.channels_last) for t in (output, target, mask)]
    assert loss(*turned)[0].item() == pytest.approx(total.item(), rel=1e-4)
    output.requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half, half_terms = loss(output.bfloat16(), target, mask)
    assert half.dtype == torch.float32 and half.item() == pytest.approx(total.item(), rel=0.05)
    assert half_terms["valid"].dtype == torch.float32
    half.backward()
    assert output.grad.isfinite().all()


def test_the_targets_features_are_computed_once():
    class Counting(TwoFeatures):
        pictures = 0

        def forward(self, images):
            self.pictures += len(images)
            return super().forward(images)

    features = Counting()
    InpaintingLoss(LossWeights(), features)(*case(n=2))
    assert features.pictures == 2 * 3  # output, composed and target, once each


def test_features_are_not_loaded_where_they_are_not_used():
    assert InpaintingLoss(PIXELS).features is None
    assert isinstance(InpaintingLoss().features, VGGFeatures)
    assert list(InpaintingLoss(PIXELS)(*case())[1]) == ["valid", "hole", "tv"]


COMPUTED_BY = {"valid": "valid_loss", "hole": "hole_loss", "perceptual": "perceptual_loss", "tv": "tv_loss"}
COMPUTED_BY |= {"style_out": "style_loss", "style_comp": "style_loss"}


@pytest.mark.parametrize("name", NAMES)
def test_a_term_without_weight_is_not_computed(name, monkeypatch):
    """The other terms are the same as with all terms, to the bit."""
    output, target, mask = case(size=(16, 16))
    _, all_terms = InpaintingLoss(LossWeights(), TwoFeatures())(output, target, mask)
    weights = replace(LossWeights(), **{name: 0, **({"style_out": 0, "style_comp": 0} if "style" in name else {})})
    monkeypatch.setattr(losses, COMPUTED_BY[name], lambda *_: pytest.fail("it was computed"))
    total, terms = InpaintingLoss(weights, TwoFeatures())(output, target, mask)
    assert list(terms) == list(weights.used()) and name not in terms
    assert all(torch.equal(terms[other], all_terms[other]) for other in terms)
    assert torch.equal(total, sum(weight * all_terms[other] for other, weight in weights.used().items()))


@pytest.mark.parametrize("name, other", [("style_out", "style_comp"), ("style_comp", "style_out")])
def test_one_style_term_without_the_other(name, other):
    _, both = InpaintingLoss(LossWeights(), TwoFeatures())(*case())
    total, terms = InpaintingLoss(LossWeights.only(**{name: 2.0}), TwoFeatures())(*case())
    assert list(terms) == [name] and torch.equal(terms[name], both[name]) and not torch.equal(both[name], both[other])
    assert torch.equal(total, 2.0 * both[name])


def test_recipes_with_pixel_terms_name_the_terms_that_are_on():
    """`LossWeights.only` also turns off a term that is added to the loss later."""
    assert RECIPES["l1"].loss == LossWeights(1, 6, 0, 0, 0, 0) == LossWeights.only(valid=1, hole=6)

    @dataclass(frozen=True)
    class WithAnother(LossWeights):
        edges: float = 3.0

    assert WithAnother.only(valid=1).used() == {"valid": 1}


def test_the_shipped_balance_is_what_its_rule_gives():
    """A third of the pictures behind `HED_WEIGHTS`: the same within a fifth."""
    loss, sums, count = InpaintingLoss(LossWeights()), dict.fromkeys(NAMES, 0.0), 0
    for number, name in list(enumerate(photo_names("train")[::4]))[::3]:
        photo = load_photo(name, size=128)
        for bin_, ratio in enumerate(RATIO_BINS):
            mask = irregular_mask(128, ratio, rng=np.random.default_rng(100 * number + bin_))
            pictures = (inpaint(photo, mask, "navier-stokes"), photo)
            output, target = (torch.from_numpy(p).permute(2, 0, 1)[None] for p in pictures)
            _, terms = loss(output, target, torch.from_numpy(mask)[None, None])
            sums = {key: sums[key] + terms[key].item() for key in NAMES}
            count += 1
    found = balanced_weights({key: value / count for key, value in sums.items()})
    assert HED_WEIGHTS.perceptual == pytest.approx(found.perceptual, rel=0.2)
    assert HED_WEIGHTS.style_out == HED_WEIGHTS.style_comp == pytest.approx(found.style_out, rel=0.2)
    assert (HED_WEIGHTS.valid, HED_WEIGHTS.hole, HED_WEIGHTS.tv) == (1, 6, 0.1)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: InpaintingLoss(features=None), "give VGGFeatures"),
        (lambda: InpaintingLoss(LossWeights.only()), "every weight of the loss is 0"),
        (
            lambda: InpaintingLoss(PIXELS)(torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 9), torch.ones(1, 1, 8, 8)),
            "target",
        ),
        (lambda: InpaintingLoss(PIXELS)(torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8), torch.ones(1, 8, 8)), "mask"),
        (lambda: InpaintingLoss(PIXELS)(*[torch.rand(1, 3, 8, 8)] * 3), "give"),
    ],
)
def test_errors_say_what_to_do(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_agrees_with_the_cpu():
    arguments = case(size=(64, 64))
    loss = InpaintingLoss()
    total, _ = loss(*arguments)
    with torch.autocast("cuda", dtype=torch.float16):
        half, _ = loss.cuda()(*(t.cuda() for t in arguments))
    assert half.item() == pytest.approx(total.item(), rel=0.02)


def test_gradient_norms_by_hand():
    """Of 12 values, 9 are valid and have the gradient 1/12, and 3 are in the hole and have 6/12."""
    loss = InpaintingLoss(LossWeights.only(valid=1, hole=6), features=None)
    target, mask = torch.zeros(1, 3, 2, 2), torch.tensor([[[[1.0, 1.0], [1.0, 0.0]]]])
    assert losses.gradient_norms(loss, target + 0.5, target, mask) == pytest.approx(
        {"valid": 9**0.5 / 12, "hole": 3**0.5 * 6 / 12}
    )


@pytest.mark.parametrize("per_hole", [False, True])
def test_gradient_norms_are_those_of_the_terms_alone(per_hole):
    torch.manual_seed(0)
    output, target = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    mask = (torch.rand(2, 1, 32, 32) > 0.5).float()
    loss = InpaintingLoss(per_hole=per_hole)
    found = losses.gradient_norms(loss, output, target, mask)
    assert list(found) == NAMES
    for name, norm in found.items():
        # The norm of one term is what is left if the gradients of all other terms are subtracted from the whole.
        others = replace(loss.weights, **{name: 0})
        whole, rest = (
            torch.autograd.grad(InpaintingLoss(weights, loss.features, per_hole)(leaf, target, mask)[0], leaf)[0]
            for weights in (loss.weights, others)
            for leaf in (output.clone().requires_grad_(),)
        )
        assert (whole - rest).norm().item() == pytest.approx(norm, rel=1e-2)
    assert output.grad is None

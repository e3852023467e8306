"""The losses of contextual attention: distances, discounted L1, gradient penalty, and the critics' push."""

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from pconv_edu.nn.attention_critic import WassersteinCritics, distance_to_valid, slope_penalty
from pconv_edu.nn.attention_network import AttentionNetwork, Stages
from pconv_edu.nn.local_patch import crop, patch_at

SIZE = 48


@pytest.fixture
def critics():
    torch.manual_seed(0)
    return WassersteinCritics(SIZE, width=4)


def batch(n=2, seed=0):
    """Return images, fills and masks. The holes are rectangles of different sizes and places."""
    generator = torch.Generator().manual_seed(seed)
    masks = torch.ones(n, 1, SIZE, SIZE)
    for number, mask in enumerate(masks):
        mask[0, 3 + 9 * number : 20 + 9 * number, 5 : 30 - 2 * number] = 0
    images, noise = torch.rand(2, n, 3, SIZE, SIZE, generator=generator)
    return images, torch.where(masks.bool(), images, noise), masks


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


class Linear(nn.Module):
    """A critic whose score is Σ w x: its slope is w everywhere."""

    def __init__(self, side, seed):
        super().__init__()
        self.w = nn.Parameter(0.05 * torch.randn(3, side, side, generator=generator(seed)))

    def forward(self, pictures):
        return (self.w * pictures).sum((1, 2, 3))


@pytest.fixture
def linear(critics):
    critics.whole, critics.local = Linear(SIZE, 1), Linear(SIZE // 2, 2)
    return critics


class FixedStages(nn.Module):
    """Stands in for the network: its coarse and refined fills are given."""

    def __init__(self, coarse, refined):
        super().__init__()
        self.fills = Stages(coarse, refined, None)

    def stages(self, image, mask):
        return self.fills


# Distances


def masks_for_distances():
    rng = np.random.default_rng(0)
    rectangle, corner, one_pixel = np.ones((3, 40, 30), bool)
    rectangle[5:30, 8:19] = False
    corner[:25, 12:] = False
    one_pixel[:] = False
    one_pixel[7, 29] = True
    return [rectangle, corner, one_pixel, rng.random((40, 30)) < 0.1]


@pytest.mark.parametrize("number", range(4))
def test_distances_equal_opencvs(number):
    mask = masks_for_distances()[number]
    expected = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)
    np.testing.assert_array_equal(distance_to_valid(torch.from_numpy(mask)[None, None])[0, 0], expected)


def test_distances_of_a_batch_without_a_valid_pixel():
    masks = torch.zeros(2, 1, 5, 9)
    masks[1] = 1
    distance = distance_to_valid(masks)
    assert distance[0].eq(9).all() and distance[1].eq(0).all()


# Reconstruction


def test_reconstruction_by_hand(critics):
    images, _, masks = batch()
    coarse, refined = 2 * torch.rand(2, *images.shape, generator=generator(1)) - 0.5  # also outside [0, 1]
    loss, fake, terms = critics.reconstruction(FixedStages(coarse, refined), images, masks)
    true, coarse, refined, hole = (x.double().numpy() for x in (images, coarse, refined, 1 - masks))
    distance = np.stack([cv2.distanceTransform(m[0].astype(np.uint8), cv2.DIST_C, 3) for m in hole])[:, None]
    weight = np.where(hole, (0.99 ** (256 / SIZE)) ** distance, 0.25)
    expected = 1.2 * np.mean(weight * (np.abs(refined - true) + 1.2 * np.abs(coarse - true)))
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(fake, np.where(hole, refined.clip(0, 1), true), atol=1e-7)
    for name, fill in (("hole", refined), ("hole_coarse", coarse)):
        errors = [np.abs(f.clip(0, 1) - t)[:, h[0] > 0].mean() for f, t, h in zip(fill, true, hole, strict=True)]
        assert terms[name].item() == pytest.approx(np.mean(errors), rel=1e-5)
        assert terms[name].shape == () and not terms[name].requires_grad


def test_what_a_hole_contains_matters_to_the_loss_alone(critics):
    """The true content of the hole is compared with the fill, but the network does not see it."""
    images, other, masks = batch()
    torch.manual_seed(0)
    network = AttentionNetwork(width=2)
    (loss, fake, _), (other_loss, other_fake, _) = (
        critics.reconstruction(network, pictures, masks) for pictures in (images, other)
    )
    assert torch.equal(fake, other_fake) and loss != other_loss


def test_reconstruction_without_gradients(critics):
    images, _, masks = batch()
    with torch.no_grad():
        loss, fake, _ = critics.reconstruction(AttentionNetwork(width=2), images, masks)
    assert not loss.requires_grad and not fake.requires_grad


def test_discount_grows_for_small_pictures():
    assert WassersteinCritics(256, 1).discount == 0.99
    assert WassersteinCritics(64, 1).discount == pytest.approx(0.99**4)


# Gradients reach the parameters of their own phase, and no others


def test_reconstruction_teaches_the_network(critics):
    images, _, masks = batch()
    torch.manual_seed(0)
    network = AttentionNetwork(width=4)
    critics.reconstruction(network, images, masks)[0].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    assert all(p.grad is None for p in critics.parameters())


def test_critic_loss_teaches_the_critics(critics):
    images, fake, masks = batch()
    fake.requires_grad_()
    critics.critic_loss(images, fake.detach(), masks, generator())[0].backward()
    without = [name for name, p in critics.named_parameters() if p.grad is None or p.grad.abs().sum() == 0]
    assert without == [] and fake.grad is None


def test_push_teaches_nothing_by_itself(critics):
    images, fake, masks = batch()
    push, _ = critics.push(images, fake.requires_grad_(), masks)
    assert not push.requires_grad and fake.grad is None
    assert all(p.grad is None for p in critics.parameters())


# Critics


def test_critic_loss_of_linear_critics_by_hand(linear):
    images, fake, masks = batch()
    loss, terms = linear.critic_loss(images, fake, masks, generator())
    corners = patch_at(masks, SIZE // 2)
    expected = gap = penalty = 0.0
    for critic, cut in ((linear.whole, lambda x: x), (linear.local, lambda x: crop(x, corners, SIZE // 2))):
        w, real, filled, hole = (
            x.detach().double().numpy() for x in (critic.w, cut(images), cut(fake), 1 - cut(masks))
        )
        scores = (w * real).sum((1, 2, 3))
        gap += np.mean(scores - (w * filled).sum((1, 2, 3)))
        slopes = np.sqrt(((w * hole) ** 2).sum((1, 2, 3)))
        penalty += np.mean((slopes - 1) ** 2)
        expected += 1e-3 * np.mean(scores**2)
    assert terms["critic"].item() == pytest.approx(gap, rel=1e-4)
    assert terms["penalty"].item() == pytest.approx(penalty, rel=1e-4)
    assert loss.item() == pytest.approx(expected - gap + 10 * penalty, rel=1e-4)


def test_slope_penalty_equals_finite_differences(critics):
    """Its value depends on the slope of the critic, and its gradient on how a parameter changes that slope."""
    critic = critics.whole.double()
    pictures, _, masks = (x.double() for x in batch())
    penalty = slope_penalty(critic, pictures, masks)
    step, slopes = 1e-6, []
    for picture, hole in zip(pictures.split(1), (1 - masks).split(1), strict=True):
        picture.requires_grad_()
        gradient = torch.autograd.grad(critic(picture).sum(), picture)[0] * hole
        steepest = step * gradient / gradient.norm()
        slopes.append((critic(picture + steepest) - critic(picture - steepest)).item() / (2 * step))
    assert penalty.item() == pytest.approx(np.mean([(slope - 1) ** 2 for slope in slopes]), rel=1e-3)

    weight = critic.layers[0].weight
    (gradient,) = torch.autograd.grad(penalty, weight)
    around = []
    for change in (step, -step):
        with torch.no_grad():
            weight[1, 2, 3, 4] += change
            around.append(slope_penalty(critic, pictures, masks).item())
            weight[1, 2, 3, 4] -= change
    assert gradient[1, 2, 3, 4].item() == pytest.approx((around[0] - around[1]) / (2 * step), rel=1e-3)


def test_real_and_filled_pictures_are_cut_at_the_same_place(critics):
    images, fake, masks = batch()
    seen = []
    critics.local.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    critics.critic_loss(images, fake, masks, generator())
    corners = patch_at(masks, SIZE // 2)
    assert torch.equal(seen[0], torch.cat([crop(images, corners, SIZE // 2), crop(fake, corners, SIZE // 2)]))


def test_the_generator_is_the_only_source_of_randomness(critics):
    images, fake, masks = batch()
    losses = []
    for seed, other in ((0, 0), (0, 1), (1, 0)):
        torch.manual_seed(other)
        losses.append(critics.critic_loss(images, fake, masks, generator(seed))[0].item())
    assert losses[0] == losses[1] != losses[2]


def test_learning_critics_tell_fills_from_pictures(critics):
    images, fake, masks = batch()
    gaps = []
    for step in range(8):
        loss, terms = critics.critic_loss(images, fake, masks, generator(step))
        parameters = [*critics.parameters()]
        for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            parameter.data -= 1e-3 * gradient.sign()
        gaps.append(terms["critic"].item())
    assert gaps[-1] > gaps[0] + 0.1


# Push


def test_push_of_linear_critics_by_hand(linear):
    images, fake, masks = batch()
    push, terms = linear.push(images, fake, masks)
    top, left = patch_at(masks, SIZE // 2)
    expected = np.zeros(fake.shape)
    for number, hole in enumerate(1 - masks.numpy()):
        local = np.zeros(fake.shape[1:])
        rows, columns = (slice(start[number], start[number] + SIZE // 2) for start in (top, left))
        local[:, rows, columns] = linear.local.w.detach()
        for w in (linear.whole.w.detach().numpy(), local):
            gradient = -w * hole
            expected[number] += gradient * min(1, 1.5 / np.linalg.norm(gradient)) * 1e-3 / 2
    np.testing.assert_allclose(push, expected, atol=1e-9)
    scores = linear.whole(fake) + linear.local(crop(fake, (top, left), SIZE // 2))
    assert terms["adversarial"].item() == pytest.approx(-scores.mean().item(), rel=1e-4)


@pytest.mark.parametrize("factor", [1e-3, 1e6, float("inf")])
def test_push_is_short_and_finite(critics, factor):
    images, fake, masks = batch()
    with torch.no_grad():
        for critic in (critics.whole, critics.local):
            critic.score.weight *= factor
    push, _ = critics.push(images, fake, masks)
    assert push.isfinite().all()
    assert (push * masks).eq(0).all()
    assert push.flatten(1).norm(dim=1).max() <= 2 * 1.5 * 1e-3 / 2 * 1.0001


def test_a_step_against_the_push_raises_the_scores(critics):
    images, fake, masks = batch()
    push, before = critics.push(images, fake, masks)
    _, after = critics.push(images, fake - 100 * push, masks)
    assert after["adversarial"] < before["adversarial"]


# Numbers and sizes


def test_losses_are_float32_under_autocast(critics):
    images, _, masks = batch()
    network = AttentionNetwork(width=2)
    with torch.autocast("cpu", torch.bfloat16):
        loss, fake, _ = critics.reconstruction(network, images, masks)
        critic_loss, _ = critics.critic_loss(images, fake.detach(), masks, generator())
        push, _ = critics.push(images, fake, masks)
        assert critics.whole(images).dtype == torch.float32
    (loss + (push * fake).sum()).backward()
    critic_loss.backward()
    assert {loss.dtype, fake.dtype, critic_loss.dtype, push.dtype} == {torch.float32}
    assert all(p.grad.isfinite().all() for p in [*network.parameters(), *critics.parameters()])


@pytest.mark.parametrize("of_pictures, of_masks", [(64, 48), (48, 64), (64, 64)])
def test_pictures_of_another_size(critics, of_pictures, of_masks):
    pictures, masks = torch.zeros(1, 3, of_pictures, of_pictures), torch.ones(1, 1, of_masks, of_masks)
    with pytest.raises(ValueError, match=r"give \(1, 3, 48, 48\)"):
        critics.reconstruction(AttentionNetwork(width=2), pictures, masks)
    with pytest.raises(ValueError, match=r"give \(1, 3, 48, 48\)"):
        critics.critic_loss(pictures, pictures, masks, generator())
    with pytest.raises(ValueError, match=r"give \(1, 3, 48, 48\)"):
        critics.push(pictures, pictures, masks)


@pytest.mark.parametrize("size, width", [(16, 4), (40, 4), (48.0, 4), (48, 0), (48, "4")])
def test_impossible_settings(size, width):
    with pytest.raises(ValueError, match="multiple of 16"):
        WassersteinCritics(size, width)

"""The critic of GLCIC: which gradients flow where, what a push may do, and that steps can be repeated."""

import math

import pytest
import torch
import torch.nn.functional as F

from pconv_edu.nn.fast_ops import select
from pconv_edu.nn.glcic import GLCIC
from pconv_edu.nn.glcic_critic import LARGEST_WEIGHT, SHARE, GlobalLocalCritic, weight_of
from pconv_edu.nn.local_patch import patch_at

SIZE = 32


def some_critic(size=SIZE, width=4):
    """A critic whose logits and their gradients are not tiny, in eval mode."""
    torch.manual_seed(0)
    critic = GlobalLocalCritic(size, width)
    with torch.no_grad():
        critic.join.weight.mul_(30)
    return critic.eval()


def some_network():
    torch.manual_seed(1)
    return GLCIC(width=4)


def case(n=3, size=SIZE):
    """True pictures, filled pictures and masks with one rectangle each, all in different places."""
    generator = torch.Generator().manual_seed(0)
    masks = torch.ones(n, 1, size, size)
    for number, mask in enumerate(masks):
        mask[0, 4 + 7 * number : 14 + 7 * number, 18 - 8 * number : 26 - 8 * number] = 0
    images, other = torch.rand(2, n, 3, size, size, generator=generator)
    return images, torch.where(masks.bool(), images, other), masks


def generator():
    return torch.Generator().manual_seed(0)


def state_of(module):
    return {key: value.clone() for key, value in module.state_dict().items()}


def same_state(module, before):
    return all(torch.equal(value, before[key]) for key, value in module.state_dict().items())


# The critic


def test_branches_of_the_paper():
    """The global branch sees 256² and the local one 128²; both halve down to 4² and give 1024 values."""
    critic = GlobalLocalCritic(256, 64)
    for branch, channels in ((critic.whole, [64, 128, 256, 512, 512, 512]), (critic.local, [64, 128, 256, 512, 512])):
        assert [layer.out_channels for layer in branch.convolutions] == channels
        assert {(*layer.kernel_size, *layer.stride, *layer.padding) for layer in branch.convolutions} == {
            (5, 5, 2, 2, 2, 2)
        }
        assert (branch.linear.in_features, branch.linear.out_features) == (512 * 4 * 4, 1024)
    assert (critic.join.in_features, critic.join.out_features) == (2048, 1)


@pytest.mark.parametrize("size", [32, 48, 80])
def test_any_multiple_of_16(size):
    critic = some_critic(size)
    _, fake, masks = case(size=size)
    logits = critic(fake, patch_at(masks, critic.side))
    assert critic.side == size // 2 and logits.shape == (3,) and logits.isfinite().all()


def test_logit_depends_on_both_branches():
    critic = some_critic()
    _, fake, _ = case(n=1)
    corners = torch.tensor([0]), torch.tensor([0])
    logit = critic(fake, corners)
    moved = critic(fake, (torch.tensor([9]), torch.tensor([5])))  # the same picture, another patch
    far = fake.clone()
    far[:, :, 25:, 25:] = 0  # another picture, the same patch
    assert abs(moved - logit) > 1e-3 and abs(critic(far, corners) - logit) > 1e-3
    assert torch.equal(far[:, :, :16, :16], fake[:, :, :16, :16])


def test_logit_is_one_linear_layer_over_both_branches():
    critic = some_critic()
    _, fake, _ = case(n=1)
    whole, local = critic.whole(2 * fake - 1), critic.local(2 * fake[:, :, 3:19, 7:23] - 1)
    weights = critic.join.weight[0].chunk(2)
    expected = whole[0] @ weights[0] + local[0] @ weights[1] + critic.join.bias[0]
    assert torch.allclose(critic(fake, (torch.tensor([3]), torch.tensor([7]))), expected, atol=1e-5)


def test_branch_written_out():
    """Leaky ReLU after each layer, and weights that are divided by their largest singular value."""
    branch = some_critic().local
    x = torch.rand(2, 3, 16, 16)
    y = x
    for layer in branch.convolutions:
        raw = layer.parametrizations.weight.original
        sigma = torch.linalg.matrix_norm(raw.flatten(1), 2)
        y = F.leaky_relu(F.conv2d(y, raw / sigma, layer.bias, stride=2, padding=2), 0.2)
    raw = branch.linear.parametrizations.weight.original
    y = F.leaky_relu(F.linear(y.flatten(1), raw / torch.linalg.matrix_norm(raw, 2), branch.linear.bias), 0.2)
    assert torch.allclose(branch(x), y, rtol=0.1, atol=0.02)  # singular values are estimates


def test_every_layer_of_the_branches_has_spectral_norm_one():
    critic = some_critic().train()
    for _ in range(50):  # each reading in training improves the estimate
        weights = [weight_of(layer) for branch in (critic.whole, critic.local)
                   for layer in (*branch.convolutions, branch.linear)]  # fmt: skip
    assert len(weights) == 3 + 1 + 2 + 1
    for weight in weights:
        assert torch.linalg.matrix_norm(weight.flatten(1), 2).item() == pytest.approx(1, abs=0.05)


def test_half_precision_changes_neither_weights_nor_estimates():
    critic = some_critic().train()
    before = state_of(critic)
    full = weight_of(critic.whole.linear)
    after = state_of(critic)
    critic.load_state_dict(before)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(weight_of(critic.whole.linear), full)
        assert critic(case()[1], patch_at(case()[2], 16)).dtype == torch.float32
    critic.load_state_dict(before)
    assert not same_state(critic, after)  # the reading above was in training mode


@pytest.mark.parametrize("size, width", [(16, 4), (40, 4), (64.0, 4), (True, 4), (32, 0), (32, 2.5), (32, True)])
def test_size_and_width_are_checked(size, width):
    with pytest.raises(ValueError, match=r"give a (multiple of 16|whole number)"):
        GlobalLocalCritic(size, width)


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"give \(N, 3, 32, 32\)"):
        some_critic()(torch.rand(1, 3, 48, 48), (torch.tensor([0]), torch.tensor([0])))


# The step of the network


def test_reconstruction_reaches_every_parameter_of_the_network():
    images, _, masks = case()
    critic, network = some_critic(), some_network()
    loss, fake, _ = critic.reconstruction(network, images, masks)
    loss.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.any(), name
    assert all(parameter.grad is None for parameter in critic.parameters())
    assert fake.dtype == torch.float32 and torch.equal(fake, network(images, masks))


def test_reconstruction_is_the_mean_squared_error_in_the_hole():
    images, fake, masks = case()
    masks[1] = 1  # one picture without a hole
    loss, _, terms = some_critic().reconstruction(lambda images, masks: fake, images, masks)
    errors = (fake - images)[(masks == 0).expand_as(images)]
    assert loss.item() == pytest.approx(errors.square().mean().item(), rel=1e-5)
    assert terms["squared"] == loss and terms.keys() == {"squared", "hole"}
    per_picture = [(fake - images)[n][:, masks[n, 0] == 0].abs().mean().item() for n in (0, 2)]
    assert terms["hole"].item() == pytest.approx(sum(per_picture) / 3, rel=1e-5)  # without a hole: 0


def test_reconstruction_without_any_hole_is_0():
    images, _, masks = case()
    loss, fake, terms = some_critic().reconstruction(some_network(), images, torch.ones_like(masks))
    assert loss == terms["hole"] == 0 and torch.equal(fake, images)


def test_reconstruction_without_gradients():
    images, _, masks = case()
    critic, network = some_critic(), some_network().eval()
    with torch.no_grad():
        loss, fake, _ = critic.reconstruction(network, images, masks)
    assert not loss.requires_grad and not fake.requires_grad
    assert torch.equal(fake, critic.reconstruction(network, images, masks)[1])


def test_push_is_the_gradient_of_the_weighted_adversarial_loss():
    images, fake, masks = case()
    critic = some_critic()
    push, terms = critic.push(images, fake, masks)
    leaf = fake.clone().requires_grad_()
    loss = F.softplus(-critic(leaf, patch_at(masks, 16))).mean()
    (gradient,) = torch.autograd.grad(loss, leaf)
    gradient = select(gradient, masks == 0)
    assert torch.allclose(push, terms["adversarial_weight"] * gradient, rtol=1e-4, atol=1e-10)
    assert terms["adversarial"].item() == pytest.approx(loss.item())
    after = critic(fake - push * (1e-2 / push.norm()), patch_at(masks, 16))
    assert (after > critic(fake, patch_at(masks, 16))).all()  # downhill, pictures look more real


def test_push_is_a_fixed_share_of_the_gradient_of_the_reconstruction():
    images, fake, masks = case()
    critic = some_critic()
    with torch.no_grad():
        critic.join.weight.mul_(1e3)  # a steep critic, which needs little weight
        critic.join.bias.fill_(-1e5)  # and which takes no picture for real
    leaf = fake.clone().requires_grad_()
    loss, _, _ = critic.reconstruction(lambda images, masks: leaf, images, masks)
    (gradient,) = torch.autograd.grad(loss, leaf)
    push, terms = critic.push(images, fake, masks)
    assert push.norm().item() == pytest.approx(SHARE * gradient.norm().item(), rel=1e-4)
    assert terms["adversarial_weight"] < LARGEST_WEIGHT


def test_weight_of_the_adversarial_loss_has_a_limit():
    images, fake, masks = case()
    critic = some_critic()
    with torch.no_grad():
        critic.join.weight.mul_(1e-6)
    push, terms = critic.push(images, fake, masks)
    assert terms["adversarial_weight"].item() == pytest.approx(LARGEST_WEIGHT)
    assert 0 < push.norm() < 1e-6


@pytest.mark.parametrize("training", [False, True])
def test_push_is_detached_and_0_at_valid_pixels(training):
    images, fake, masks = case()
    fake.requires_grad_()
    push, terms = some_critic().train(training).push(images, fake, masks)
    assert not push.requires_grad and not any(term.requires_grad for term in terms.values())
    assert push.shape == fake.shape and push.dtype == torch.float32
    valid = masks.bool().expand_as(push)
    assert not push[valid].any() and push[~valid].all()
    assert fake.grad is None


def test_push_gives_the_critic_no_gradient():
    images, fake, masks = case()
    critic = some_critic().train()
    critic.push(images, fake, masks)
    assert all(parameter.grad is None and parameter.requires_grad for parameter in critic.parameters())


def test_push_leaves_the_state_of_a_critic_in_eval_mode():
    images, fake, masks = case()
    critic = some_critic()
    before = state_of(critic)
    critic.push(images, fake, masks)
    assert same_state(critic, before)
    critic.train().push(images, fake, masks)
    assert not same_state(critic, before)  # spectral norm improves its estimates in training


def test_push_works_where_gradients_are_switched_off():
    images, fake, masks = case()
    critic = some_critic()
    with torch.no_grad():
        push, _ = critic.push(images, fake, masks)
    assert torch.equal(push, critic.push(images, fake, masks)[0])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e38])
@pytest.mark.parametrize("name", ["join.weight", "join.bias", "local.linear.parametrizations.weight.original"])
def test_a_broken_critic_does_not_push(name, value):
    images, fake, masks = case()
    critic = some_critic()
    critic.get_parameter(name).data.view(-1)[0] = value
    push, terms = critic.push(images, fake, masks)
    assert push.isfinite().all() and terms["adversarial_weight"].isfinite()
    if math.isnan(value):
        assert not push.any() and terms["adversarial_weight"] == 0


def test_push_without_an_error_or_without_a_hole_is_0():
    images, _, masks = case()
    critic = some_critic()
    for fake, mask in ((images, masks), (images, torch.ones_like(masks))):
        push, terms = critic.push(images, fake, mask)
        assert not push.any() and terms["adversarial_weight"].isfinite()


# The step of the critic


def test_critic_loss_reaches_every_parameter_of_the_critic():
    images, _, masks = case()
    critic, network = some_critic().train(), some_network()
    fake = network(images, masks)
    critic.critic_loss(images, fake, masks, generator())[0].backward()
    for name, parameter in critic.named_parameters():
        assert parameter.grad.isfinite().all() and parameter.grad.any(), name
    assert all(parameter.grad is None for parameter in network.parameters())


def test_critic_loss_is_logistic():
    """Real pictures have their patch where the next picture has its hole."""
    images, fake, masks = case()
    critic = some_critic()
    real = critic(images, patch_at(masks[[2, 0, 1]], 16))
    filled = critic(fake, patch_at(masks, 16))
    loss, terms = critic.critic_loss(images, fake, masks, generator())
    expected = (1 + (-real).exp()).log().mean() + (1 + filled.exp()).log().mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)
    assert terms["critic"] == loss and terms["real"].item() == pytest.approx(real.mean().item(), rel=1e-4)
    assert terms["fake"].item() == pytest.approx(filled.mean().item(), rel=1e-4)
    assert not any(term.requires_grad or term.ndim for term in terms.values())
    elsewhere = critic(images, patch_at(masks, 16))
    assert not torch.allclose(elsewhere.mean(), real.mean(), rtol=1e-4)  # so the patches matter


def test_critic_loss_can_be_repeated():
    images, fake, masks = case()
    critic, source = some_critic().train(), generator()
    before, numbers = state_of(critic), source.get_state()
    torch.manual_seed(5)
    loss = critic.critic_loss(images, fake, masks, source)[0]
    after = state_of(critic)
    critic.load_state_dict(before)
    torch.manual_seed(6)  # no random numbers but the generator's, and none of it are drawn
    assert torch.equal(critic.critic_loss(images, fake, masks, source)[0], loss)
    assert same_state(critic, after) and torch.equal(source.get_state(), numbers)


def test_critic_learns_to_tell_real_from_filled():
    images, fake, masks = case()
    critic = some_critic().train()
    learning = torch.optim.Adam(critic.parameters(), lr=3e-3)
    for _ in range(15):
        loss, terms = critic.critic_loss(images, fake, masks, generator())
        learning.zero_grad()
        loss.backward()
        learning.step()
    assert terms["real"] > 0 > terms["fake"] and loss < 0.7


@pytest.mark.parametrize("training", [False, True])
def test_step_in_bfloat16(training):
    """Sums stay in float32, so half precision changes losses and push only a little."""
    images, _, masks = case()
    results = []
    for enabled in (False, True):
        critic, network = some_critic().train(training), some_network().train(training)
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            loss, fake, terms = critic.reconstruction(network, images, masks)
            critic_loss, more = critic.critic_loss(images, fake.detach(), masks, generator())
            push, rest = critic.push(images, fake, masks)
        for value in (loss, fake, critic_loss, push, *(terms | more | rest).values()):
            assert value.dtype == torch.float32
        critic_loss.backward()
        (loss + (push * fake).sum()).backward()
        results.append((loss, critic_loss, push.norm()))
    assert torch.allclose(torch.stack(results[0]), torch.stack(results[1]), rtol=0.05)

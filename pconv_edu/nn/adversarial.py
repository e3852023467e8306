"""Train a network together with a critic.

The stage of training determines whether the network, the critic or both are updated in a step.
"""

import torch
import torch.distributed as dist
from torch import nn

from .checkpoint import PARTS
from .rival_recipes import RivalRecipe
from .run import Run, move

BETAS = (0.5, 0.99)  # of the optimizers: with less momentum, two networks that learn against each other oscillate less
CRITIC_CLIP = 20.0  # norm to which the critic's gradient is clipped; a gradient penalty makes large ones


class AdversarialRun(Run):
    """Store what changes during the training of a `RivalRecipe`.

    This class adds the critic and its optimizer to the contents of a `Run`. The random numbers of a step depend only on
    the seed and the step, so a resumed run draws the same numbers as an uninterrupted run.
    """

    parts = (*PARTS, "adversary", "critic_optimizer")
    recipe: RivalRecipe

    def prepare(self) -> None:
        """Create the critic and the two optimizers."""
        if dist.is_initialized() and dist.get_world_size() > 1:
            raise ValueError("a network with a critic is trained by one process: start it without torchrun")
        recipe = self.recipe
        self.adversary = recipe.adversary()
        move(self.adversary, self.device)
        self.optimizer, self.critic_optimizer = (
            torch.optim.AdamW(module.parameters(), recipe.rate(0), BETAS, weight_decay=recipe.weight_decay)
            for module in (self.network, self.adversary)
        )

    def set_modes(self) -> None:
        """Put the network in eval mode if only the critic learns, so that its batch norm does not change either."""
        self.network.train(self.stage.learns != "critic")
        self.adversary.train()

    def learn(self, images: torch.Tensor, masks: torch.Tensor) -> dict[str, torch.Tensor]:
        """Update the critic, the network, or first the critic and then the network, as the current stage requires.

        The arguments and the result are as for `one_step`. The term "total" is the reconstruction loss alone.
        """
        learns, rate = self.stage.learns, self.recipe.rate(self.step)
        with self.autocast(), torch.set_grad_enabled(learns != "critic"):
            loss, fake, terms = self.adversary.reconstruction(self.wrapped, images, masks)
        terms = {"total": loss.detach(), **terms}
        if learns != "network":
            with self.autocast():
                critic_loss, more = self.adversary.critic_loss(images, fake.detach(), masks, self._generator())
            self.update(self.critic_optimizer, critic_loss, rate * self.recipe.critic_rate, CRITIC_CLIP)
            terms |= more
        if learns == "both":
            self.adversary.eval()
            with self.autocast():
                push, more = self.adversary.push(images, fake.detach(), masks)
            self.adversary.train()
            loss = loss + (push * fake).sum()  # this adds `push` to the gradient with respect to the filled pictures
            terms |= more
        if learns != "critic":
            self.update(self.optimizer, loss, rate, self.recipe.clip)
        return terms

    def networks(self) -> list[nn.Module]:
        """Return the modules whose weights must stay finite."""
        return [*super().networks(), self.adversary]

    def _generator(self) -> torch.Generator:
        """Return the random number generator for the current step."""
        return torch.Generator(self.device).manual_seed((self.recipe.seed << 32) + self.step)

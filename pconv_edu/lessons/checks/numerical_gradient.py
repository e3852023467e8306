"""Lesson 06: `numerical_gradient(f, x, step) -> tensor` returns the gradient of f at x.

The gradient is computed with central differences, and has the shape of x.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


@dataclass(frozen=True)
class Formula:
    """Store a function with its formula, so that a check can print which function was used."""

    text: str
    code: Callable[[torch.Tensor], torch.Tensor]

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return self.code(x)

    def __str__(self) -> str:
        return self.text


def moved(x: torch.Tensor, index: tuple[int, ...], by: float) -> torch.Tensor:
    """Return a copy of x with the number `by` added to one entry."""
    other = x.clone()
    other[index] += by
    return other


def each(x: torch.Tensor, slope: Callable[[tuple[int, ...]], torch.Tensor]) -> torch.Tensor:
    """Return slope(index) for every entry of x, as a tensor with the shape of x."""
    gradient = torch.zeros_like(x)
    for index in torch.cartesian_prod(*map(torch.arange, x.shape)).reshape(-1, x.ndim):
        place = tuple(int(i) for i in index)
        gradient[place] = slope(place)
    return gradient


def answer(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, step: float) -> torch.Tensor:
    return each(x, lambda at: (f(moved(x, at, step)) - f(moved(x, at, -step))) / (2 * step))


@mistake("f is evaluated on one side only, at x + step and at x. That is less exact. Use x − step instead of x.")
def one_sided(f, x, step):
    return each(x, lambda at: (f(moved(x, at, step)) - f(x)) / step)


@mistake("f is evaluated on one side only, at x and at x − step. Use x + step instead of x.")
def one_sided_below(f, x, step):
    return each(x, lambda at: (f(x) - f(moved(x, at, -step))) / step)


@mistake("the difference is divided by step. The two points are 2 · step apart.")
def twice(f, x, step):
    return 2 * answer(f, x, step)


@mistake("the difference is not divided by the distance between the two points, 2 · step.")
def undivided(f, x, step):
    return 2 * step * answer(f, x, step)


@mistake("the sign is swapped. Take f at x + step minus f at x − step.")
def other_sign(f, x, step):
    return -answer(f, x, step)


@mistake("all entries of x move at once. A gradient moves one entry at a time.")
def all_at_once(f, x, step):
    return torch.full_like(x, (f(x + step) - f(x - step)) / (2 * step))


@mistake("the shape is lost. Return a tensor with the shape of x.")
def flat(f, x, step):
    return answer(f, x, step).flatten()


@mistake("x stays moved after each entry. Move the entry back before the next one, or use x.clone() each time.")
def stays_moved_below(f, x, step):
    """Move each entry of x up and down without moving it back to its original value."""
    x = x.clone()

    def slope(at):
        x[at] += step
        above = f(x)
        x[at] -= 2 * step
        return (above - f(x)) / (2 * step)

    return each(x, slope)


@mistake("you move up by step and then down by step, which is x itself again. Move down by 2 · step.")
def misses_the_centre(f, x, step):
    """Move each entry of x up by one step and then down by only one step, which merely restores its value."""

    def slope(at):
        return (f(moved(x, at, step)) - f(x)) / (2 * step)

    return each(x, slope)


@mistake("the brackets are missing: / 2 * step multiplies by step. Divide by (2 * step).")
def without_brackets(f, x, step):
    return step**2 * answer(f, x, step)


@mistake("the difference is multiplied by the distance 2 · step. Divide by it.")
def multiplied(f, x, step):
    return 4 * step**2 * answer(f, x, step)


@mistake("f is evaluated twice at the same point, so every difference is 0. `down = up` makes no copy: use x.clone().")
def same_point(f, x, step):
    return torch.zeros_like(x)


@mistake("x itself is moved and stays moved: `up = x` makes no copy. Use x.clone().")
def moves_x(f, x, step):
    x = x.clone()

    def slope(at):
        x[at] += step
        return (f(x) - f(moved(x, at, -step))) / (2 * step)

    return each(x, slope)


@mistake("the two values of f are added. Take f at x + step minus f at x − step.")
def added(f, x, step):
    return each(x, lambda at: (f(moved(x, at, step)) + f(moved(x, at, -step))) / (2 * step))


@mistake("you compute the second derivative. The gradient is (f(x + step) − f(x − step)) / (2 · step).")
def second_derivative(f, x, step):
    return each(x, lambda at: (f(moved(x, at, step)) - 2 * f(x) + f(moved(x, at, -step))) / step**2)


@mistake("only half a step is taken to each side, but the difference is divided by 2 · step. Move by step.")
def half_steps(f, x, step):
    return answer(f, x, step / 2) / 2


@mistake("each entry is multiplied by 1 ± step. Add the step: entries differ in size, and may be 0.")
def scaled_entries(f, x, step):
    return each(x, lambda at: (f(moved(x, at, step * x[at])) - f(moved(x, at, -step * x[at]))) / (2 * step))


@mistake.sign(
    "you use autograd, which is exact. The exercise asks for central differences, to test autograd with them."
)
def autograd(attempt):
    """The exact slope of x³ at 1 is 3. Central differences with step 0.5 give 3.25."""
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    return torch.allclose(attempt(Formula("", lambda x: (x**3).sum()), x, 0.5), 3 * x**2)


@mistake.sign("f is never called. A gradient is measured: call f with x moved up, and with x moved down.")
def f_not_called(attempt):
    calls = []
    attempt(lambda x: calls.append(1) or (x**2).sum(), torch.ones(2, dtype=torch.float64), 0.1)
    return not calls


def _tensor(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("f(x) = Σ x²", (Formula("f(x) = Σ x²", lambda x: (x**2).sum()), _tensor(3, seed=0), 0.1)),
        Case("a matrix", (Formula("f(x) = Σ x₁ⱼ · x₂ⱼ", lambda x: (x[0] * x[1]).sum()), _tensor(2, 3, seed=1), 0.1)),
        Case("f(x) = Σ x³", (Formula("f(x) = Σ x³", lambda x: (x**3).sum()), _tensor(4, seed=2), 0.2)),
        Case("f(x) = 5 · x₀", (Formula("f(x) = 5 · x₀", lambda x: 5 * x[0]), _tensor(2, seed=3), 0.1)),
    ),
    mistake.signs,
)

"""Answers to the exercise `numerical_gradient`, right and wrong."""

RIGHT = {
    "loops": """
def f(fun, x, step):
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        up = x.clone()
        up.view(-1)[i] += step
        down = x.clone()
        down.view(-1)[i] -= step
        g.view(-1)[i] = (fun(up) - fun(down)) / (2 * step)
    return g
""",
    "vectorised": """
def f(fun, x, step):
    e = step * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    values = [fun(x + d) - fun(x - d) for d in e]
    return torch.stack(values).reshape(x.shape) / (2 * step)
""",
    "ndindex": """
def f(fun, x, step):
    x = x.clone()
    out = torch.empty(x.shape, dtype=x.dtype)
    for at in np.ndindex(*x.shape):
        old = x[at].item()
        x[at] = old + step
        a = fun(x)
        x[at] = old - step
        b = fun(x)
        x[at] = old
        out[at] = (a - b) / step / 2
    return out
""",
}

WRONG = [
    ("loops", "(fun(up) - fun(down)) / (2 * step)", "(fun(up) - fun(x)) / step", "one side"),
    ("vectorised", "fun(x + d) - fun(x - d) for d in e]", "2 * (fun(x + d) - fun(x)) for d in e]", "one side"),
    ("loops", "(fun(up) - fun(down)) / (2 * step)", "(fun(x) - fun(down)) / step", "one side"),
    ("loops", "/ (2 * step)", "/ step", "2 · step"),
    ("vectorised", "/ (2 * step)", "/ step", "2 · step"),
    ("ndindex", "/ step / 2", "/ step", "2 · step"),
    ("loops", " / (2 * step)", "", "not divided"),
    ("vectorised", "/ (2 * step)", "", "not divided"),
    ("ndindex", "/ step / 2", "/ 2", "step"),
    ("loops", "(2 * step)", "2 * step", "brackets|\\(2 · step\\)|multipl"),
    ("loops", "fun(up) - fun(down)", "fun(down) - fun(up)", "sign"),
    ("ndindex", "(a - b)", "(b - a)", "sign"),
    (
        "vectorised",
        "fun(x + d) - fun(x - d) for d in e]",
        "fun(x + step) - fun(x - step) for d in e]",
        "all entries of x move",
    ),
    ("vectorised", ".reshape(x.shape) /", " /", "shape"),
    ("loops", "g = torch.zeros_like(x)", "g = torch.zeros(x.numel(), dtype=x.dtype)", "shape"),
    ("ndindex", "        x[at] = old\n", "", "stays moved|back"),
    ("ndindex", "        x[at] = old\n", "        x[at] += 0\n", "stays moved|back"),
    ("loops", "down = x.clone()", "down = x.clone(); down = up", "same|centre|back|x itself"),
    ("loops", "torch.zeros_like(x)", "torch.zeros(x.shape)", "float32"),
    ("ndindex", ", dtype=x.dtype", "", "float32"),
    ("loops", "up = x.clone()", "up = x", "copy|written|write"),
    (
        "",
        "",
        "def f(fun, x, step):\n    x = x.clone().requires_grad_(True)\n    fun(x).backward()\n    return x.grad\n",
        "autograd",
    ),
    ("", "", "def f(fun, x, step):\n    return torch.autograd.functional.jacobian(fun, x)\n", "autograd"),
    (
        "",
        "",
        "def f(fun, x, step):\n    x = x.detach().requires_grad_()\n    return torch.autograd.grad(fun(x), x)[0].detach()\n",
        "autograd",
    ),
    ("ndindex", "out[at] =", "out =", "shape|one number"),
    (
        "vectorised",
        "return torch.stack(values).reshape(x.shape) / (2 * step)",
        "return (torch.stack(values).reshape(x.shape) / (2 * step)).numpy()",
        "tensor",
    ),
    (
        "vectorised",
        "return torch.stack(values).reshape(x.shape) / (2 * step)",
        "return [v / (2 * step) for v in values]",
        "list|tensor",
    ),
    ("loops", "range(x.numel())", "range(len(x))", "first|0|entries"),
    ("loops", "range(x.numel())", "range(1, x.numel())", "entries|first|0|place"),
    ("ndindex", "old - step", "old", "one side|x itself|half"),
    ("vectorised", "fun(x + d) - fun(x - d)", "fun(x + d / 2) - fun(x - d / 2)", "half|step"),
    ("loops", "(fun(up) - fun(down)) / (2 * step)", "(fun(up) + fun(down)) / (2 * step)", "add|minus|difference|sum"),
    (
        "loops",
        "(fun(up) - fun(down)) / (2 * step)",
        "(fun(up) - 2 * fun(x) + fun(down)) / step ** 2",
        "second derivative",
    ),
    ("loops", "view(-1)[i] += step", "view(-1)[i] *= 1 + step", "multipl|add"),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    base = fun(x)\n    for i in np.ndindex(*x.shape):\n        y = x.clone()\n        y[i] += step\n        g[i] = (fun(y) - base) / step\n    return g\n",
        "one side",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = []\n    for i in range(len(x)):\n        up, down = x.clone(), x.clone()\n        up[i] += step\n        down[i] -= step\n        g.append((fun(up) - fun(down)) / (2 * step))\n    return torch.tensor(g)\n",
        "shape|entry|float32|row",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    up, down = x + step, x - step\n    return (up - down) / (2 * step)\n",
        "never called",
    ),
    ("", "", "def f(fun, x, step):\n    return (fun(x + step) - fun(x - step)) / (2 * step)\n", "shape|all entries"),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    for i in np.ndindex(*x.shape):\n        y = x.clone(); z = x.clone()\n        y[i] += step / 2; z[i] -= step / 2\n        g[i] = (fun(y) - fun(z)) / (2 * step)\n    return g\n",
        "half",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x, dtype=torch.float32)\n    for i in np.ndindex(*x.shape):\n        y = x.clone(); z = x.clone()\n        y[i] += step; z[i] -= step\n        g[i] = (fun(y) - fun(z)) / (2 * step)\n    return g\n",
        "float32",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    for i in np.ndindex(*x.shape):\n        y = x.float().clone(); z = x.float().clone()\n        y[i] += step; z[i] -= step\n        g[i] = abs(fun(y) - fun(z)) / (2 * step)\n    return g\n",
        "absolute|sign",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    flat = x.flatten()\n    for i in range(len(flat)):\n        e = torch.zeros_like(flat); e[i] = step\n        g.flatten()[i] = (fun((flat + e).view_as(x)) - fun((flat - e).view_as(x))) / (2 * step)\n    return torch.zeros_like(g) + g * 2\n",
        "2",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    flat = x.flatten()\n    g = []\n    for i in range(len(flat)):\n        e = torch.zeros_like(flat); e[i] = step\n        g.append((fun((flat + e).view_as(x)) - fun((flat - e).view_as(x))) / (2 * step))\n    return torch.stack(g)\n",
        "shape",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    for i in np.ndindex(*x.shape):\n        e = torch.zeros_like(x); e[i] = step\n        g[i] = (fun(x) - fun(x - e)) / step\n    return g\n",
        "one side",
    ),
    (
        "",
        "",
        "def f(fun, x, step):\n    g = torch.zeros_like(x)\n    for i in np.ndindex(*x.shape):\n        e = torch.zeros_like(x); e[i] = 1e-3\n        g[i] = (fun(x + e) - fun(x - e)) / 2e-3\n    return g\n",
        "`step`|autograd",
    ),
]

"""Answers to the exercise `gated_layer`, right and wrong."""

RIGHT = {
    "loops": """
def f(picture, mask, W, V, c):
    H, K = picture.shape
    x = np.zeros((2, H + 2, K + 2))
    for i in range(H):
        for j in range(K):
            x[0, i + 1, j + 1] = picture[i, j] if mask[i, j] else 0.5
            x[1, i + 1, j + 1] = 1.0 if mask[i, j] else 0.0
    y = np.zeros((len(c), H, K))
    for o in range(len(c)):
        for i in range(H):
            for j in range(K):
                window = x[:, i : i + 3, j : j + 3]
                feature = (window * W[o]).sum()
                gate = (window * V[o]).sum() + c[o]
                y[o, i, j] = max(feature, 0) / (1 + math.exp(-gate))
    return y
""",
    "vectorised": """
def f(picture, mask, W, V, c):
    x = np.stack([np.where(mask, picture, 0.5), mask])
    p = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(p, (3, 3), axis=(1, 2))
    feature = np.tensordot(W, windows, ((1, 2, 3), (0, 3, 4)))
    gate = np.tensordot(V, windows, ((1, 2, 3), (0, 3, 4))) + c[:, None, None]
    return np.maximum(feature, 0) * (1 / (1 + np.exp(-gate)))
""",
    "torch": """
def f(picture, mask, W, V, c):
    m = torch.tensor(mask)
    grey = torch.where(m, torch.tensor(picture), 0.5)
    x = torch.stack([grey, m.double()])[None]
    feature = F.conv2d(x, torch.tensor(W), padding=1)[0]
    gate = F.conv2d(x, torch.tensor(V), torch.tensor(c), padding=1)[0]
    return (torch.relu(feature) * torch.sigmoid(gate)).numpy()
""",
}

WRONG = [
    ("loops", "max(feature, 0) / (1 + math.exp(-gate))", "max(feature, 0)", "gate is missing"),
    ("torch", "torch.relu(feature) * torch.sigmoid(gate)", "torch.relu(feature)", "gate is missing"),
    ("vectorised", "np.maximum(feature, 0) * (1", "(1", "return the gate"),
    ("torch", "torch.relu(feature) * torch.sigmoid(gate)", "torch.sigmoid(gate)", "return the gate"),
    ("vectorised", "np.maximum(feature, 0) * (1", "np.maximum(feature, 0) + (1", "added to the features"),
    ("torch", "torch.relu(feature) * torch", "torch.relu(feature) + torch", "added to the features"),
    ("torch", "torch.sigmoid(gate)", "gate", "used as they are"),
    ("loops", "max(feature, 0) / (1 + math.exp(-gate))", "max(feature, 0) * gate", "used as they are"),
    ("torch", "torch.sigmoid(gate)", "torch.tanh(gate)", "tanh"),
    ("vectorised", "(1 / (1 + np.exp(-gate)))", "np.tanh(gate)", "tanh"),
    ("loops", "math.exp(-gate)", "math.exp(gate)", "sign in σ"),
    ("vectorised", "np.exp(-gate)", "np.exp(gate)", "sign in σ"),
    ("torch", "torch.sigmoid(gate)", "torch.softmax(gate, 0)", "softmax"),
    ("torch", "torch.sigmoid(gate)", "(torch.sigmoid(gate) > 0.5)", "rounded"),
    ("vectorised", "(1 / (1 + np.exp(-gate)))", "(gate > 0)", "rounded"),
    ("loops", "(window * V[o]).sum() + c[o]", "(window * V[0]).sum() + c[0]", "first one"),
    ("loops", "(window * V[o]).sum() + c[o]", "(window * W[o]).sum() + c[o]", "gate too|weights of its own"),
    ("vectorised", "np.tensordot(V, windows", "np.tensordot(W, windows", "gate too|weights of its own"),
    ("loops", "(window * V[o]).sum() + c[o]", "(window * V[o]).sum()", "c is missing"),
    ("torch", "torch.tensor(V), torch.tensor(c), padding", "torch.tensor(V), padding", "c is missing"),
    ("loops", "max(feature, 0)", "feature", "ReLU of the features is missing"),
    ("vectorised", "np.maximum(feature, 0)", "feature", "ReLU of the features is missing"),
    ("torch", "torch.relu(feature)", "torch.sigmoid(feature)", "features go through σ"),
    ("torch", "torch.sigmoid(gate)", "torch.sigmoid(torch.relu(gate))", "sums of the gate, so no gate"),
    ("vectorised", "np.where(mask, picture, 0.5)", "np.where(mask, picture, 0)", "painted black"),
    ("torch", "torch.tensor(picture), 0.5)", "torch.tensor(picture), 0.0)", "painted black"),
    ("vectorised", "np.where(mask, picture, 0.5), mask", "np.where(mask, picture, 0.5), ~mask", "1 in the hole"),
    ("torch", "[grey, m.double()]", "[grey, (~m).double()]", "1 in the hole"),
    ("vectorised", "np.where(mask, picture, 0.5), mask", "mask, np.where(mask, picture, 0.5)", "first channel"),
    ("torch", "[grey, m.double()]", "[m.double(), grey]", "first channel"),
    ("torch", "torch.where(m, torch.tensor(picture), 0.5)", "torch.tensor(picture)", "values in the hole"),
    ("loops", "picture[i, j] if mask[i, j] else 0.5", "picture[i, j]", "values in the hole"),
    ("vectorised", "np.where(mask, picture, 0.5)", "np.where(mask, 0.5, picture)", "swapped"),
    ("torch", "padding=1)[0]\n    gate", "padding=0)[0]\n    gate", "size|shape|padded"),
    ("vectorised", "((0, 0), (1, 1), (1, 1)))", '((0, 0), (1, 1), (1, 1)), "edge")', "border values"),
    ("loops", "(window * W[o]).sum()", "(window * W[o, :, ::-1, ::-1]).sum()", "rotated"),
    ("torch", "torch.tensor(W)", "torch.tensor(W).transpose(2, 3)", "transposed"),
    ("loops", "y[o, i, j] = max", "y[o, i, j] = mask[i, j] * max", "set to 0 in the hole"),
    ("loops", "(window * W[o]).sum()", "(window * W[o]).mean()", "mean of each window"),
]

"""The layer and the U-Net compiled, traced, exported, and as ONNX files. Holes contain NaN.

What is made from one example has to give eager mode's results for other values, other batches and other sizes.
"""

import copy
import io

import pytest
import torch

from pconv_edu.nn import ConvUNet, PartialConv2d, PConvUNet

from .test_partial_conv import NAN, close, random_case
from .test_unet import case, some_network

pytestmark = [
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),  # it names every check of a shape
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You are using the legacy TorchScript-based ONNX export:DeprecationWarning"),
]

LAYERS = {  # arguments of the layer, and whether one mask serves all channels
    "shared": ((4, 6, 3, 2, 1), True),
    "channels": ((4, 6, 3, 1, 1, 1, 1, False), False),
    "groups": ((4, 6, (3, 2), 1, 2, 2, 2), False),
    "same": ((4, 6, (3, 4), 1, "same"), True),
}
SIZES = [(2, (10, 9)), (2, (10, 9)), (3, (10, 9)), (1, (17, 12))]  # the first is the example


def layer_and_cases(name):
    """Return a layer, and x and mask in all SIZES."""
    arguments, shared = LAYERS[name]
    torch.manual_seed(0)
    cases = []
    for seed, (n, size) in enumerate(SIZES):
        x, mask = random_case(n, 4, size, 0.3, seed)
        if not shared:
            mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(seed)) < 0.2).float()
        cases.append((x.masked_fill(mask == 0, NAN), mask))
    return PartialConv2d(*arguments), cases


def small_network(kind=PConvUNet, **options):
    return some_network(kind, levels=2, **options)


def pictures(*sizes):
    """Return image and mask for each (N, (H, W))."""
    cases = [case(n, size, seed=seed) for seed, (n, size) in enumerate(sizes)]
    return [(image.masked_fill(mask == 0, NAN), mask) for image, mask in cases]


def assert_same_layer(program, layer, cases):
    """Compare y and the new mask."""
    for x, mask in cases:
        (y, new_mask), (wanted, wanted_mask) = program(x, mask), layer(x, mask)
        assert wanted.isfinite().all() and close(y, wanted) and torch.equal(new_mask, wanted_mask)


def assert_same_network(program, network, cases):
    for image, mask in cases:
        wanted = network(image, mask)
        assert wanted.isfinite().all() and close(program(image, mask), wanted)


def assert_same_gradients(modules, arguments):
    for module in modules:
        y = module(*arguments)
        (y[0] if isinstance(y, tuple) else y).square().mean().backward()
    for (name, a), b in zip(modules[0].named_parameters(), modules[1].parameters(), strict=True):
        assert close(b.grad, a.grad, 1e-4), name


# torch.compile


@pytest.mark.parametrize("name", LAYERS)
def test_compile_without_graph_breaks(name):
    layer, cases = layer_and_cases(name)
    compiled = torch.compile(copy.deepcopy(layer), fullgraph=True, backend="aot_eager")
    assert_same_layer(compiled, layer, cases[:2])  # another size is compiled again, which takes seconds
    assert_same_gradients((layer, compiled), cases[0])


@pytest.mark.parametrize("training", [False, True])
def test_compile_the_network_without_graph_breaks(training):
    network, cases = small_network().train(training), pictures((2, (50, 40)))
    compiled = torch.compile(copy.deepcopy(network), fullgraph=True, backend="aot_eager")
    assert_same_gradients((network, compiled), cases[0])
    assert_same_network(compiled, network, cases)


# torch.jit.trace


def saved(traced):
    file = io.BytesIO()
    torch.jit.save(traced, file)
    file.seek(0)
    return torch.jit.load(file)


@pytest.mark.parametrize("name", LAYERS)
def test_trace(name):
    layer, cases = layer_and_cases(name)
    traced = saved(torch.jit.trace(layer, cases[0]))
    assert_same_layer(traced, layer, cases)
    assert_same_gradients((layer, traced), cases[2])


def test_trace_lists():
    layer, cases = PartialConv2d(8, 6, 3, padding=1), layer_and_cases("shared")[1]
    doubled = [([x, x.nan_to_num() + 1], [mask, 1 - mask]) for x, mask in cases]
    assert_same_layer(torch.jit.trace(layer, doubled[0]), layer, doubled)


NETWORKS = [(PConvUNet, {}), (ConvUNet, {}), (ConvUNet, {"fill": "mean"})]
PICTURES = [(2, (50, 40)), (3, (50, 40)), (1, (33, 65)), (1, (64, 64))]


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind, options", NETWORKS)
def test_trace_the_network(kind, options, training):
    network, cases = small_network(kind, **options).train(training), pictures(*PICTURES)
    traced = saved(torch.jit.trace(network, cases[0], check_trace=not training))  # each call moves the statistics
    network.load_state_dict(traced.state_dict())
    assert_same_network(traced, network, cases)
    assert_same_gradients((network, traced), cases[1])


# torch.export


@pytest.mark.parametrize("name", LAYERS)
def test_export(name):
    layer, cases = layer_and_cases(name)
    free = {0: torch.export.Dim("n"), 2: torch.export.Dim("h", min=5), 3: torch.export.Dim("w", min=5)}
    exported = torch.export.export(layer, cases[0], dynamic_shapes=(free, free))
    assert_same_layer(exported.module(), layer, cases)
    exported.run_decompositions()


@pytest.mark.parametrize("kind, options", NETWORKS)
def test_export_the_network(kind, options):
    """One size, any batch."""
    network, cases = small_network(kind, **options), pictures(*PICTURES[:2])
    free = {0: torch.export.Dim("n")}
    exported = torch.export.export(network, cases[0], dynamic_shapes=(free, free))
    assert_same_network(exported.module(), network, cases)
    exported.run_decompositions()


def test_export_the_network_for_multiples_of_its_step():
    """Any batch and any size that needs no padding: multiples of 2^levels. Others PyTorch cannot reason about."""
    network, cases = small_network(), pictures((2, (48, 40)), (3, (64, 36)))
    rows, columns = (4 * torch.export.Dim(name, min=4, max=512) for name in ("rows", "columns"))
    free = {0: torch.export.Dim("n"), 2: rows, 3: columns}
    exported = torch.export.export(network, cases[0], dynamic_shapes=(free, free))
    assert_same_network(exported.module(), network, cases)


# ONNX


def onnx_program(path):
    """Return a function that runs an ONNX file."""
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime runs the files; it comes with the extra `test`")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(*arguments):
        names = [wanted.name for wanted in session.get_inputs()]
        outputs = session.run(None, {name: a.numpy() for name, a in zip(names, arguments, strict=True)})
        outputs = [torch.from_numpy(output) for output in outputs]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    return run


def export_by_tracing(module, arguments, path, outputs):
    """Write an ONNX file by the old exporter, with batch and size left free."""
    names = ("x", "mask", *outputs)
    free = {name: {0: "n", 2: "h", 3: "w"} for name in names}
    options = {"input_names": list(names[:2]), "output_names": list(outputs), "dynamic_axes": free}
    torch.onnx.export(module, arguments, path, dynamo=False, **options)


@pytest.mark.parametrize("name", LAYERS)
@torch.no_grad()
def test_onnx_by_tracing(name, tmp_path):
    layer, cases = layer_and_cases(name)
    export_by_tracing(layer, cases[0], tmp_path / "layer.onnx", ("y", "new_mask"))
    assert_same_layer(onnx_program(tmp_path / "layer.onnx"), layer, cases)


@pytest.mark.parametrize("kind, options", NETWORKS)
@torch.no_grad()
def test_onnx_of_the_network_by_tracing(kind, options, tmp_path):
    network, cases = small_network(kind, **options), pictures(*PICTURES)
    export_by_tracing(network, cases[0], tmp_path / "network.onnx", ("output",))
    assert_same_network(onnx_program(tmp_path / "network.onnx"), network, cases)


@torch.no_grad()
def test_onnx_of_the_network_by_torch_export(tmp_path):
    """The new exporter, which is the default since PyTorch 2.9. One size, any batch."""
    pytest.importorskip("onnxscript", reason="the new exporter needs onnxscript; it comes with the extra `test`")
    network, cases = small_network(), pictures(*PICTURES[:2])
    free = {0: torch.export.Dim("n")}
    path = tmp_path / "network.onnx"
    torch.onnx.export(network, cases[0], path, dynamo=True, dynamic_shapes=(free, free), verbose=False)
    assert_same_network(onnx_program(path), network, cases)

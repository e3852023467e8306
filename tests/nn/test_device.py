"""Available and missing devices, the GPU of each process, and a compiler that may not work."""

from types import SimpleNamespace

import pytest
import torch

from pconv_edu.nn import device as module
from pconv_edu.nn.device import join_processes, out_of_memory, pick_device, why_not_compiled
from pconv_edu.nn.run import Run
from tests.nn.small_runs import SMALL


@pytest.fixture
def two_gpus(monkeypatch):
    """PyTorch as it answers where there are two GPUs; returns the list of those that were made the current one."""
    current = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 3)
    for name in ("WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    return current


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="this computer has MPS")
@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a GPU")
@pytest.mark.parametrize("name", ["mps", "cuda", "cuda:1", "gpu", "meta", "xpu", "", None, 3, "cpu:x"])
def test_a_device_that_is_not_there_is_one_sentence(name):
    with pytest.raises(ValueError, match=r"^device is .*; give 'auto', 'cpu', .*This computer has cpu$") as refused:
        pick_device(name)
    assert "\n" not in str(refused.value)


def test_the_device_that_a_variable_names(monkeypatch):
    monkeypatch.setenv("PCONV_EDU_DEVICE", "cpu")
    assert pick_device() == pick_device("cpu") == pick_device(torch.device("cpu")) == torch.device("cpu")
    monkeypatch.setenv("PCONV_EDU_DEVICE", "nowhere")
    with pytest.raises(ValueError, match="'nowhere' in the variable PCONV_EDU_DEVICE"):
        pick_device()


def test_a_device_that_does_not_work_says_why(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("CUDA error: no kernel image is available\nmore lines")

    monkeypatch.setattr(torch, "ones", broken)
    with pytest.raises(ValueError, match=r"it does not work: CUDA error: no kernel image is available; give"):
        pick_device("cpu")


def test_alone_the_gpu_that_is_named_is_taken(two_gpus):
    assert join_processes(torch.device("cuda:1")) == (torch.device("cuda:1"), 0, 1)
    assert join_processes(torch.device("cuda")) == (torch.device("cuda:0"), 0, 1)
    assert two_gpus == [torch.device("cuda:1"), torch.device("cuda:0")]


def test_each_process_takes_the_gpu_of_its_place_on_its_machine(two_gpus, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "4")  # two machines with two GPUs each
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert join_processes(torch.device("cuda")) == (torch.device("cuda:1"), 3, 4)
    with pytest.raises(ValueError, match="device is cuda:1, but each of the 4 processes takes a GPU of its own"):
        join_processes(torch.device("cuda:1"))
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ValueError, match=r"more processes than GPUs here \(2\)"):
        join_processes(torch.device("cuda"))


@pytest.mark.parametrize(
    "error, is_it",
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 99 bytes"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 4 GB)"), True),
        (RuntimeError("shapes do not match"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_which_errors_say_that_memory_is_used_up(error, is_it):
    assert out_of_memory(error) is is_it


# ---- torch.compile


@pytest.fixture
def on_cuda(tmp_path, monkeypatch):
    """A run as it is on CUDA; its network stays on the CPU and is called, never compiled for real."""
    why_not_compiled.cache_clear()
    compiled = []
    run = Run(SMALL, tmp_path, torch.device("cpu"))
    run.device = torch.device("cuda", 0)
    monkeypatch.setattr(module.torch, "ones", lambda n, device: torch.zeros(n) + 1)
    yield SimpleNamespace(run=run, compiled=compiled)
    why_not_compiled.cache_clear()


def test_the_network_is_compiled_where_that_works(on_cuda, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda what: on_cuda.compiled.append(what) or what)
    on_cuda.run.wrap()
    tried, network = on_cuda.compiled
    assert torch.equal(tried(torch.zeros(2)), torch.tensor([1.0, 1.0])) and network is on_cuda.run.network
    on_cuda.run.wrap()  # the second stage: compiled again, not tried again
    assert len(on_cuda.compiled) == 3


@pytest.mark.parametrize("wrong", ["when it is compiled", "when it is run", "in its numbers"])
def test_training_goes_on_uncompiled_where_that_fails(on_cuda, monkeypatch, wrong):
    def fail(*_):
        raise ImportError("cannot import triton\nand more")

    def compile_(what):
        assert what is not on_cuda.run.network, "the network was compiled"
        return fail() if wrong == "when it is compiled" else fail if wrong == "when it is run" else lambda x: x

    monkeypatch.setattr(torch, "compile", compile_)
    why = "it gives wrong numbers" if wrong == "in its numbers" else "ImportError: cannot import triton"
    with pytest.warns(
        UserWarning, match=rf"torch\.compile does not work on cuda:0 \({why}\): .* runs without it"
    ) as said:
        on_cuda.run.wrap()
        on_cuda.run.wrap()
    assert len(said) == 1 and on_cuda.run.wrapped is on_cuda.run.network


def test_no_compiler_is_tried_where_it_is_not_wanted(on_cuda, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda what: pytest.fail("it was compiled"))
    on_cuda.run.compiled = False
    on_cuda.run.wrap()
    on_cuda.run.device, on_cuda.run.compiled = torch.device("cpu"), True
    on_cuda.run.wrap()
    assert on_cuda.run.wrapped is on_cuda.run.network

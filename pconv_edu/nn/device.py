"""Choose a device, test whether torch.compile works on it, and connect the processes that train a network together."""

import functools
import os

import torch
import torch.distributed as dist

NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")  # in the messages of PyTorch's allocators


def pick_device(device: str | torch.device = "auto") -> torch.device:
    """Return the requested torch.device after testing that it works.

    "auto" is the first of CUDA, MPS and CPU that is available, unless the environment variable PCONV_EDU_DEVICE names a
    device.

    device : "auto", "cpu", "cuda", "mps", a GPU with its index as in "cuda:1", or a torch.device

    Raises ValueError if the device is not available or does not work.
    """
    there, source = devices(), ""
    if str(device) == "auto":
        default = next(kind for kind in ("cuda", "mps", "cpu") if any(name.startswith(kind) for name in there))
        named = os.environ.get("PCONV_EDU_DEVICE", "auto")
        device, source = (default, "") if named in ("", "auto") else (named, " in the variable PCONV_EDU_DEVICE")
    try:
        picked = torch.device(device)
        reason = None if picked.type in {name.partition(":")[0] for name in there} else "there is none here"
    except (RuntimeError, TypeError, ImportError):
        reason = "there is no such device"
    if reason is None:
        try:
            torch.ones(1, device=picked).add(1).item()
            return picked
        except (RuntimeError, AssertionError) as error:
            if out_of_memory(error):
                raise
            reason = "it does not work: " + str(error).strip().partition("\n")[0]
    raise ValueError(
        f"device is {device!r}{source}, but {reason}; give 'auto', 'cpu', 'cuda' or 'mps'. This computer has "
        f"{', '.join(there)}"
    )


def devices() -> list[str]:
    """Return the names of the available devices, such as ["cpu", "cuda:0"]."""
    gpus = [f"cuda:{number}" for number in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return ["cpu", *gpus, *(["mps"] if torch.backends.mps.is_available() else [])]


@functools.cache
def why_not_compiled(device: torch.device) -> str | None:
    """Return None if torch.compile works on a device. Otherwise, return the reason why it does not work.

    To find out, a tiny function is compiled and run.
    """
    try:
        x = torch.ones(8, device=device)
        compiled = torch.compile(lambda x: torch.sin(x) + 1)
        return None if torch.allclose(compiled(x), torch.sin(x) + 1) else "it gives wrong numbers"
    except Exception as error:  # a missing Triton or C compiler and an old GPU raise different errors
        return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:120]}"


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that the computer or a GPU has run out of memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in NO_MEMORY)


def join_processes(device: torch.device) -> tuple[torch.device, int, int]:
    """Connect to the other processes if torchrun started several, and return (device, rank, world).

    device : the result of `pick_device`. If several processes use CUDA, each process gets a GPU of its own. A single
        process gets the given GPU, or the current GPU if the device has no index
    Returns the device of this process, the index of this process (from 0), and the number of processes.

    Raises ValueError on CUDA if there are more processes than GPUs, or if `device` has the index of a single GPU but
    there are several processes.
    """
    world = int(os.environ.get("WORLD_SIZE", 1))
    if device.type == "cuda":
        device = _own_gpu(device, world)
        torch.cuda.set_device(device)  # NCCL, for example, uses the current device
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return device, dist.get_rank() if world > 1 else 0, world


def _own_gpu(device: torch.device, world: int) -> torch.device:
    if world == 1:
        return device if device.index is not None else torch.device("cuda", torch.cuda.current_device())
    if device.index is not None:
        raise ValueError(f"device is {device}, but each of the {world} processes takes a GPU of its own: give cuda")
    local, count = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
    if local >= count:
        raise ValueError(f"there are more processes than GPUs here ({count}): start no more than that many")
    return torch.device("cuda", local)


def on_all(condition: bool, device: torch.device) -> bool:
    """Return whether a condition is true in every process. Every process must call this function."""
    if not dist.is_initialized():
        return bool(condition)
    flag = torch.tensor(float(condition), device=device)
    dist.all_reduce(flag, dist.ReduceOp.MIN)
    return bool(flag.item())

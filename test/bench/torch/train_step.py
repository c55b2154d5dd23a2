"""Times training steps in PyTorch and prints one line of JSON: milliseconds of each step, peak bytes, parameters.

Forward, backward and AdamW on random tokens that all count. With --rank 0 all weights are trained.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as functional

from model import Kind, Positions, Shape, Transformer

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("layers", "width", "heads", "key-value-heads", "feed-forward", "vocabulary"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--sequences", type=int, default=1)
    parser.add_argument("--dtype", choices=DTYPES, required=True)
    parser.add_argument("--threads", type=int, required=True, help="torch's own; OPENBLAS_NUM_THREADS sets OpenBLAS's")
    parser.add_argument("--steps", type=int, required=True, help="after one that is not counted")
    return parser.parse_args()


def peak_bytes() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    given = arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    shape = Shape(
        given.layers, given.width, given.heads, given.key_value_heads, given.feed_forward, given.vocabulary
    )
    dtype = DTYPES[given.dtype]
    model = Transformer(shape, Kind(given.rank, 2.0 * given.rank, dtype))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    positions = Positions.of(given.length, shape.head_size, dtype)
    tokens = torch.randint(0, given.vocabulary, (given.sequences, given.length + 1))
    times = []
    loss = torch.zeros(())
    for _ in range(given.steps + 1):
        start = time.perf_counter()
        logits = model(tokens[:, :-1], positions)
        loss = functional.cross_entropy(logits.view(-1, given.vocabulary), tokens[:, 1:].reshape(-1))
        del logits
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1000)
    print(
        json.dumps(
            {
                "milliseconds": times[1:],
                "peakBytes": peak_bytes(),
                "parameters": sum(parameter.numel() for parameter in trained),
                "loss": loss.item(),
                "version": torch.__version__,
            }
        )
    )


main()

"""Ray Train: ray job submit --working-dir . -- python launch/ray_train.py /path/that/all/machines/see"""

import os
import pathlib
import runpy
import sys

from ray.train import RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer

FOLDER = pathlib.Path(__file__).resolve().parent.parent


def work(config):
    """Ray has set RANK, WORLD_SIZE and the address of the first process: train.py reads them as under torchrun."""
    os.chdir(config["folder"])
    sys.argv = ["train.py", "--output", config["output"]]
    runpy.run_path("train.py", run_name="__main__")


if __name__ == "__main__":
    shared = sys.argv[1]
    TorchTrainer(
        work,
        train_loop_config={"folder": str(FOLDER), "output": os.path.join(shared, "FILL_slug")},
        scaling_config=ScalingConfig(num_workers=FILL_gpus, use_gpu=True),
        run_config=RunConfig(name="FILL_slug", storage_path=shared),
    ).fit()

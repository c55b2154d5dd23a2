"""Trains the LoRA adapter of this folder on one process or many; README.md has the commands.

With --data-only it needs PyTorch alone: it checks the files, shares the samples out, and lets the processes count together.
"""

import argparse
import hashlib
import json
import math
import os
import pathlib

import torch
import torch.distributed as dist
from torch.utils.data import DataLoader, Dataset, DistributedSampler

HERE = pathlib.Path(__file__).resolve().parent
MANIFEST = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
RECIPE = MANIFEST["training"]
WORLD = int(os.environ.get("WORLD_SIZE", "1"))


def check_files():
    """What is trained on must be what was exported."""
    for file in MANIFEST["files"]:
        if file["path"].startswith(("data/", "configs/peft")):
            found = hashlib.sha256((HERE / file["path"]).read_bytes()).hexdigest()
            if found != file["sha256"]:
                raise SystemExit(f"{file['path']} is not the file that was exported. Export the folder again.")


class Samples(Dataset):
    """data/tokens/PART.jsonl: the very tokens and labels that the editor would train on."""

    def __init__(self, part):
        lines = (HERE / "data" / "tokens" / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
        self.rows = [json.loads(line) for line in lines]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return {"index": index, **self.rows[index]}


def collate(rows):
    """One tensor each, padded on the right; what is padded is neither seen nor learned."""
    longest = max(len(row["input_ids"]) for row in rows)

    def padded(name, value):
        return torch.tensor([row[name] + [value] * (longest - len(row[name])) for row in rows])

    return {
        "input_ids": padded("input_ids", MANIFEST["tokenizer"]["padding"]),
        "attention_mask": padded("attention_mask", 0),
        "labels": padded("labels", -100),
    }


def count_data():
    """Every process counts its share, and all of them the whole: it must be what the manifest says."""
    if WORLD > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    rank = dist.get_rank() if WORLD > 1 else 0
    samples = Samples("train")
    sampler = DistributedSampler(samples, num_replicas=WORLD, rank=rank, shuffle=True, seed=RECIPE["seed"])
    sampler.set_epoch(0)
    counts = torch.zeros(3, dtype=torch.int64)
    digest = hashlib.sha256()
    # The sampler fills the last round up with samples from the start: they are counted once.
    own = list(sampler)[: len(range(rank, len(samples), WORLD))]
    for batch in DataLoader([samples[index] for index in own], batch_size=8, collate_fn=collate):
        learned = (batch["labels"] != -100).sum()
        counts += torch.stack([torch.tensor(len(batch["labels"])), batch["attention_mask"].sum(), learned])
        digest.update(batch["input_ids"].numpy().tobytes())
    said = {"rank": rank, "world": WORLD, "samples": int(counts[0]), "tokens": int(counts[1]), "first": own[:4]}
    print(json.dumps({**said, "sha256": digest.hexdigest()}), flush=True)
    if WORLD > 1:
        counts = counts.cuda() if torch.cuda.is_available() else counts
        dist.all_reduce(counts)
    part = MANIFEST["data"]["counts"]["train"]
    if counts.tolist() != [part["samples"], part["tokens"], part["learned"]]:
        raise SystemExit(f"All processes together count {counts.tolist()}; the manifest has {part}.")
    if rank == 0:
        print(json.dumps({"all": dict(zip(["samples", "tokens", "learned"], counts.tolist()))}), flush=True)
    if WORLD > 1:
        dist.destroy_process_group()


def check_tokenizer(tokenizer):
    """The same text must be the same token, or everything that is learned is wrong."""
    for role, token in MANIFEST["tokenizer"]["special"].items():
        found = tokenizer.convert_tokens_to_ids(token["text"])
        assert found == token["id"], f"{role}: {token['text']} is {found} in this model, and {token['id']} in the data"


def train(args):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, Trainer, TrainingArguments

    model_name = args.model or MANIFEST["baseModel"]["hub"]
    check_tokenizer(AutoTokenizer.from_pretrained(model_name))
    each = max(1, (2 * RECIPE["sequences"] + WORLD) // (2 * WORLD))
    at_once = next(size for size in (4, 3, 2, 1) if each % size == 0)
    samples, held_out = Samples("train"), Samples("valid")
    steps = max(1, math.ceil(len(samples) * RECIPE["epochs"] / (each * WORLD)))
    arguments = TrainingArguments(
        output_dir=args.output, num_train_epochs=RECIPE["epochs"], max_steps=args.max_steps,
        per_device_train_batch_size=at_once, per_device_eval_batch_size=at_once,
        gradient_accumulation_steps=each // at_once, learning_rate=RECIPE["learningRate"],
        lr_scheduler_type="cosine_with_min_lr", lr_scheduler_kwargs={"min_lr_rate": 0.1},
        warmup_steps=min(math.ceil(steps * RECIPE["warmupShare"]), steps - 1), weight_decay=RECIPE["weightDecay"],
        adam_beta1=RECIPE["beta1"], adam_beta2=RECIPE["beta2"], adam_epsilon=RECIPE["epsilon"],
        max_grad_norm=RECIPE["clipNorm"], bf16=torch.cuda.is_available(), gradient_checkpointing=True,
        gradient_checkpointing_kwargs={"use_reentrant": False}, eval_strategy="steps",
        eval_steps=max(1, steps // 10), save_steps=max(1, steps // 10), save_total_limit=2, logging_steps=1,
        seed=RECIPE["seed"], deepspeed=args.deepspeed, report_to="none", remove_unused_columns=False,
        label_names=["labels"], ddp_find_unused_parameters=False if WORLD > 1 else None,
        use_cpu=WORLD > 1 and not torch.cuda.is_available(),
    )
    assert arguments.world_size == WORLD, f"{WORLD} processes, but each would train alone: {arguments.parallel_mode}"
    four_bits = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )
    model = AutoModelForCausalLM.from_pretrained(
        model_name, dtype=torch.bfloat16 if torch.cuda.is_available() else torch.float32,
        quantization_config=four_bits if args.four_bits else None,
    )
    model.config.use_cache = False
    config = json.loads((HERE / "configs" / "peft.json").read_text(encoding="utf-8"))
    model = get_peft_model(model, LoraConfig(**config))
    trainer = Trainer(model=model, args=arguments, train_dataset=samples, eval_dataset=held_out, data_collator=collate)
    trainer.train(resume_from_checkpoint=args.resume)
    # Familiar: Import Adapter takes this folder.
    trainer.save_model(str(pathlib.Path(args.output) / "adapter"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-only", action="store_true", help="check files, sampler and processes; train nothing")
    parser.add_argument("--model", help="a repository of Hugging Face or a folder, instead of the manifest's")
    parser.add_argument("--output", default=str(HERE / "output"))
    parser.add_argument("--four-bits", action="store_true", help="load the base in 4 bits (QLoRA)")
    parser.add_argument("--deepspeed", help="configs/ds_z3.json")
    parser.add_argument("--max-steps", type=int, default=-1)
    parser.add_argument("--local_rank", help="of DeepSpeed's launcher; the environment says the same")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    arguments = parser.parse_args()
    check_files()
    count_data() if arguments.data_only else train(arguments)

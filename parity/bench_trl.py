"""The peer of bench/train: TRL's SFTTrainer on SmolLM2-135M, LoRA on all linear layers. Prints one JSON line."""
import argparse
import json
import os
import resource
import tempfile
import time
from importlib.metadata import version
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--warmup", type=int, default=2, help="first steps, not timed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--gradient-checkpointing", action="store_true")
    return parser.parse_args()


args = arguments()
# The libraries read this when they are imported.
os.environ["OMP_NUM_THREADS"] = str(args.threads)

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import PrinterCallback, TrainerCallback
from transformers.utils import logging
from trl import SFTConfig, SFTTrainer

from models import load_model, load_smollm2_tokenizer


class StepTimes(TrainerCallback):
    def __init__(self):
        self.ends = []

    def on_step_end(self, *_, **__):
        self.ends.append(time.perf_counter())


def full_rows(args, vocab: int) -> Dataset:
    """Rows of exactly the length, so that tokens/s counts no padding."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(3, vocab, (args.batch * args.steps, args.length), generator=generator)
    return Dataset.from_dict({"input_ids": ids.tolist()})


def trainer(args, out: str, times: StepTimes) -> SFTTrainer:
    model = load_model(args.gguf, getattr(torch, args.dtype), attention="sdpa")
    return SFTTrainer(
        model=model, processing_class=load_smollm2_tokenizer(args.gguf), callbacks=[times],
        train_dataset=full_rows(args, model.config.vocab_size),
        peft_config=LoraConfig(r=args.rank, lora_alpha=2 * args.rank, target_modules="all-linear", task_type="CAUSAL_LM"),
        args=SFTConfig(
            output_dir=out, max_steps=args.steps, per_device_train_batch_size=args.batch, max_length=args.length,
            gradient_checkpointing=args.gradient_checkpointing, bf16=False, use_cpu=True, report_to="none",
            save_strategy="no", disable_tqdm=True))


def main():
    torch.set_num_threads(args.threads)
    logging.set_verbosity_error()
    times = StepTimes()
    with tempfile.TemporaryDirectory() as out:
        sft = trainer(args, out, times)
        sft.remove_callback(PrinterCallback)
        result = sft.train()
    seconds = times.ends[-1] - times.ends[args.warmup - 1]
    tokens = args.batch * args.length * (len(times.ends) - args.warmup)
    print(json.dumps({
        "peer": f"trl {version('trl')}", "dtype": args.dtype, "batch": args.batch, "length": args.length,
        "rank": args.rank, "threads": args.threads, "gradientCheckpointing": args.gradient_checkpointing,
        "timedSteps": len(times.ends) - args.warmup,
        "tokensPerSecond": round(tokens / seconds, 1), "loss": round(result.training_loss, 4),
        "peakRssMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}))


if __name__ == "__main__":
    main()

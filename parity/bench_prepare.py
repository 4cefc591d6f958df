"""The peer of bench/prepare: the steps by which TRL's SFTTrainer prepares texts. Prints one JSON line."""
import argparse
import json
import os
import resource
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("gguf", type=Path)
parser.add_argument("rows", type=Path)
parser.add_argument("--processes", type=int, default=2)
parser.add_argument("--length", type=int, default=1024)
args = parser.parse_args()
# The libraries read these when they are imported. The processes are the parallelism, as with dataset_num_proc.
cache = tempfile.TemporaryDirectory()
os.environ["HF_DATASETS_CACHE"] = cache.name
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from datasets import disable_progress_bars, load_dataset
from trl import pack_dataset

from models import load_smollm2_tokenizer

disable_progress_bars()
tokenizer = load_smollm2_tokenizer(args.gguf)


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


begin_cpu = cpu_seconds()
begin = time.perf_counter()
rows = load_dataset("json", data_files=str(args.rows), split="train")
how = {"num_proc": args.processes}


def add_eos(row):
    return {"text": row["text"] if row["text"].endswith(tokenizer.eos_token) else row["text"] + tokenizer.eos_token}


def tokenize(row):
    return {"input_ids": tokenizer(text=row["text"])["input_ids"]}


rows = rows.map(add_eos, **how).map(tokenize, remove_columns=["text"], **how)
packed = pack_dataset(rows, args.length, "bfd", how)
seconds = time.perf_counter() - begin
cpu = cpu_seconds() - begin_cpu
tokens = sum(map(len, packed["input_ids"]))
peak = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"trainer": "trl", "version": version("trl"), "processes": args.processes, "documents": len(rows),
                  "tokens": tokens, "packedRows": len(packed), "seconds": round(seconds, 2),
                  "tokensPerSecond": round(tokens / seconds), "tokensPerCpuSecond": round(tokens / cpu),
                  "peakRssMiB": round(peak[0]),
                  "peakRssMiBOfAChild": round(peak[1])}))

"""What ConstantLengthDataset of TRL 0.8.1 does: with documents of given lengths, and with texts and a real tokenizer.

PYTHONPATH names a folder with that TRL alone (requirements-trl-0.8.txt).
"""
from common import FIXTURES, fixture, write_manifest

import importlib
import importlib.machinery
import json
import random
import sys
import types
from importlib.metadata import version
from pathlib import Path

from transformers import PreTrainedTokenizerFast

SEED = 42
STEP = 10_000  # as in packing.py


def constant_length_dataset():
    """The class, without the rest of that TRL: its other modules need libraries of its time."""
    assert version("trl") == "0.8.1", "PYTHONPATH must name TRL 0.8.1"
    package = Path(importlib.machinery.PathFinder.find_spec("trl").origin).parent
    for name in ("trl", "trl.trainer"):
        stub = types.ModuleType(name)
        stub.__path__ = [str(package.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = stub
    return importlib.import_module("trl.trainer.utils").ConstantLengthDataset


class Lengths:
    """A tokenizer whose text is "document tokens" with blanks behind it; ids as in packing.py."""
    eos_token_id = None

    def __call__(self, texts, add_special_tokens, truncation):
        pairs = (map(int, text.split()) for text in texts)
        return {"input_ids": [[document * STEP + i for i in range(tokens)] for document, tokens in pairs]}


class Texts:
    """A tokenizer of today; those of that time took an empty list, which is what an exactly full last buffer leaves."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.eos_token_id = tokenizer.eos_token_id

    def __call__(self, texts, **how):
        return self.tokenizer(texts, **how) if texts else {"input_ids": []}


def runs(row: list[int]) -> list[list[int]]:
    """[document, offset in the document, length] of each piece of a row."""
    pieces = []
    for before, token in zip([None, *row], row):
        if before is None or token != before + 1:
            pieces.append([*divmod(token, STEP), 0])
        pieces[-1][2] += 1
    return pieces


def lengths_case(dataset, pick, documents, max_length, sequences, chars_per_token) -> dict:
    lengths = [pick.randint(1, 3 * max_length) for _ in range(documents)]
    characters = [pick.randint(10, 40 + 4 * n) for n in lengths]
    texts = [{"text": f"{i} {n}".ljust(c)} for i, (n, c) in enumerate(zip(lengths, characters))]
    random.seed(SEED)
    packed = dataset(Lengths(), texts, "text", seq_length=max_length, num_of_sequences=sequences,
                     chars_per_token=chars_per_token, append_concat_token=False)
    return {"maxLength": max_length, "numOfSequences": sequences, "charsPerToken": chars_per_token,
            "lengths": lengths, "characters": [len(t["text"]) for t in texts],
            "rows": [runs(row["input_ids"].tolist()) for row in packed]}


def text_case(dataset, pick, tokenizer, max_length, sequences, chars_per_token) -> dict:
    words = "the quick brown fox jumps over a lazy dog 狗 🙂 été 12 3.5 <b> \n".split(" ")
    texts = [" ".join(pick.choices(words, k=pick.randint(1, 50))) for _ in range(60)]
    random.seed(SEED)
    packed = dataset(Texts(tokenizer), [{"text": t} for t in texts], "text", seq_length=max_length,
                     num_of_sequences=sequences, chars_per_token=chars_per_token)
    return {"maxLength": max_length, "numOfSequences": sequences, "charsPerToken": chars_per_token, "texts": texts,
            "rows": [row["input_ids"].tolist() for row in packed]}


if __name__ == "__main__":
    dataset = constant_length_dataset()
    pick = random.Random(SEED)
    lengths = [lengths_case(dataset, pick, *drawn)
               for drawn in ((1, 8, 4, 3.6), (5, 16, 2, 3.6), (40, 16, 4, 3.6), (40, 64, 3, 1.7), (300, 100, 20, 3.6),
                             (300, 32, 1024, 3.6), (1200, 64, 64, 2.25))]
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(FIXTURES / "gguf/tokenizer.json"), eos_token="<|im_end|>")
    texts = [text_case(dataset, pick, tokenizer, *drawn) for drawn in ((32, 4, 3.6), (64, 1024, 3.6), (16, 3, 2.5))]
    folder = fixture("constant-length")
    for name, cases in (("lengths", lengths), ("texts", texts)):
        lines = [json.dumps(c, separators=(",", ":")) for c in cases]
        (folder / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    write_manifest(folder, "ConstantLengthDataset after random.seed(seed). lengths: rows of fragments [document, "
                           "offset, length], without a concatenation token. texts: rows of ids of the tokenizer in "
                           "gguf/.",
                   ["trl", "transformers"], SEED)

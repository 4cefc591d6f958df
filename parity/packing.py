"""What TRL's pack_dataset does with lists of document lengths, by each of its strategies."""
from common import fixture, write_manifest

import json
import random

from datasets import Dataset, disable_progress_bars
from trl import pack_dataset

SEED = 7
STEP = 10_000  # a token's id is document * STEP + position, so a packed row tells where each token came from
STRATEGIES = {"BfdSplit": "bfd_split", "Bfd": "bfd", "Wrapped": "wrapped"}


def pack(strategy: str, lengths: list[int], max_length: int) -> list[list[list[int]]]:
    ids = [[doc * STEP + i for i in range(n)] for doc, n in enumerate(lengths)]
    packed = pack_dataset(Dataset.from_dict({"input_ids": ids}), max_length, strategy=strategy)
    if strategy == "wrapped":
        return [runs(row) for row in packed["input_ids"]]
    return [fragments(row, sizes) for row, sizes in zip(packed["input_ids"], packed["seq_lengths"])]


def fragments(row: list[int], sizes: list[int]) -> list[list[int]]:
    """[document, offset in the document, length] of each piece of a row, as seq_lengths divides it."""
    assert sum(sizes) == len(row)
    found, at = [], 0
    for size in sizes:
        piece = row[at:at + size]
        assert piece == list(range(piece[0], piece[0] + size)), "a fragment mixes documents"
        found.append([*divmod(piece[0], STEP), size])
        at += size
    return found


def runs(row: list[int]) -> list[list[int]]:
    """The same of a row that says nothing about its documents."""
    sizes = []
    for before, token in zip([None, *row], row):
        if before is None or token != before + 1:
            sizes.append(0)
        sizes[-1] += 1
    return fragments(row, sizes)


def cases() -> list[dict]:
    pick = random.Random(SEED)
    draws = [("one", 16, 1), ("few", 16, 5), ("some", 64, 12), ("some", 100, 23), ("forty", 16, 40), ("forty", 64, 40),
             ("forty", 100, 40), ("one window", 100, 1000), ("two windows", 64, 1001), ("three windows", 16, 2300)]
    random_cases = [(f"{name}, {n} documents", L, [pick.randint(1, 3 * L) for _ in range(n)]) for name, L, n in draws]
    short = [(f"short, {n} documents", L, [pick.randint(1, L // 2) for _ in range(n)])
             for L, n in ((16, 40), (64, 40), (100, 1200))]
    by_hand = [
        ("equal lengths keep their order", 16, [5] * 10),
        ("an exact fit", 16, [16, 8, 8, 4, 12, 32]),
        ("a rest of one token", 16, [17, 33, 1, 15]),
        ("empty documents vanish", 16, [0, 7, 0, 9, 20]),
        ("best fit, not first fit", 16, [10, 12, 4, 6]),
        ("equal free space, oldest row first", 16, [10, 10, 10, 6, 6, 6]),
    ]
    return [{"strategy": ours, "name": name, "maxLength": L, "lengths": lengths, "rows": pack(theirs, lengths, L)}
            for ours, theirs in STRATEGIES.items()
            for name, L, lengths in by_hand + random_cases + short]


if __name__ == "__main__":
    disable_progress_bars()
    folder = fixture("packing")
    # One line per case, so that a difference names its case.
    lines = [json.dumps(c, separators=(",", ":")) for c in cases()]
    (folder / "cases.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    write_manifest(folder, 'pack_dataset(strategy="bfd_split", "bfd", "wrapped"). rows: per packed row, fragments '
                           '[document, offset, length]. Packing is local to windows of 1000 documents (the batch size '
                           'of datasets.map).',
                   ["trl", "datasets"], SEED)

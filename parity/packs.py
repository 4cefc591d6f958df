"""What transformers makes of rows as `sft prepare --out` writes them: the loss of each, on tiny-llama with its adapter."""
from common import FIXTURES, fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import json

from peft import PeftModel
from transformers import LlamaForCausalLM

SEED = 20261125
TINY = FIXTURES / "tiny-llama"
ROWS = 6


def row(generator: torch.Generator) -> dict:
    """One to five documents of 2 to 20 tokens, of which some are targets; never a document's first."""
    found = {"input_ids": [], "labels": [], "position_ids": [], "segment_ids": []}
    for segment in range(int(torch.randint(1, 6, (), generator=generator))):
        length = int(torch.randint(2, 21, (), generator=generator))
        ids = torch.randint(3, 512, (length,), generator=generator).tolist()
        targets = torch.rand(length, generator=generator) < 0.6
        targets[0], targets[-1] = False, True
        found["input_ids"] += ids
        found["labels"] += [i if target else -100 for i, target in zip(ids, targets.tolist())]
        found["position_ids"] += range(length)
        found["segment_ids"] += [segment] * length
    return found


def losses(model, pack: dict) -> dict:
    batch = {name: torch.tensor([values]) for name, values in pack.items()}
    segments = batch.pop("segment_ids")
    with torch.no_grad():
        by_positions = model(**batch, use_cache=False).loss.item()
        # The same from the segments alone: a token sees the earlier ones of its own.
        sees = (segments[:, :, None] == segments[:, None, :]).tril()
        mask = torch.where(sees, 0.0, torch.finfo(torch.float32).min)[:, None]
        by_segments = model(**batch, attention_mask=mask, use_cache=False).loss.item()
    assert abs(by_positions - by_segments) < 1e-5, (by_positions, by_segments)
    return {"loss": by_segments, "targets": sum(label != -100 for label in pack["labels"])}


if __name__ == "__main__":
    folder = fixture("packs")
    base = LlamaForCausalLM.from_pretrained(TINY, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, TINY / "adapter").eval()
    generator = torch.Generator().manual_seed(SEED)
    packs = [row(generator) for _ in range(ROWS)]
    folder.joinpath("packs.jsonl").write_text("".join(json.dumps(p, separators=(",", ":")) + "\n" for p in packs))
    write_json(folder / "expected.json", [losses(model, p) for p in packs])
    write_manifest(folder, "Mean loss per target of each row, by its position_ids and by its segment_ids.",
                   ["torch", "transformers", "peft"], SEED)

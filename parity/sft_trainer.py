"""Losses, gradient norms and evaluation of TRL's SFTTrainer on tiny-llama and its adapter, from tokenized rows."""
from common import FIXTURES, fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import tempfile

from datasets import Dataset
from peft import PeftModel
from tokenizers import Tokenizer, models
from torch.utils.data import SequentialSampler
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

SEED = 20261124
TINY = FIXTURES / "tiny-llama"
# 38 rows in windows of 4: the last window has two. Few distinct tokens, so that some are predicted right in the end.
ROWS, EVAL_ROWS, WINDOW = 38, 5, 4
RECIPE = {"learning_rate": 1e-2, "weight_decay": 0.01, "max_grad_norm": 1.0, "adam_beta1": 0.8, "adam_beta2": 0.95,
          "adam_epsilon": 1e-6, "lr_scheduler_type": "cosine", "warmup_steps": 0}


def rows(count: int, seed: int) -> list[dict]:
    """Rows of unequal lengths with between one and all of their tokens as targets."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(count):
        length = int(torch.randint(3, 40, (), generator=generator))
        ids = torch.randint(3, 7, (length,), generator=generator).tolist()
        first = int(torch.randint(1, length, (), generator=generator))
        found.append({"input_ids": ids, "labels": [-100] * first + ids[first:]})
    return found


class InOrder(SFTTrainer):
    def _get_train_sampler(self, dataset=None):
        return SequentialSampler(dataset if dataset is not None else self.train_dataset)


def tokenizer() -> PreTrainedTokenizerFast:
    """Only its padding is used."""
    words = {f"w{i}": i for i in range(512)}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="w0")),
                                   pad_token="w2", eos_token="w2")


def run(train: list[dict], evaluation: list[dict], loss_type: str, batch: int, accumulation: int) -> dict:
    base = LlamaForCausalLM.from_pretrained(TINY, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, TINY / "adapter", is_trainable=True)
    with tempfile.TemporaryDirectory() as out:
        trainer = InOrder(
            model=model, processing_class=tokenizer(), train_dataset=Dataset.from_list(train),
            eval_dataset=Dataset.from_list(evaluation),
            args=SFTConfig(
                output_dir=out, loss_type=loss_type, per_device_train_batch_size=batch,
                gradient_accumulation_steps=accumulation, per_device_eval_batch_size=len(evaluation),
                num_train_epochs=1, logging_steps=1, save_strategy="no", report_to=[], use_cpu=True, bf16=False,
                max_length=None, disable_tqdm=True, dataloader_pin_memory=False, **RECIPE))
        trainer.train()
        steps = [{"loss": e["loss"], "gradNorm": float(e["grad_norm"]), "learningRate": e["learning_rate"]}
                 for e in trainer.state.log_history if "grad_norm" in e]
        found = trainer.evaluate()
    return {"lossType": loss_type, "batchSize": batch, "accumulation": accumulation, "steps": steps,
            "eval": {"loss": found["eval_loss"], "accuracy": found["eval_mean_token_accuracy"],
                     "entropy": found["eval_entropy"]}}


if __name__ == "__main__":
    folder = fixture("sft-trainer")
    train, evaluation = rows(ROWS, SEED), rows(EVAL_ROWS, SEED + 1)
    write_json(folder / "expected.json", {
        "train": train, "eval": evaluation,
        "runs": [run(train, evaluation, loss, batch, WINDOW // batch)
                 for loss, batch in (("nll", 4), ("nll", 1), ("dft", 4), ("dft", 1), ("chunked_nll", 2))]})
    write_manifest(folder, "One epoch of SFTTrainer from tiny-llama's adapter, rows in order, on one thread; eval is "
                           "after the last step, in one batch (TRL takes means of batches). recipe: see the script.",
                   ["torch", "transformers", "peft", "trl"], SEED)

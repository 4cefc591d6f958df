"""What TRL's SFTTrainer makes of prompts and completions, as strings, as messages, and already tokenized."""
from common import FIXTURES, fixture, write_json, write_manifest

import tempfile

from datasets import Dataset, disable_progress_bars
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

TEMPLATE = ("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
STRINGS = [("Hello", " world"), ("Q: 2+2?\nA:", " 4."), ("", "no prompt"), ("Köln ist", " schön 🙂 und groß"),
           ("ends already", " here<|im_end|>"), ("a\n", "\nb"), ("word", "play"), ("12", "345"), ("tab\t", "\tstop ")]
CHATS = [([{"role": "user", "content": "Hi"}], [{"role": "assistant", "content": "Hello!"}]),
         ([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
          [{"role": "assistant", "content": "Because 🙂."}]),
         ([{"role": "user", "content": "1"}, {"role": "assistant", "content": "one"}, {"role": "user", "content": "2"}],
          [{"role": "assistant", "content": "two"}, {"role": "user", "content": "3"},
           {"role": "assistant", "content": "three"}])]


def labels(tokenizer, rows: list[dict]) -> list[dict]:
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8,
                                         num_hidden_layers=1, num_attention_heads=1))
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(model=model, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
                             args=SFTConfig(output_dir=folder, use_cpu=True, bf16=False, report_to="none",
                                            per_device_train_batch_size=1, shuffle_dataset=False, max_length=None))
        batches = [trainer.data_collator([row]) for row in trainer.train_dataset]
    return [{"ids": b["input_ids"][0].tolist(), "labels": b["labels"][0].tolist()} for b in batches]


def main():
    disable_progress_bars()
    folder = fixture("completions")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(FIXTURES / "gguf/tokenizer.json"), bos_token="<|im_start|>", eos_token="<|im_end|>",
        pad_token="<|im_end|>", chat_template=TEMPLATE)
    strings = [{"prompt": p, "completion": c} for p, c in STRINGS]
    chats = [{"prompt": p, "completion": c} for p, c in CHATS]
    for row, made in zip(strings, labels(tokenizer, strings), strict=True):
        prompt = tokenizer(row["prompt"])["input_ids"]
        row |= made | {"promptBegins": made["ids"][:len(prompt)] == prompt}
    for row, made in zip(chats, labels(tokenizer, chats), strict=True):
        row |= made
    write_json(folder / "completions.json", {"chatTemplate": TEMPLATE, "strings": strings, "chats": chats}, indent=1)
    write_manifest(folder, "ids and labels of SFTTrainer's rows of prompts and completions",
                   ["trl", "transformers", "tokenizers", "datasets"])


main()

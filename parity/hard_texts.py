"""Texts that tell tokenizers apart; tokenizer_ids.py has those that any vocabulary must bear."""
from common import ROOT

from tokenizer_ids import TEXTS

import random

MARKERS = [
    "<s>hi</s>", "<unk>", "a<unk>b", "<|startoftext|>x<|endoftext|>", "<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n",
    "<|im_end|>  two blanks", "before  <|im_end|>\n\nafter", "<reserved_106>你好<reserved_107>", "<reserved_102> 你好<reserved_103> 我是",
    "<|user|>\n 你好<|assistant|>", "[gMASK]sop<|user|>\n hi<|assistant|>", "[gMASK] sop", "philosophy, aesop, sop eop [MASK]",
    "[INST] hi [/INST] hello</s>", "<|extra_0|><|extra_204|><|extra_205|>", "<|im_end|>\u0338 e<|im_start|>\u0301",
    "<|im_start|><|im_start|>", "<0x0A>", "<0x41><0xE4>", "<|im_start|>▁x", "print(\"<|endoftext|>\")",
]
BLANKS = [
    "▁", "▁▁ ▁", " ▁a", "a▁b c", *(" " * n + "x" for n in (1, 2, 3, 5, 8, 16, 17, 33)), *(" " * n for n in (7, 15, 16, 17, 31, 32, 33)),
    "\t\t\tif x:\n\t\t\t\treturn", "a \n b\t c  \n\n  d", "\u3000全角\u3000空白", "\u00a0\u2002x\u2009", "trailing \n", "\u0085x\u2028y",
]
RULES = [
    "ＡＢＣ１２３", "①②③", "㌔㍍", "ｶﾞｷﾞ", "ﬁﬂ", "…", "½", "e\u0301\u0323", "\u0319\u089e\u0eba\u0326", "\u1100\u1161\u11a8", "\u2126Å", "\x00", "a\x00b", "x\u200by\u200c",
    "\ufeffx", "İıſ", "ǆ", "ﷺ",
]
MERGES = [
    *("a" * n for n in (2, 3, 4, 5, 6, 7, 9, 13)), "aabaabaab", "abababab", "=" * 41, "-" * 13 + ">" * 5, "." * 9, "ooo" * 7, "的" * 9,
    "我们我们我", "人工智能人工", "  " * 5 + "=" * 3, "0" * 37, "1234567890" * 3, "w" * 400, "zzzzzzzzzzzzzzzzzqqqqqqqq", "哈哈哈哈哈哈哈",
    "训练的时间也越长。模型的参数越多", "return self.tokenizer.encode(text)",
]
PIECES = [" ", "  ", "    ", "\n", "\n\n", "\t", "\r\n", "'s", "7", "12", "the", "The", " the", "é", "e\u0301", "世界", "我们", "的", "。", "🙂",
          "👩\u200d👧", "-", "__", "...", "\u00a0", "\u200d", "ß", "İ", "</s>", "<|im_end|>", "▁", "\u3000", "Ａ", "①", "ﬁ", "a", "aa", "aaa",
          "ab", "\x01", "ｶﾞ", "한", "글", "//", "==", "self", "def ", "ا", "\U00050000"]


def hard_texts(count: int, seed: int) -> list[str]:
    """The hand-written ones, then `count` mixtures."""
    pick = random.Random(seed)
    mixtures = ["".join(pick.choice(PIECES) for _ in range(pick.randint(1, 20))) for _ in range(count)]
    chinese = (ROOT / "parity/corpus_zh.txt").read_text().splitlines()
    return TEXTS + MARKERS + BLANKS + RULES + MERGES + chinese + mixtures

"""The tokenizer: byte-level BPE without any normalisation, so that decoding gives back every byte.

    «سؤال: شنو هو نهار السوق؟»  ->  [1290, 22, 3110, …]  ->  «سؤال: شنو هو نهار السوق؟»

The split pattern is the one that llama.cpp calls `bloom`: it keeps the digits inside Arabizi words (`3lach`, `l9ahwa`) and was
found to be cut alike by Hugging Face, tiktoken and llama.cpp on every Moroccan line tried. Cleaning happens before, in the
certified data, where it is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from khettara.errors import DatasetError, storage_errors
from khettara.llm.extra import needs_llm

with needs_llm():
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as HfTokenizer

BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+"
END, PAD = "<|end|>", "<|pad|>"
SPECIAL = (END, PAD, "<|system|>", "<|user|>", "<|assistant|>")
"""Ids 0 to 4. END stands before and after each document; the chat marks wait for fine-tuning."""


class Tokenizer:
    """Text to token ids and back. A special token's name inside a text is text: no document can end itself."""

    def __init__(self, hf: HfTokenizer) -> None:
        self._hf = hf
        self._hf.encode_special_tokens = True
        self.size: int = hf.get_vocab_size()
        self.end_id = _special(hf, END)
        self.pad_id = _special(hf, PAD)

    @classmethod
    def train(cls, texts: Iterable[str], vocabulary: int) -> Tokenizer:
        """Learn at most `vocabulary` tokens. The same texts in the same order give the same tokenizer."""
        hf = HfTokenizer(models.BPE())
        hf.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(BLOOM), behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        hf.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL),
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            min_frequency=2,
            show_progress=False,
        )
        hf.train_from_iterator(texts, trainer)
        return cls(hf)

    @classmethod
    def open(cls, folder: Path) -> Tokenizer:
        """Read `tokenizer.json` of a model folder."""
        return cls(HfTokenizer.from_file(str(folder / "tokenizer.json")))

    def save(self, folder: Path) -> None:
        """Write `tokenizer.json` and `tokenizer_config.json` in the layout of Hugging Face."""
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": END,
            "eos_token": END,
            "pad_token": PAD,
            "clean_up_tokenization_spaces": False,
            "additional_special_tokens": list(SPECIAL[2:]),
        }
        with storage_errors(folder):
            (folder / "tokenizer.json").write_text(self._hf.to_str(pretty=True), encoding="utf-8")
            (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")

    def encode(self, text: str) -> NDArray[np.uint16]:
        """The ids of a text; nothing is added at its ends."""
        return np.asarray(self._hf.encode(text, add_special_tokens=False).ids, np.uint16)

    def encode_all(self, texts: Sequence[str]) -> list[NDArray[np.uint16]]:
        """As `encode`, for many texts at once."""
        return [np.asarray(e.ids, np.uint16) for e in self._hf.encode_batch_fast(list(texts), add_special_tokens=False)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; special tokens are left out, a cut letter becomes U+FFFD."""
        text: str = self._hf.decode([int(i) for i in ids], skip_special_tokens=True)
        return text

    def word_edges(self, ids: Sequence[int]) -> list[int]:
        """Where words begin or end among `ids`, as positions from 0 to len(ids), both always included."""
        pieces = [self._hf.decode([int(i)], skip_special_tokens=False) for i in ids]
        edges = [0]
        edges += [k for k in range(1, len(ids)) if not (_is_inside(pieces[k - 1][-1:]) and _is_inside(pieces[k][:1]))]
        return edges if not ids else [*edges, len(ids)]


def _is_inside(letter: str) -> bool:
    """Could stand within a word: a letter, a mark, a digit, or the torn half of one."""
    return letter.isalnum() or letter == "\N{REPLACEMENT CHARACTER}" or ("\u064b" <= letter <= "\u0670")


def _special(hf: HfTokenizer, name: str) -> int:
    number = hf.token_to_id(name)
    if number is None:
        raise DatasetError(f"the tokenizer has no token {name}", hint="It was not made by `khettara llm train`.")
    return int(number)

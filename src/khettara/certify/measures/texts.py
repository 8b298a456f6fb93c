"""What is seen of each document: marks that it bears or not, one function each, over a batch of records.

{"text": "عيط ليا ف 0600112233", "licence": "CC0-1.0", ...}  ->  has_text yes, licence_open yes, identifier.phone yes, copy 0x9f2c...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.certify.measures.facts import Array, Look, Word
from khettara.kernels.mixing import mixed

if TYPE_CHECKING:
    from khettara.kernels import Text
    from khettara.kernels.words import Reading

UNSAID = ("", "NOASSERTION", "NONE", "UNKNOWN")
"""What stands in the place of a licence where none was given, in capitals (the middle two are SPDX's own words)."""


def has_text(batch: pa.RecordBatch) -> pa.Array:
    """Records with a text that is more than blanks."""
    return pc.fill_null(pc.match_substring_regex(batch["text"], r"[^\s\p{Z}\p{C}]"), False)


def has_origin(batch: pa.RecordBatch) -> pa.Array:
    """Records that name the file they came from, and the sha256 of its bytes."""
    uri, sha256 = (pc.fill_null(pc.struct_field(batch["source"], name), "") for name in ("uri", "sha256"))
    return pc.and_(pc.not_equal(uri, ""), distinct(sha256, lambda values: pc.match_substring_regex(values, "^[0-9a-f]{64}$")))


def has_date(batch: pa.RecordBatch) -> pa.Array:
    """Records whose date is known."""
    return pc.is_valid(batch["created"])


def has_language(batch: pa.RecordBatch) -> pa.Array:
    """Records whose language was told apart (`und` is not an answer)."""
    return pc.invert(pc.is_in(pc.fill_null(batch["lang"], ""), value_set=pa.array(["", "und"])))


def has_licence(batch: pa.RecordBatch) -> pa.Array:
    """Records whose licence is known; words for "nobody said" are none."""

    def said(values: pa.Array) -> pa.Array:
        return pc.invert(pc.is_in(pc.utf8_upper(pc.utf8_trim_whitespace(values)), value_set=pa.array(UNSAID)))

    return distinct(pc.fill_null(batch["licence"], ""), said)


def has_open_licence(batch: pa.RecordBatch) -> pa.Array:
    """Records under a licence that lets anyone use, change and pass on the data."""
    return pc.is_in(batch["licence"], value_set=pa.array(sorted(open_licences()), pa.string()))


SCRIPTS: Mapping[str, str] = {"arb": "Arab", "ary": "Arab", "zgh": "Tfng", "fr": "Latn", "en": "Latn", "es": "Latn", "ary-Latn": "Latn"}
"""The script that a text of each language is in; Darija is at home in two, and `ary` with Latin letters is no contradiction."""


def fits_script(batch: pa.RecordBatch) -> pa.Array:
    """Records whose script is one of their language; those without either, or of another language, are not in question."""
    lang, script = batch["lang"], batch["script"]
    expected = pc.index_in(lang, value_set=pa.array(list(SCRIPTS), pa.string()))
    wanted = pa.array(list(SCRIPTS.values()), pa.string()).take(expected)
    fits = pc.or_kleene(pc.equal(wanted, script), pc.is_in(lang, value_set=pa.array(["ary", "zgh"])))
    return pc.fill_null(fits, True)


def distinct(column: pa.Array, work: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`work` done once for each distinct value of a column that repeats itself."""
    encoded = column.dictionary_encode()
    return work(encoded.dictionary).take(encoded.indices)


@cache
def open_licences() -> frozenset[str]:
    """SPDX identifiers of the licences that count as open: `open_licences.txt`, one a line."""
    text = resources.files("khettara.certify").joinpath("open_licences.txt").read_text(encoding="utf-8")
    return frozenset(line.split("#")[0].strip() for line in text.splitlines()) - {""}


def find_identified(batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
    """For each kind of identifier, the records in which one of a person or firm can still be read."""
    from khettara.darija.identifiers import KINDS, USUAL, find
    from khettara.kernels import once

    found = once(batch["text"], find)
    masks = {kind: np.zeros(batch.num_rows, bool) for kind in USUAL}
    for kind, mask in masks.items():
        mask[found.row[found.kind == KINDS.index(kind)]] = True
    return {kind: pa.array(mask) for kind, mask in masks.items()}


# UTF-8 read as latin-1, cp1252 or cp1256 turns one letter into a pair: é into Ã© or أ©, ا into Ø§ or ط§, ’ into â€™, ⴰ into â´°.
# An Arabic pair alone proves nothing ("فقط…"), two in a row do. A small accented letter before a capital one is cp1256 read
# as cp1252 ("ÇáÓæÞ").
# Measured: none of 401,707 lines of sound text in Arabic, French, English and Tamazight is found.
_PAIRS = (
    r"[ÃÂ][\x{A0}-\x{BF}]",
    r"أ[§¨©®´]",
    r"â[€´µ]",
    r"(?:[ØÙ][\x{80}-\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]){2}",
    r"(?:[طظ][\x{A2}-\x{A9}\x{AB}-\x{B9}\x{BB}-\x{BE}€پ‚ƒ„…†‡ˆ‰ٹ‹Œ‘’“”•–—™›œ]){2}",
    r"[ß-öø-ÿ][À-ÖØ-Þ]",
)
DAMAGE: Mapping[str, str] = {"lost characters": r"\x{FFFD}", "control characters": r"[\x{80}-\x{9F}]", "misread letters": "|".join(_PAIRS)}
"""What damaged text looks like, for RE2."""


def find_damage(batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
    """For each kind of damage, the records that have it."""
    return {kind: pc.fill_null(pc.match_substring_regex(batch["text"], shape), False) for kind, shape in DAMAGE.items()}


def read_words(text: Text) -> Reading:
    """The words of each text, folded and hashed."""
    from khettara.kernels.words import Reading, word_list

    return Reading(text, word_list((), 0))


def copy_hash(batch: pa.RecordBatch) -> Array:
    """A number for each text that is the same for texts that differ in case, marks, punctuation, blanks and shapes of letters only."""
    from khettara.kernels import once
    from khettara.kernels.hashing import text_hashes
    from khettara.kernels.words import FOLDED_CHARS

    found = once(batch["text"], read_words)
    return np.where(found.counts[:, FOLDED_CHARS] > 0, found.folded_hashes(), once(batch["text"], text_hashes))


def size(batch: pa.RecordBatch) -> Array:
    """Bytes of each text."""
    lengths: Array = pc.fill_null(pc.binary_length(batch["text"]), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


LOOKS: tuple[Look, ...] = (
    Look("has_text", ("text",), has_text),
    Look("identifier", ("text",), find_identified),
    Look("damage", ("text",), find_damage),
    Look("copy", ("text",), copy_hash),
    Look("bytes", ("text",), size),
    Look("has_origin", ("source",), has_origin),
    Look("has_date", ("created",), has_date),
    Look("has_language", ("lang",), has_language),
    Look("licence_known", ("licence",), has_licence),
    Look("licence_open", ("licence",), has_open_licence),
    Look("fits_script", ("lang", "script"), fits_script),
)
"""One more thing to see in a document costs one function and a line here."""


def _uris(source: pa.Array) -> pa.Array:
    return pc.struct_field(source, "uri")


def _days(created: pa.Array) -> pa.Array:
    return (
        created.cast(pa.date32())
        if pa.types.is_timestamp(created.type) and created.type.tz is None
        else pc.floor_temporal(created, unit="day").cast("timestamp[us]").cast(pa.date32())
    )


WORDS: tuple[Word, ...] = (
    Word("lang", "lang"),
    Word("source", "source", _uris),
    Word("licence", "licence"),
    Word("author", "author"),
    Word("domain", "domain"),
    Word("day", "created", _days),
)
"""What records are grouped by."""

GRAM_WORDS = 3
GRAMS_KEPT = 32_000_000
"""Runs of words kept in all: 128 MB. Of larger datasets every second one is looked at, every fourth, ..."""


def grams(every: int) -> Look:
    """The runs of three folded words of each text, as numbers of 32 bits, and a number that near copies share.

    `every`: of all possible runs, one in so many is kept.
    """

    def see(batch: pa.RecordBatch) -> dict[str, Any]:
        from khettara.kernels import once

        lists = gram_lists(once(batch["text"], read_words), batch.num_rows, every)
        return {"list": lists, "near": least(lists)}

    return Look("grams", ("text",), see)


def gram_lists(found: Reading, n_rows: int, every: int) -> pa.Array:
    """For each row its runs of three words, in order; one that comes again in a row stands there again."""
    values, counts = [np.zeros(0, np.uint32)], np.zeros(n_rows, np.int64)
    for piece in found.words():
        words = piece.hashes
        if len(words) < GRAM_WORDS:
            continue
        rows = np.repeat(piece.rows, np.diff(piece.firsts))
        runs = mixed((words[:-2] * _STEP + words[1:-1]) * _STEP + words[2:])
        fits = rows[:-2] == rows[2:]
        if every > 1:
            fits &= runs % np.uint64(every) == 0
        values.append((runs[fits] >> np.uint64(32)).astype(np.uint32))
        counts += np.bincount(rows[:-2][fits], minlength=n_rows)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(np.concatenate(values)))


def least(lists: pa.Array) -> Array:
    """A number for each record that is the same for records with the same four least hashes of their runs of words; 0 without runs.

    Of records that share nine in ten runs, two in three are found; of those that share half, one in sixteen is taken for a copy.
    """
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    found, names = np.flatnonzero(sizes), np.zeros(len(sizes), np.uint64)
    if len(found):
        starts = (np.cumsum(sizes) - sizes)[found]
        wide = lists.flatten().to_numpy().astype(np.uint64)
        joined = np.zeros(len(found), np.uint64)
        for salt in _SALTS:
            joined = mixed(joined * _STEP + np.minimum.reduceat(mixed(wide ^ salt), starts))
        names[found] = joined
    return names


_STEP = np.uint64(0x9E3779B97F4A7C15)
_SALTS = tuple(np.uint64(salt) for salt in (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89))  # digits of pi

"""Copies: of whole texts, folded texts, nearly the same texts, and paragraphs, within a stage and against other datasets.

Of several copies the least by (priority of its input, source, id) stays.
"""

from khettara.clean.duplicates.exact import SameText
from khettara.clean.duplicates.near import NearCopies
from khettara.clean.duplicates.paragraphs import Paragraphs, SameParagraph
from khettara.engine import Join

DUPLICATES: dict[str, Join] = {
    "exact": SameText("exact_copy", "the same text is kept once", ("text_hash",)),
    "normalised": SameText("copy", "the same text, but for case, blanks, marks and punctuation, is kept once", ("norm_hash",)),
    "near": NearCopies(),
    "paragraphs": SameParagraph(),
}
"""By the names that recipes use, in the order in which they decide."""

__all__ = ["DUPLICATES", "NearCopies", "Paragraphs", "SameParagraph", "SameText"]

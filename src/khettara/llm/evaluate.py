"""How well a model foretells text that it never saw: bits per byte.

Bits, so that the figure is what a perfect compressor with this model would need; per byte and not per token, so that models with
different tokenizers compare. Long documents are read in rows as in training: the first tokens of each row know little of what
came before, which makes the figure slightly too high, for every model alike. Lower is better; an untrained model needs about
log2(vocabulary) bits for each token.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from khettara.llm.corpus import Document
from khettara.llm.extra import needs_llm
from khettara.llm.model import Model
from khettara.llm.packing import NOBODY, Packed, pack

with needs_llm():
    import torch
    from torch.nn import functional

OVERALL = "overall"


def bits_per_byte(model: Model, documents: Sequence[Document], tokens: Sequence[NDArray[np.uint16]], batch: int = 8) -> dict[str, float]:
    """Bits per byte of UTF-8 for each language and script (`ary-Latn`), then overall. The end of a document counts for nothing."""
    config = model.config
    packed = pack(tokens, config.context, end_id=config.end_id, pad_id=config.pad_id)
    bits = np.zeros(len(documents))
    for start in range(0, len(packed), batch):
        rows = packed.take(np.arange(start, min(start + batch, len(packed))))
        counted = (rows.documents != NOBODY) & (rows.targets != config.end_id)
        np.add.at(bits, rows.documents[counted], losses(model, rows)[counted] / math.log(2))
    sizes = np.array([len(document.text.encode()) for document in documents])
    groups = [document.variety for document in documents]
    scores = {}
    for name in sorted(set(groups)):
        chosen = np.array([group == name for group in groups])
        scores[name] = round(float(bits[chosen].sum() / max(1, sizes[chosen].sum())), 4)
    if documents:
        scores[OVERALL] = round(float(bits.sum() / max(1, sizes.sum())), 4)
    return scores


def losses(model: Model, rows: Packed) -> NDArray[np.float64]:
    """The surprise (nats) at each target, of the shape of `rows`; zero where there is none."""
    with torch.inference_mode():
        logits = model(torch.from_numpy(rows.inputs), torch.from_numpy(rows.documents))
        found = functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(rows.targets).flatten(), reduction="none")
    return found.view(rows.targets.shape).double().numpy()

"""Compile what the steps run on, so that the first run need not: `python -m khettara.clean`, once after installing.

Every step that needs no settings goes over three short texts; what was compiled from older sources is removed.
"""

from __future__ import annotations

import pyarrow as pa

from khettara.clean import STEPS
from khettara.kernels.jit import forget_older

TEXTS = ["واش كاين الما فالخطارة؟ 06 00 00 21 40", "wach kayn lma?\nLa commune est ouverte.", "Ø§Ù„Ø³ÙˆÙ‚ ⴰⵣⵓⵍ"]


def main() -> None:
    """See the module."""
    batch = pa.record_batch({"id": pa.array(["0", "1", "2"], pa.string()), "text": pa.array(TEXTS, pa.large_string())})
    for step in STEPS.values():
        if not any(field.is_required() for field in step.model_fields.values()):
            batch = step()(batch)
    forget_older()


if __name__ == "__main__":
    main()

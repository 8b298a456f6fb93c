"""What a measure is, in words: the standard's 66 and our own, by name or id.

Com-ML-1  ->  Value completeness: cells with a value ... / cells; as value_completeness (table), text_completeness (documents)
"""

from __future__ import annotations

from typing import Any

from khettara.certify.measures.catalogue import MEASURES
from khettara.certify.measures.standard import standard
from khettara.engine import nearest
from khettara.errors import RecipeError


def explain(name: str | None = None) -> list[dict[str, Any]]:
    """All measures, or those that have this name or id.

    Raises:
        RecipeError: there is none.
    """
    told = [*(_of_standard(iso) for iso in standard()), *(_own(each) for each, measure in MEASURES.items() if measure.iso is None)]
    if name is None:
        return told
    wanted = MEASURES[name].iso or name if name in MEASURES else name
    found = [each for each in told if wanted in (each["id"], *each["names"])]
    if not found:
        raise RecipeError(f"no measure {name!r}", hint=nearest(name, [*standard(), *MEASURES]))
    return found


def _of_standard(iso: str) -> dict[str, Any]:
    about = standard()[iso]
    names = [f"{name} ({', '.join(measure.kinds)})" for name, measure in MEASURES.items() if measure.iso == iso]
    return {"id": iso, "titles": dict(about.titles), "by": about.by, "direction": about.direction, "counts": about.counts, "names": names}


def _own(name: str) -> dict[str, Any]:
    measure = MEASURES[name]
    titles = {"en": measure.title}
    return {"id": None, "titles": titles, "by": "A", "direction": measure.direction, "counts": f"{measure.title} / all", "names": [name]}

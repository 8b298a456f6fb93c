"""A small dataset in which it is known of each record why it must go, and a recipe that cleans it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.builders import document_rows, seal

from khettara import house

PHONE = "0600002140"
STORY = (
    "كان يا ما كان واحد الخطارة قديمة كتجيب الما من الجبل حتى للجنان ديال الناس وكانو الرجال كل عام كيهبطو ليها "
    "باش ينقيوها من التراب والحجر وكان با لحسن هو اللي كيقسم النوبة بين العائلات بالعدل وما كان حتى واحد كيتشكى منو"
)
RECIPE = """\
name: planted
output: .
stages:
  - clean:   # the only stage
      from: raw
      to: clean
      shard_mb: 0.001
      steps: [scrub, {mask}words, language, encoding_damage, exact_hash, min_hash]
      rules:
        # how short is too short?
        - rule: too_short
          keep: n_words >= 4   # words
          because: a few words teach a model nothing
        - {{rule: damaged, keep: 'n_replacement <= 1 and mojibake_share < 0.5', because: characters were lost}}
      duplicates: [normalised, near]
"""


def rows() -> list[dict[str, Any]]:
    """Sixty sound records, and beside them what each rule, and each kind of copy, must find."""
    sound = document_rows(60)
    planted = {
        "short-1": "السوق اليوم",
        "short-2": f"عيط {PHONE}",
        "short-3": "souk lyoum",
        "edge-1": "wach kayn lma lyoum",
        "damaged-1": "السو\N{REPLACEMENT CHARACTER} نها\N{REPLACEMENT CHARACTER} الخميس فالصباح بكري",
        "damaged-2": "le march\N{REPLACEMENT CHARACTER} est ouvert tous les jeudis",
        "story-1": STORY,
        "story-2": STORY + "!",
        "story-3": f"{STORY} والسلام",
        "tatweel-1": "الســـوق نهار الخميس فالصباح بكري بزاف",
        "french-1": "Le marché hebdomadaire se tient chaque jeudi matin près de la vieille porte",
    }
    more = [
        {**sound[0], "id": name, "text": text, "lang": None, "script": None, "source": {**sound[0]["source"], "uri": f"planted/{name}.txt"}}
        for name, text in planted.items()
    ]
    return [*sound, *more, {**sound[0], "id": "empty-1", "text": None}]


def cleaned(folder: Path, mask: bool = True) -> Path:
    """Clean the planted dataset in `folder`; the recipe lies beside it. Returns the recipe."""
    folder.mkdir(parents=True, exist_ok=True)
    seal(folder / "raw", rows(), parts=3)
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(mask="mask_identifiers, " if mask else ""), encoding="utf-8")
    house.run(recipe)
    return recipe

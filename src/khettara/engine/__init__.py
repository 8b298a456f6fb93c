"""How work runs: recipes, steps, rules, shards, units, workers. It knows the dataset and no room."""

from khettara.engine.card import card_text, tally
from khettara.engine.recipe import Recipe, Stages, explain, parse_yaml, read_recipe
from khettara.engine.rules import Expression, Rule, nearest
from khettara.engine.shards import DEFAULT_SHARD_MB, Shard, cut
from khettara.engine.stage import Context, Stage, StageResult, check_artefact_name, verified
from khettara.engine.steps import Step, snake_case, with_column
from khettara.engine.transform import Join, Transform, stage_key, transform
from khettara.engine.units import Output, Receipt, Task, hash_key, run_unit, sweep
from khettara.engine.workers import ENGINES, Progress, Silence, Workers

__all__ = [
    "DEFAULT_SHARD_MB",
    "ENGINES",
    "Context",
    "Expression",
    "Join",
    "Output",
    "Progress",
    "Receipt",
    "Recipe",
    "Rule",
    "Shard",
    "Silence",
    "Stage",
    "StageResult",
    "Stages",
    "Step",
    "Task",
    "Transform",
    "Workers",
    "card_text",
    "check_artefact_name",
    "cut",
    "explain",
    "hash_key",
    "nearest",
    "parse_yaml",
    "read_recipe",
    "run_unit",
    "snake_case",
    "stage_key",
    "sweep",
    "tally",
    "transform",
    "verified",
    "with_column",
]

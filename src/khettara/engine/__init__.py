"""How work runs: recipes, steps, rules, shards, units, workers. It knows the dataset and no room."""

from khettara.engine.card import card_text, tally
from khettara.engine.decide import LOST, Join, Outcome, decide, lost, repeats
from khettara.engine.groups import copies, listed_keys, plain_keys
from khettara.engine.recipe import Recipe, Stages, explain, parse_yaml, read_model, read_model_file, read_recipe
from khettara.engine.records import Block, Records, by_rank
from khettara.engine.rules import Expression, Rule, nearest
from khettara.engine.shards import DEFAULT_SHARD_MB, Shard, cut
from khettara.engine.stage import Context, Stage, StageResult, check_artefact_name, verified
from khettara.engine.steps import Step, snake_case, with_column
from khettara.engine.transform import Transform, stage_key, transform
from khettara.engine.units import Output, Receipt, Task, hash_key, run_unit, sweep
from khettara.engine.workers import ENGINES, Progress, Silence, Workers

__all__ = [
    "DEFAULT_SHARD_MB",
    "ENGINES",
    "LOST",
    "Block",
    "Context",
    "Expression",
    "Join",
    "Outcome",
    "Output",
    "Progress",
    "Receipt",
    "Recipe",
    "Records",
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
    "by_rank",
    "card_text",
    "check_artefact_name",
    "copies",
    "cut",
    "decide",
    "explain",
    "hash_key",
    "listed_keys",
    "lost",
    "nearest",
    "parse_yaml",
    "plain_keys",
    "read_model",
    "read_model_file",
    "read_recipe",
    "repeats",
    "run_unit",
    "snake_case",
    "stage_key",
    "sweep",
    "tally",
    "transform",
    "verified",
    "with_column",
]

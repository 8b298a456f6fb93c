"""`khettara presets`: the steps and rules that come ready-made, with the source of every threshold."""

from __future__ import annotations

from typing import Annotated

import typer

from khettara.cli.options import Json
from khettara.cli.output import print_json, print_table


def presets(
    name: Annotated[str | None, typer.Argument(help="The preset to show in full.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """List the presets of the cleaning stage, or show one in full, with the source of each threshold.

    Example: khettara presets social
    """
    from khettara.clean.presets import preset, preset_text
    from khettara.clean.presets import presets as names

    if name is None:
        rows = [(each, len(preset(each)["rules"]), preset(each)["description"]) for each in names()]
        if as_json:
            print_json([{"name": each, "rules": rules, "description": description} for each, rules, description in rows])
        else:
            print_table("", ("preset", "rules", "for"), rows)
    elif as_json:
        print_json({"name": name, **preset(name)})
    else:
        typer.echo(preset_text(name), nl=False)

"""Profiles: what a purpose demands of data, as a YAML file that a person can read and another can change.

name: pretraining
demands:
  - {measure: identifiers_left, maximum: 0.005, because: a model may repeat a telephone number that it read}
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from khettara.certify.measures import MEASURES
from khettara.dataset import canonical_json, sha256_hex
from khettara.engine import explain, nearest, parse_yaml
from khettara.errors import RecipeError


class Demand(BaseModel):
    """One bound. A demand that is not `required` makes the verdict conditional when it fails; a required one, refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    minimum: float | None = Field(default=None, ge=0, le=1)
    maximum: float | None = Field(default=None, ge=0, le=1)
    required: bool = True
    because: str = Field(min_length=1)

    @field_validator("measure")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r}\n{nearest(name, MEASURES)}")
        return name

    @model_validator(mode="after")
    def _bounded(self) -> Demand:
        if (self.minimum is None) == (self.maximum is None):
            raise ValueError("a demand has either a `minimum` or a `maximum`")
        return self

    def passed(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        return value >= self.minimum if self.minimum is not None else value <= (self.maximum or 0.0)


class Profile(BaseModel):
    """What a purpose demands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int = Field(ge=1)
    purpose: str
    because: str
    demands: tuple[Demand, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """Names exactly these demands."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))


def load_profile(name: str) -> Profile:
    """A profile of the house by name (`pretraining`, `finetuning`, `open-data`), or one's own by the path of its YAML file.

    Raises:
        RecipeError: there is none, or it does not read; with the line.
    """
    folder = resources.files("khettara.certify").joinpath("profiles")
    known = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    if name in known:
        return _parse(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        raise RecipeError(f"no profile for the purpose {name!r}", hint=nearest(name, known))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"the profile cannot be read: {error}", where=name) from error
    return _parse(text, name)


def _parse(text: str, where: str) -> Profile:
    data, lines = parse_yaml(text, where)
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        what, place, hint = explain(Profile, error)
        while place not in lines:
            place = place[:-1]
        raise RecipeError(what, where=f"{where}, line {lines[place]}", hint=hint) from None


def outcome(demand: Demand, value: float | None) -> dict[str, Any]:
    """How a measure stands against a demand, as the certificate says it."""
    return {
        "minimum": demand.minimum,
        "maximum": demand.maximum,
        "required": demand.required,
        "because": demand.because,
        "passed": None if value is None else demand.passed(value),
    }

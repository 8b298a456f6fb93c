"""Profiles: what a purpose demands of data, as a YAML file that a person can read and another can change.

name: pretraining
demands:
  - {measure: identifiers_left, maximum: 0.005, because: a model may repeat a telephone number that it read}
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from khettara.certify.measures import MEASURES, standard
from khettara.dataset import canonical_json, sha256_hex
from khettara.dataset.certificate import PURPOSE
from khettara.engine import nearest, read_model, read_model_file
from khettara.errors import DatasetError, RecipeError

Kind = Literal["documents", "table", "clips"]
FAMILIES = ("classification", "federation")
"""Purposes that come by name: classification:health, federation:hospitals."""


def known_measures() -> list[str]:
    """Names that a demand may use: our measures, and the ids of ISO/IEC 5259-2."""
    return [*MEASURES, *standard()]


class Demand(BaseModel):
    """One bound. A demand that is not `required` makes the verdict conditional when it fails; a required one, refused.

    `measure` is a measure's name or its id in ISO/IEC 5259-2. It is demanded of the `kinds` of data that it is taken of, or of those
    listed. `if_measured`: where it cannot be measured, the demand is no obstacle.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    minimum: float | None = Field(default=None, ge=0, le=1)
    maximum: float | None = Field(default=None, ge=0, le=1)
    required: bool = True
    if_measured: bool = False
    kinds: tuple[Kind, ...] = ()
    because: str = Field(min_length=1)

    @field_validator("measure")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in known_measures():
            raise ValueError(f"unknown measure {name!r}\n{nearest(name, known_measures())}")
        return name

    @model_validator(mode="after")
    def _bounded(self) -> Demand:
        if (self.minimum is None) == (self.maximum is None):
            raise ValueError("a demand has either a `minimum` or a `maximum`")
        return self

    def concerns(self, kind: str) -> bool:
        """Whether it is demanded of this kind of data."""
        if self.kinds:
            return kind in self.kinds
        return kind in MEASURES[self.measure].kinds if self.measure in MEASURES else True

    def passed(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        return value >= self.minimum if self.minimum is not None else value <= (self.maximum or 0.0)


class Profile(BaseModel):
    """What a purpose demands.

    `rights`: the checks of rights (see `khettara.certify.rights`) whose failure refuses. `valid_days`: how long the certificate holds.
    `window_days`: how old a record may be and still count as current.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int = Field(ge=1)
    purpose: str
    because: str
    demands: tuple[Demand, ...] = Field(min_length=1)
    rights: tuple[str, ...] = ()
    valid_days: int = Field(default=365, ge=1, le=3650)
    window_days: int = Field(default=3650, ge=1)

    @field_validator("rights")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        from khettara.certify.rights import CHECKS

        for name in names:
            if name not in CHECKS:
                raise ValueError(f"unknown check of rights {name!r}\n{nearest(name, CHECKS)}")
        return names

    @property
    def digest(self) -> str:
        """Names exactly these demands."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))

    def demands_of(self, kind: str) -> tuple[Demand, ...]:
        """What is demanded of this kind of data.

        Raises:
            DatasetError: the profile says nothing about it.
        """
        found = tuple(demand for demand in self.demands if demand.concerns(kind))
        if not found:
            raise DatasetError(
                f"the profile {self.name} demands nothing of datasets of {kind}, so they cannot be certified for {self.purpose}",
                hint="Take another purpose, or write a profile with demands for them.",
            )
        return found


def _as_purpose(file: str) -> str:
    """The purpose that a profile's file is for: `classification-health` -> `classification:health`, `federation` -> `federation:NAME`."""
    family, _, special = file.partition("-")
    return f"{family}:{special or 'NAME'}" if family in FAMILIES else file


def load_profile(name: str) -> Profile:
    """A profile of the house by name (`pretraining`, `classification:health`, ...), or one's own by the path of its YAML file.

    `classification:NAME` and `federation:NAME` take the profile of that name, or else the general one of their kind.

    Raises:
        RecipeError: there is none, or it does not read; with the line.
    """
    folder = resources.files("khettara.certify").joinpath("profiles")
    known = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    family, colon, special = name.partition(":")
    if colon and family in FAMILIES and not PURPOSE.fullmatch(name):
        raise RecipeError(f"{special!r} cannot name a purpose", hint="Use Latin letters, digits, - and _, such as classification:health.")
    for file in [f"{family}-{special}", family] if family in FAMILIES else [name]:
        if file in known and (family in FAMILIES or file == _as_purpose(file)):  # `classification-health` is a file, no purpose
            text = folder.joinpath(f"{file}.yaml").read_text(encoding="utf-8")
            return read_model(Profile, text, f"{file}.yaml").model_copy(update={"purpose": name})
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        raise RecipeError(f"no profile for the purpose {name!r}", hint=nearest(name, [_as_purpose(file) for file in known]))
    return read_model_file(Profile, path, "the profile")


def outcome(demand: Demand | None, value: float | None) -> dict[str, Any]:
    """How a measure stands against a demand, as the certificate says it; without one, nothing is asked of it."""
    if demand is None:
        return {"minimum": None, "maximum": None, "required": False, "because": None, "passed": None}
    passed = (True if demand.if_measured else None) if value is None else demand.passed(value)
    return {"minimum": demand.minimum, "maximum": demand.maximum, "required": demand.required, "because": demand.because, "passed": passed}

"""Evidence: what people attest where no machine can tell, as a YAML file whose digest stands in the certificate.

- {measure: Acc-ML-2, by: registry office of Ain Zerqa, day: 2026-10-02, sample: 200, right: 196, how: drawn by lot, set beside the paper register}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from khettara.certify.measures import Measured, standard
from khettara.dataset import canonical_json, sha256_hex
from khettara.engine import nearest, read_model_file
from khettara.errors import RecipeError


class Attestation(BaseModel):
    """One measure, as somebody answers for it: of a sample of so many, so many were right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    by: str = Field(min_length=3)
    day: date
    sample: int = Field(ge=1)
    right: int = Field(ge=0)
    how: str = Field(min_length=10)

    @field_validator("measure")
    @classmethod
    def _attested(cls, name: str) -> str:
        known = [each.id for each in standard().values() if each.by == "H"]
        if name not in known:
            why = "is counted, not attested" if name in standard() else "is no measure"
            raise ValueError(f"{name!r} {why}\n{nearest(name, known)}")
        return name

    @model_validator(mode="after")
    def _within(self) -> Attestation:
        if self.right > self.sample:
            raise ValueError(f"{self.right} right of a sample of {self.sample}")
        return self


class Evidence(BaseModel):
    """All attestations of a file; of two for one measure the later counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attestations: tuple[Attestation, ...] = ()

    @property
    def digest(self) -> str:
        """Names exactly these attestations."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))

    def latest(self) -> Mapping[str, Attestation]:
        """The last attestation of each measure."""
        return {each.measure: each for each in sorted(self.attestations, key=lambda each: each.day)}


def load_evidence(path: Path | None, today: date) -> Evidence:
    """Read attestations; none without a file.

    Raises:
        RecipeError: they do not read, with the line; or one is dated in the future.
    """
    if path is None:
        return Evidence()
    read = read_model_file(Evidence, path, "the evidence")
    for each in read.attestations:
        if each.day > today:
            raise RecipeError(f"the attestation of {each.measure} is dated {each.day}, which is still to come", where=str(path))
    return read


def entry(attested: Attestation) -> dict[str, Any]:
    """What the certificate says of an attested measure."""
    found = Measured(attested.right, attested.sample)
    return {
        "status": "evidenced",
        "why": None,
        "numerator": attested.right,
        "denominator": attested.sample,
        "value": found.value,
        "interval": list(found.interval) if found.interval else None,
        "evidence": {"by": attested.by, "day": attested.day.isoformat(), "how": attested.how},
    }

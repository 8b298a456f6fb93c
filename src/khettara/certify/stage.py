"""The certification stage: measure, compare with the purpose's profile, sign.

- certify: {dataset: clean, for: pretraining}
"""

from __future__ import annotations

import time
from typing import Any, ClassVar, Literal

from pydantic import Field

from khettara.certify.certify import Settings, certify, inputs_of
from khettara.certify.profile import load_profile
from khettara.dataset import Dataset
from khettara.dataset.certificate import Certificate, verify
from khettara.dataset.signing import Key, load_key, new_key, trusted_keys
from khettara.engine import Context, Stage, StageResult
from khettara.errors import CertificateError, KeyMissing, NotCertified


class CertifyStage(Stage):
    """See the module's description.

    `new_key` names an owner for whom a key is made when this machine has none, so that a first run needs no preparation.
    `refuse` ends the run when the verdict is `refused`. `label` names the column of a table that a model would learn to tell; `rights` and
    `evidence` are files, by their paths from the recipe's folder.
    """

    stage: ClassVar[str] = "certify"

    dataset: str
    purpose: str = Field(alias="for", default="pretraining")
    new_key: str | None = None
    refuse: bool = True
    label: str | None = None
    rights: str | None = None
    evidence: str | None = None

    def makes(self) -> None:
        """It adds a certificate to a dataset, and makes none."""

    def has_page(self) -> bool:
        """A certificate always has a page to decide by."""
        return True

    def run(self, context: Context) -> StageResult:
        """See `Stage`. Raises `NotCertified` when the verdict is a refusal, unless `refuse` is off."""
        began = time.monotonic()
        dataset = context.dataset(self.dataset)
        profile = load_profile(self.purpose)
        certificate = self._valid(dataset, self._settings(context))
        state: Literal["made", "up to date"] = "up to date" if certificate is not None else "made"
        if certificate is None:
            context.progress.note(f"certify: measuring {dataset.name} for {profile.purpose}")
            certificate = certify(dataset.path, self.purpose, self._key(), settings=self._settings(context))
        predicate = certificate.predicate
        if predicate["verdict"] == "refused" and self.refuse:
            raise NotCertified(
                f"refused for {self.purpose}: {'; '.join(predicate['reasons'])}",
                where=str(dataset.path),
                hint="Clean the data further, or set `refuse: false` to go on with a refused dataset.",
            )
        return StageResult(self.stage, dataset.path, dataset.digest, state, {}, _facts(predicate), time.monotonic() - began)

    def _settings(self, context: Context) -> Settings:
        rights, evidence = (context.base / name if name is not None else None for name in (self.rights, self.evidence))
        return Settings(rights=rights, evidence=evidence, label=self.label)

    def _valid(self, dataset: Dataset, settings: Settings) -> Certificate | None:
        """The certificate that is there, if it holds and rests on what a new one would: profile, rights, attestations, label, evaluation sets."""
        try:
            certificate = Certificate.read(dataset.path)
        except (CertificateError, OSError):
            return None
        current = certificate.predicate.get("inputs") == inputs_of(dataset, self.purpose, settings)
        return certificate if current and not verify(certificate, dataset.manifest, trusted_keys()) else None

    def _key(self) -> Key:
        try:
            return load_key()
        except KeyMissing:
            if self.new_key is None:
                raise
            return new_key(self.new_key)


def _facts(predicate: dict[str, Any]) -> dict[str, Any]:
    names = ("purpose", "verdict", "reasons", "measures", "rights", "findings", "issued", "expires")
    return {name: predicate[name] for name in names if name in predicate}

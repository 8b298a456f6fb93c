"""Rights: what may be done with data, as its holder states it in a YAML file, checked against what is found in the data and the day.

    cndp: {reference: A-PO-412/2026, kind: authorisation, expires: 2027-03-31}   ->   sensitive_authorised: passed (law 09-08, article 12)

Articles are named so that a reader can look them up; this is no legal advice. A check that fails in `ALWAYS`, or that the purpose's
profile lists, refuses; others are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from khettara.certify.measures import Seen
from khettara.certify.measures.columns import HEALTH, IDENTIFYING
from khettara.certify.measures.tables import SMALLEST_GROUP, group_sizes
from khettara.dataset import canonical_json, sha256_hex
from khettara.engine import read_model_file

NAME = "rights.yaml"
OPT_OUT_DAYS = 365
"""A list of who objected is taken anew at each release; one older than a year speaks for an earlier release."""
Class = Literal["none", "pseudonymous", "identifying"]
Basis = Literal["consent", "legal obligation", "contract", "vital interest", "public interest", "legitimate interest"]


class Reference(BaseModel):
    """What the CNDP (the data protection commission) gave: an authorisation, or the receipt of a declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str = Field(min_length=3)
    kind: Literal["authorisation", "declaration"] = "authorisation"
    expires: date | None = None
    purposes: tuple[str, ...] = ()


class OptOut(BaseModel):
    """The list of those who objected, as it stood on a day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    snapshot: date
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Rights(BaseModel):
    """What the holder states. Everything may be left out; what is not stated is not assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    licence: str | None = None
    holder: str | None = None
    purposes: tuple[str, ...] = ()
    basis: Basis | None = None
    consent: str | None = None
    personal: Class | None = None
    sensitive: tuple[Literal["health", "genetic", "origin", "opinions", "religion", "union", "none"], ...] = ()
    cndp: Reference | None = None
    opt_out: OptOut | None = None
    keep_until: date | None = None

    @property
    def digest(self) -> str:
        """Names exactly this statement."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))


def load_rights(path: Path | None, dataset: Path) -> Rights:
    """The statement in a file, or in `NAME.rights.yaml` or `rights.yaml` beside the dataset; an empty one where there is none.

    Raises:
        RecipeError: it does not read; with the line.
    """
    beside = [dataset.parent / f"{dataset.name}.{NAME}", dataset.parent / NAME]
    place = path or next((file for file in beside if file.is_file()), None)
    return read_model_file(Rights, place, "the statement of rights") if place is not None else Rights()


@dataclass(frozen=True)
class Found:
    """What the data itself shows. `direct`: records with a direct identifier, by kind; `small`: records in groups of fewer than five alike."""

    direct: Mapping[str, int]
    health: tuple[str, ...]
    small: int
    smallest: int | None
    voices: bool

    @property
    def personal(self) -> bool:
        """Whether a person can be pointed at."""
        return bool(self.direct) or self.small > 0 or self.voices


def find(seen: Seen) -> Found:
    """Look for what points at persons, and for health data."""
    if seen.kind != "table":
        direct = {kind: int(mask.sum()) for kind, mask in seen.facts.kinds("identifier").items()}
        return Found({kind: records for kind, records in direct.items() if records}, (), 0, None, seen.kind == "clips" and seen.rows > 0)
    roles = seen.roles
    filled = {column.name: seen.rows - int(seen.facts[f"empty.{column.name}"].sum()) for column in roles.meaning(IDENTIFYING)}
    direct = {}
    for column in roles.meaning(IDENTIFYING):
        if filled[column.name]:
            direct[str(column.meaning)] = max(direct.get(str(column.meaning), 0), filled[column.name])
    sizes = group_sizes(seen)
    health = tuple(column.name for column in roles.columns if column.meaning in HEALTH)
    small = int(np.count_nonzero(sizes < SMALLEST_GROUP)) if sizes is not None else 0
    return Found(direct, health, small, int(sizes.min()) if sizes is not None and len(sizes) else None, False)


@dataclass(frozen=True)
class Case:
    """What a check looks at."""

    stated: Rights
    found: Found
    purpose: str
    today: date

    @property
    def sensitive(self) -> list[str]:
        """What needs an authorisation beforehand: health and other sensitive data, CIN numbers."""
        stated = [name for name in self.stated.sensitive if name != "none"]
        return [*stated, *(["health"] if self.found.health and "health" not in stated else []), *(["CIN"] if self.found.direct.get("cin") else [])]

    @property
    def anonymous(self) -> bool:
        """Stated to be about nobody, and nothing found that says otherwise."""
        return self.stated.personal == "none" and not self.found.personal


Words = Mapping[str, str]
Verdict = tuple[bool | None, Words]
"""Passed, failed, or nothing to check; and why."""


def _words(en: str, fr: str, ar: str) -> Words:
    return {"en": en, "fr": fr, "ar": ar}


_SAID: Mapping[str, Words] = {
    "health": _words("health data", "des données de santé", "معطيات صحية"),
    "genetic": _words("genetic data", "des données génétiques", "معطيات جينية"),
    "origin": _words("data on origin", "des données sur l'origine", "معطيات عن الأصل"),
    "opinions": _words("data on opinions", "des données sur les opinions", "معطيات عن الآراء"),
    "religion": _words("data on religion", "des données sur la religion", "معطيات عن المعتقد الديني"),
    "union": _words("data on union membership", "des données sur l'appartenance syndicale", "معطيات عن الانتماء النقابي"),
    "CIN": _words("CIN numbers", "des numéros de CIN", "أرقام بطاقة التعريف الوطنية"),
    "none": _words("not personal", "non personnelles", "غير شخصية"),
    "pseudonymous": _words("pseudonymous", "pseudonymes", "مستعارة الأسماء"),
    "identifying": _words("identifying", "identifiantes", "معرّفة بالأشخاص"),
    "consent": _words("consent", "consentement", "الموافقة"),
    "legal obligation": _words("legal obligation", "obligation légale", "التزام قانوني"),
    "contract": _words("contract", "contrat", "عقد"),
    "vital interest": _words("vital interest", "intérêt vital", "مصلحة حيوية"),
    "public interest": _words("public interest", "intérêt public", "مصلحة عامة"),
    "legitimate interest": _words("legitimate interest", "intérêt légitime", "مصلحة مشروعة"),
    "cin": _words("CIN number", "numéro de CIN", "رقم بطاقة التعريف الوطنية"),
    "massar": _words("Massar number", "numéro Massar", "رقم مسار"),
    "passport": _words("passport number", "numéro de passeport", "رقم جواز السفر"),
    "cnss": _words("CNSS number", "numéro CNSS", "رقم الضمان الاجتماعي"),
    "rib": _words("bank account", "compte bancaire (RIB)", "حساب بنكي"),
    "iban": _words("bank account (IBAN)", "compte bancaire (IBAN)", "حساب بنكي (IBAN)"),
    "phone": _words("telephone number", "numéro de téléphone", "رقم هاتف"),
    "email": _words("e-mail address", "adresse électronique", "بريد إلكتروني"),
    "person_name": _words("name of a person", "nom de personne", "اسم شخص"),
    "first_name": _words("first name", "prénom", "اسم شخصي"),
    "family_name": _words("family name", "nom de famille", "اسم عائلي"),
    "last_name": _words("family name", "nom de famille", "اسم عائلي"),
    "full_name": _words("name of a person", "nom de personne", "اسم شخص"),
    "address": _words("address", "adresse", "عنوان"),
    "plate": _words("number plate", "plaque d'immatriculation", "رقم لوحة سيارة"),
    "driving_licence": _words("driving licence", "permis de conduire", "رخصة سياقة"),
}
"""What is stated and found, as sentences say it; other kinds of identifiers go by their own name."""


def _said(name: str, language: str) -> str:
    return _SAID[name][language] if name in _SAID else name


def _valid_reference(case: Case) -> Verdict:
    reference = case.stated.cndp
    if reference is None or reference.expires is None:
        return None, _words("no CNDP reference with an end", "aucune référence CNDP à échéance", "لا مرجع محدد المدة من اللجنة الوطنية")
    day = reference.expires.isoformat()
    if case.today > reference.expires:
        return False, _words(
            f"the CNDP reference {reference.reference} expired on {day}",
            f"la référence CNDP {reference.reference} a expiré le {day}",
            f"انتهت صلاحية مرجع اللجنة الوطنية {reference.reference} بتاريخ {day}",
        )
    return True, _words(
        f"the CNDP reference holds until {day}", f"la référence CNDP est valable jusqu'au {day}", f"مرجع اللجنة الوطنية صالح إلى غاية {day}"
    )


def _allowed_purpose(case: Case) -> Verdict:
    for whose, allowed in (("stated", case.stated.purposes), ("cndp", case.stated.cndp.purposes if case.stated.cndp else ())):
        if allowed and not any(case.purpose == name or case.purpose.startswith(f"{name}:") for name in allowed):
            names = ", ".join(allowed)
            by = "the CNDP reference" if whose == "cndp" else "the statement of rights"
            fr = "la référence CNDP" if whose == "cndp" else "la déclaration de droits"
            ar = "مرجع اللجنة الوطنية" if whose == "cndp" else "بيان الحقوق"
            return False, _words(
                f"{by} allows {names}, not {case.purpose}",
                f"{fr} autorise {names}, et non {case.purpose}",
                f"يسمح {ar} بالأغراض {names} لا بالغرض {case.purpose}",
            )
    if not case.stated.purposes:
        return None, _words("no purposes are stated", "aucune finalité n'est déclarée", "لم يصرح بأي غرض")
    return True, _words("the purpose is among those stated", "la finalité figure parmi celles déclarées", "الغرض من بين الأغراض المصرح بها")


def _kept_in_time(case: Case) -> Verdict:
    until = case.stated.keep_until
    if until is None:
        return None, _words("no end of keeping is stated", "aucune durée de conservation n'est déclarée", "لم تحدد مدة للاحتفاظ")
    if case.today > until:
        return False, _words(
            f"the data was to be kept until {until}",
            f"les données devaient être conservées jusqu'au {until}",
            f"كان الاحتفاظ بالبيانات محددا إلى غاية {until}",
        )
    return True, _words(f"the data may be kept until {until}", f"conservation permise jusqu'au {until}", f"يجوز الاحتفاظ بالبيانات إلى غاية {until}")


def _authorised(case: Case) -> Verdict:
    what = case.sensitive
    if not what or case.anonymous:
        return True, _words(
            "nothing was found that needs an authorisation", "rien qui exige une autorisation n'a été trouvé", "لم يعثر على ما يستوجب إذنا"
        )
    reference = case.stated.cndp
    if reference is not None and reference.kind == "authorisation":
        return True, _words(f"authorised: {reference.reference}", f"autorisé : {reference.reference}", f"مأذون به: {reference.reference}")
    en, fr, ar = (mark.join(_said(name, language) for name in what) for language, mark in (("en", " and "), ("fr", " et "), ("ar", " و")))
    return False, _words(
        f"it holds {en}, which the CNDP has to authorise beforehand, and no reference is stated",
        f"le jeu contient {fr}, ce qui exige une autorisation préalable de la CNDP, et aucune référence n'est déclarée",
        f"تتضمن {ar} مما يخضع لإذن مسبق من اللجنة الوطنية لمراقبة حماية المعطيات، ولم يذكر أي مرجع",
    )


def _has_basis(case: Case) -> Verdict:
    if not case.found.personal and case.stated.personal in (None, "none"):
        return True, _words("no personal data was found", "aucune donnée personnelle n'a été trouvée", "لم يعثر على معطيات شخصية")
    basis = case.stated.basis
    if basis is None or (basis == "consent" and not case.stated.consent):
        lacks = basis is not None
        return False, _words(
            "personal data, and consent is stated without its receipt" if lacks else "personal data, and no legal basis is stated",
            "données personnelles, et le consentement est déclaré sans sa preuve"
            if lacks
            else "données personnelles, et aucune base légale n'est déclarée",
            "معطيات شخصية، وصرح بالموافقة دون ما يثبتها" if lacks else "معطيات شخصية، ولم يصرح بأي أساس قانوني",
        )
    return True, _words(
        f"the basis is {_said(basis, 'en')}",
        f"la base légale est déclarée ({_said(basis, 'fr')})",
        f"الأساس القانوني مصرح به ({_said(basis, 'ar')})",
    )


def _class_fits(case: Case) -> Verdict:
    if case.stated.personal is None:
        return None, _words(
            "the class of personal data is not stated", "la classe de données personnelles n'est pas déclarée", "لم تحدد درجة المعطيات الشخصية"
        )
    found: Class = "identifying" if case.found.direct or case.found.voices else "pseudonymous" if case.found.small else "none"
    order = ("none", "pseudonymous", "identifying")
    if order.index(found) > order.index(case.stated.personal):
        told = case.stated.personal
        return False, _words(
            f"stated as {_said(told, 'en')}, but what is found is {_said(found, 'en')}: {_listing(case.found, 'en')}",
            f"déclarées « {_said(told, 'fr')} », mais trouvées « {_said(found, 'fr')} » : {_listing(case.found, 'fr')}",
            f"صُرّح بأنها «{_said(told, 'ar')}» لكن ما عُثر عليه «{_said(found, 'ar')}»: {_listing(case.found, 'ar')}",
        )
    return True, _words(
        "the stated class fits what is found", "la classe déclarée convient à ce qui est trouvé", "الدرجة المصرح بها توافق ما عثر عليه"
    )


def _listing(found: Found, language: str) -> str:
    few = {"en": f"fewer than {SMALLEST_GROUP} alike", "fr": f"moins de {SMALLEST_GROUP} semblables", "ar": f"أقل من {SMALLEST_GROUP} متشابهين"}
    voice = {"en": "voice", "fr": "voix", "ar": "صوت"}
    parts = [f"{_said(kind, language)} ({records})" for kind, records in sorted(found.direct.items())]
    parts += [f"{few[language]} ({found.small})"] if found.small else []
    return ("، " if language == "ar" else ", ").join([*parts, *([voice[language]] if found.voices else [])])


def _stays_home(case: Case) -> Verdict:
    if case.found.personal and not case.anonymous:
        return False, _words(
            f"what is published crosses borders, and it points at persons: {_listing(case.found, 'en')}",
            f"ce qui est publié passe les frontières, et désigne des personnes : {_listing(case.found, 'fr')}",
            f"ما ينشر يعبر الحدود، وهو يدل على أشخاص: {_listing(case.found, 'ar')}",
        )
    return True, _words("nothing in it points at a person", "rien n'y désigne une personne", "ليس فيها ما يدل على شخص")


def _objections_known(case: Case) -> Verdict:
    if case.stated.opt_out is None:
        return None, _words("no list of objections is stated", "aucune liste d'oppositions n'est déclarée", "لم يصرح بأي لائحة اعتراضات")
    age = (case.today - case.stated.opt_out.snapshot).days
    day = case.stated.opt_out.snapshot
    return age <= OPT_OUT_DAYS, _words(f"objections are taken from {day}", f"oppositions relevées le {day}", f"الاعتراضات محصورة بتاريخ {day}")


CHECKS: Mapping[str, tuple[Callable[[Case], Verdict], str]] = {
    "reference_valid": (_valid_reference, "law 09-08, articles 12 and 21"),
    "purpose_allowed": (_allowed_purpose, "law 09-08, articles 3 and 12 (use for another purpose)"),
    "kept_in_time": (_kept_in_time, "law 09-08, article 3"),
    "sensitive_authorised": (_authorised, "law 09-08, articles 12 and 21"),
    "basis_stated": (_has_basis, "law 09-08, article 4"),
    "class_fits": (_class_fits, "law 09-08, article 1"),
    "stays_in_the_country": (_stays_home, "law 09-08, articles 43 and 44"),
    "objections_known": (_objections_known, "law 09-08, article 9"),
}
"""One more check costs one function and a line here; the article says where it comes from."""
ALWAYS = ("reference_valid", "purpose_allowed", "kept_in_time")
"""What refuses whatever the purpose: the holder's own word says no."""


def check(seen: Seen, stated: Rights, purpose: str, required: tuple[str, ...]) -> dict[str, Any]:
    """The block of rights of a certificate. `reasons` says why they refuse, if they do."""
    found = find(seen)
    case = Case(stated, found, purpose, seen.now.date())
    checks: list[dict[str, Any]] = []
    for name, (judge, article) in CHECKS.items():
        passed, words = judge(case)
        checks.append({"check": name, "passed": passed, "required": name in ALWAYS or name in required, "words": dict(words), "article": article})
    failed = [each for each in checks if each["passed"] is False and each["required"]]
    cndp = stated.cndp
    return {
        "statement": stated.digest if stated != Rights() else None,
        "licence": seen.cache.get("licence"),
        "holder": stated.holder,
        "consentBasis": stated.basis,
        "cndpRef": cndp.reference if cndp else None,
        "cndpExpires": cndp.expires.isoformat() if cndp and cndp.expires else None,
        "purposes": list(stated.purposes),
        "personalData": stated.personal,
        "sensitive": case.sensitive,
        "optOutSnapshot": stated.opt_out.snapshot.isoformat() if stated.opt_out else None,
        "identifiability": {"direct": dict(found.direct), f"fewerThan{SMALLEST_GROUP}": found.small, "smallestGroup": found.smallest},
        "checks": checks,
        "reasons": [f"rights: {each['words']['en']} ({each['article']})" for each in failed],
    }

"""Findings on texts and clips: what is wrong with them, why, in words, with examples and what to do, over what was seen of each record.

    F2  identifiers_left  text  2,042 records  "2,042 records hold a telephone number, a CIN, ..." -> "Add `mask_identifiers` to the recipe."

Tables are examined by their own room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from khettara.certify import poisoning
from khettara.certify.measures import Seen, clips
from khettara.certify.measures.facts import Array
from khettara.certify.measures.look import look_at
from khettara.certify.measures.seen import first_of_each
from khettara.dataset import Dataset
from khettara.dataset.findings import Finding, Findings
from khettara.errors import DatasetError

VERSION = 1
EXAMPLES = 5
SHOWN_CHARS = 160
Words = Mapping[str, str]


def examine(dataset: Dataset) -> Findings:
    """Look for defects in a dataset of documents or clips.

    Raises:
        DatasetError: of another kind.
    """
    if dataset.kind not in ("documents", "clips"):
        raise DatasetError(f"datasets of {dataset.kind} are not examined here", where=str(dataset.path), hint="Tables are: khettara examine TABLE.")
    seen = Seen(dataset, look_at(dataset, None, None, ()).see(dataset), None, datetime.now(UTC))
    _, suspects, _ = poisoning.block(seen, cap=1.0)
    return findings_of(seen, suspects, shown=True)


@dataclass(frozen=True)
class Defect:
    """Records with a defect, and what to say of it. `share`: from which share of the records on it is a finding."""

    kind: str
    column: str
    rows: Array
    cause: Words
    remedy: Words
    measures: tuple[str, ...]
    action: str | None = None
    confidence: float = 1.0


def findings_of(seen: Seen, suspects: Array, *, shown: bool = False) -> Findings:
    """The findings on what was seen, gravest first as listed. Examples are read only if they are to be `shown`."""
    defects = [defect for look in (TEXTS if seen.kind == "documents" else CLIPS if seen.kind == "clips" else ()) for defect in look(seen, suspects)]
    defects = [defect for defect in defects if len(defect.rows)]
    wanted = np.unique(np.concatenate([defect.rows[:EXAMPLES] for defect in defects])) if defects and shown else np.zeros(0, np.int64)
    held = _texts(seen, wanted)
    found = tuple(
        Finding(
            id=f"F{number}",
            kind=defect.kind,
            columns=(defect.column,),
            records=len(defect.rows),
            cells=len(defect.rows),
            cause=defect.cause,
            confidence=defect.confidence,
            measures=defect.measures,
            action=defect.action,
            remedy=defect.remedy,
            examples=tuple({"row": row, "before": {defect.column: held[row]}, "after": {}} for row in defect.rows[:EXAMPLES].tolist() if row in held),
        )
        for number, defect in enumerate(defects, 1)
    )
    return Findings(seen.rows, tuple(_columns(seen)), found, "khettara.certify.examine", VERSION)


def _columns(seen: Seen) -> Iterator[dict[str, Any]]:
    for name, fact in (
        ("text", "has_text"),
        ("lang", "has_language"),
        ("licence", "licence_known"),
        ("source", "has_origin"),
        ("created", "has_date"),
    ):
        if seen.facts.has(fact):
            column = "transcript" if name == "text" and seen.kind == "clips" else name
            yield {"name": column, "title": column, "kind": "text", "cells": seen.rows, "missing": seen.rows - int(seen.facts[fact].sum())}


def _texts(seen: Seen, rows: Array) -> dict[int, str]:
    """The beginning of some records' texts; identifiers in them are masked, since a finding travels further than the data."""
    from khettara.darija.identifiers import mask

    column = "text" if seen.kind == "documents" else "transcript"
    found, before = {}, 0
    for batch in seen.dataset.batches([column]) if len(rows) else ():
        here = rows[(rows >= before) & (rows < before + batch.num_rows)]
        for row, text in zip(here.tolist(), batch[column].take(pa.array(here - before)).to_pylist(), strict=True):
            found[row] = mask(text or "")[0][:SHOWN_CHARS]
        before += batch.num_rows
    return found


def _rows(mask: Array) -> Array:
    return np.flatnonzero(mask)


def _share(n: int, seen: Seen) -> str:
    return f"{n:,} ({n / max(1, seen.rows):.2%})"


def _say(en: str, fr: str, ar: str) -> Words:
    return {"en": en, "fr": fr, "ar": ar}


Look = Callable[[Seen, Array], Iterator[Defect]]


def _empty(seen: Seen, _: Array) -> Iterator[Defect]:
    if seen.facts.has("has_text"):
        rows = _rows(~seen.facts["has_text"].astype(bool))
        n = _share(len(rows), seen)
        what = ("text", "texte", "نص") if seen.kind == "documents" else ("transcript", "transcription", "تفريغ")
        yield Defect(
            "empty", "text" if seen.kind == "documents" else "transcript", rows,
            _say(f"{n} records have no {what[0]}", f"{n} enregistrements sont sans {what[1]}", f"{n} من السجلات بلا {what[2]}"),
            _say("Leave them out: rule `n_words >= 1`.", "Les écarter : règle `n_words >= 1`.", "تستبعد بالقاعدة `n_words >= 1`."),
            ("Com-ML-1",), "drop",
        )  # fmt: skip


_NAMES = {
    "phone": ("telephone numbers", "numéros de téléphone", "أرقام هاتف"),
    "cin": ("identity card numbers (CIN)", "numéros de carte nationale (CIN)", "أرقام البطاقة الوطنية"),
    "email": ("e-mail addresses", "adresses électroniques", "عناوين بريد إلكتروني"),
    "rib": ("bank accounts (RIB)", "comptes bancaires (RIB)", "حسابات بنكية"),
    "address": ("postal addresses", "adresses postales", "عناوين سكن"),
    "handle": ("names of accounts", "noms de comptes", "أسماء حسابات"),
    "birthdate": ("dates of birth", "dates de naissance", "تواريخ ازدياد"),
}


def _identified(seen: Seen, _: Array) -> Iterator[Defect]:
    kinds = {kind: int(mask.sum()) for kind, mask in seen.facts.kinds("identifier").items() if mask.any()}
    if not kinds:
        return
    rows, n = _rows(seen.facts.any("identifier")), _share(int(seen.facts.any("identifier").sum()), seen)
    order = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    said = [", ".join(f"{_NAMES.get(kind, (kind,) * 3)[place]} {count:,}" for kind, count in order) for place in range(3)]
    yield Defect(
        "identifiers_left", "text" if seen.kind == "documents" else "transcript", rows,
        _say(
            f"{n} records hold identifiers of persons or firms in clear: {said[0]}",
            f"{n} enregistrements contiennent en clair des identifiants de personnes ou d'entreprises : {said[1]}",
            f"{n} من السجلات تتضمن معرفات أشخاص أو مقاولات مكشوفة: {said[2]}",
        ),
        _say(
            "Replace them by placeholders: step `mask_identifiers`.",
            "Les remplacer par des marques : étape `mask_identifiers`.",
            "تستبدل بعلامات بالخطوة `mask_identifiers`.",
        ),
        ("Idn-ML-1", "Cmp-ML-1"), "replace", 0.99,
    )  # fmt: skip


_DAMAGE = {
    "lost characters": ("lost characters", "caractères perdus", "حروف ضائعة"),
    "control characters": ("control characters", "caractères de contrôle", "حروف تحكم"),
    "misread letters": ("letters read through a wrong code page", "lettres lues avec un mauvais codage", "حروف قرئت بترميز خاطئ"),
}


def _damaged(seen: Seen, _: Array) -> Iterator[Defect]:
    for kind, mask in seen.facts.kinds("damage").items():
        rows = _rows(mask)
        n, words = _share(len(rows), seen), _DAMAGE[kind]
        yield Defect(
            "wrong_encoding", "text", rows,
            _say(f"{n} records have {words[0]}", f"{n} enregistrements ont des {words[1]}", f"{n} من السجلات فيها {words[2]}"),
            _say("Put them right: step `repair_encoding`.", "Les réparer : étape `repair_encoding`.", "تصلح بالخطوة `repair_encoding`."),
            ("Con-ML-3", "Acc-ML-1"), "replace", 0.99,
        )  # fmt: skip


def _copied(seen: Seen, _: Array) -> Iterator[Defect]:
    if not seen.facts.has("copy"):
        return
    again = seen.repeats
    n = _share(int(again.sum()), seen)
    yield Defect(
        "exact_duplicate", "text" if seen.kind == "documents" else "audio", _rows(again),
        _say(
            f"{n} records say what an earlier one says, but for case, marks and blanks",
            f"{n} enregistrements répètent un autre, à la casse, aux signes et aux espaces près",
            f"{n} من السجلات تكرر ما قيل قبلها، سوى الشكل والفراغات",
        ),
        _say("Keep one of each: join `exact`.", "N'en garder qu'un : jointure `exact`.", "يحتفظ بواحد من كل منها: الضم `exact`."),
        ("Con-ML-1", "Eff-ML-3"), "drop",
    )  # fmt: skip
    if "near" not in seen.cache:
        return
    near = np.ones(seen.rows, bool)
    near[first_of_each(seen.cache["near"])] = False
    rows = _rows(near & ~again)
    n = _share(len(rows), seen)
    yield Defect(
        "near_duplicate", "text", rows,
        _say(
            f"{n} more records are nearly copies of an earlier one",
            f"{n} autres sont presque des copies d'un précédent",
            f"{n} أخرى تكاد تكون نسخا مما قبلها",
        ),
        _say("Keep one of each: join `near`.", "N'en garder qu'un : jointure `near`.", "يحتفظ بواحد من كل منها: الضم `near`."),
        ("Con-ML-1", "Sim-ML-1"), "drop", 0.9,
    )  # fmt: skip


def _unlicensed(seen: Seen, _: Array) -> Iterator[Defect]:
    if seen.facts.has("licence_known"):
        rows = _rows(~seen.facts["licence_known"].astype(bool))
        n = _share(len(rows), seen)
        yield Defect(
            "licence_missing", "licence", rows,
            _say(f"{n} records are under no known licence", f"{n} enregistrements sont sans licence connue", f"{n} من السجلات بلا رخصة معروفة"),
            _say(
                "Ask the source, and write the licence into the recipe (`licence:` of `ingest`), or leave the source out.",
                "Demander à la source, puis écrire la licence dans la recette (`licence:` de `ingest`), ou écarter la source.",
                "يسأل المصدر وتكتب الرخصة في الوصفة (`licence:` في `ingest`)، أو يستبعد المصدر.",
            ),
            ("Cmp-ML-1",),
        )  # fmt: skip


def _unspoken(seen: Seen, _: Array) -> Iterator[Defect]:
    if seen.facts.has("has_language"):
        rows = _rows(~seen.facts["has_language"].astype(bool))
        n = _share(len(rows), seen)
        yield Defect(
            "language_unknown", "lang", rows,
            _say(f"the language of {n} records is not known", f"la langue de {n} enregistrements est inconnue", f"لغة {n} من السجلات غير معروفة"),
            _say("Have it told: step `language`.", "La faire reconnaître : étape `language`.", "تعرف بالخطوة `language`."),
            ("Com-ML-5",),
        )  # fmt: skip


def _crossed(seen: Seen, _: Array) -> Iterator[Defect]:
    if seen.facts.has("fits_script"):
        rows = _rows(~seen.facts["fits_script"].astype(bool))
        n = _share(len(rows), seen)
        yield Defect(
            "contradiction", "lang", rows,
            _say(
                f"{n} records are in a script that their language is not written in",
                f"{n} enregistrements sont dans une écriture qui n'est pas celle de leur langue",
                f"{n} من السجلات بخط لا تكتب به لغتها",
            ),
            _say(
                "Have the language told anew: step `language`.",
                "Faire reconnaître la langue à nouveau : étape `language`.",
                "تعرف اللغة من جديد بالخطوة `language`.",
            ),
            ("Con-ML-4",), "replace", 0.9,
        )  # fmt: skip


def _planted(seen: Seen, suspects: Array) -> Iterator[Defect]:
    n = _share(len(suspects), seen)
    yield Defect(
        "poison_suspected", "text", suspects,
        _say(
            f"{n} records, otherwise different, hold the same rare passage: it may have been planted",
            f"{n} enregistrements, par ailleurs différents, contiennent le même passage rare : il a pu y être placé",
            f"{n} من السجلات، على اختلافها، تتضمن المقطع النادر نفسه: قد يكون مدسوسا",
        ),
        _say(
            "Look at them, and leave out what nobody can explain.",
            "Les examiner, et écarter ce que personne n'explique.",
            "تفحص، ويستبعد منها ما لا تفسير له.",
        ),
        (), "drop", 0.7,
    )  # fmt: skip


TEXTS: tuple[Look, ...] = (_identified, _planted, _damaged, _copied, _unlicensed, _empty, _unspoken, _crossed)
"""One more defect of texts costs one function and its name here."""


def _heard(kind: str, en: str, fr: str, ar: str, test: Callable[[Seen], Array], measure: str) -> Look:
    def look(seen: Seen, _: Array) -> Iterator[Defect]:
        if not seen.facts.has("heard"):
            return
        rows = _rows(test(seen) & seen.facts["heard.readable"])
        n = _share(len(rows), seen)
        yield Defect(
            kind, "audio", rows,
            _say(f"{n} clips {en}", f"{n} extraits {fr}", f"{n} من المقاطع {ar}"),
            _say("Record them again, or leave them out.", "Les enregistrer à nouveau, ou les écarter.", "يعاد تسجيلها أو تستبعد."),
            (measure,), "drop", 0.95,
        )  # fmt: skip

    return look


def _unreadable(seen: Seen, _: Array) -> Iterator[Defect]:
    if seen.facts.has("heard"):
        rows = _rows(~seen.facts["heard.readable"])
        n = _share(len(rows), seen)
        yield Defect(
            "unreadable", "audio", rows,
            _say(
                f"{n} clips are not WAV, and were not listened to",
                f"{n} extraits ne sont pas en WAV et n'ont pas été écoutés",
                f"{n} من المقاطع ليست بصيغة WAV ولم يستمع إليها",
            ),
            _say("Convert them to WAV (PCM).", "Les convertir en WAV (PCM).", "تحول إلى صيغة WAV."),
            ("Acs-ML-3",),
        )  # fmt: skip


def _few_voices(seen: Seen, _: Array) -> Iterator[Defect]:
    """A speaker with more than half of the clips: what is learnt is one voice."""
    name = seen.speaker
    if name is None:
        return
    words, codes = seen.facts.words(name)
    counts = np.bincount(codes[codes >= 0], minlength=max(1, len(words)))
    if len(words) and counts.max() > seen.rows / 2 and seen.rows > 1:
        rows = _rows(codes == int(counts.argmax()))
        n = _share(len(rows), seen)
        yield Defect(
            "one_voice", name, rows,
            _say(
                f"one speaker has {n} of the clips, of {len(words):,} speakers",
                f"un seul locuteur a {n} des extraits, sur {len(words):,} locuteurs",
                f"متكلم واحد له {n} من المقاطع، من أصل {len(words):,} متكلما",
            ),
            _say(
                "Record other speakers, or cap each one's share.",
                "Enregistrer d'autres locuteurs, ou plafonner la part de chacun.",
                "يسجل متكلمون آخرون أو تحدد حصة كل واحد.",
            ),
            ("Bal-ML-3",),
        )  # fmt: skip


CLIPS: tuple[Look, ...] = (
    _identified,
    _heard(
        "clipping", "are cut off at full scale", "saturent", "مشبعة الصوت", lambda seen: seen.facts["heard.clipped"] > clips.CLIPPED_SHARE, "Acc-ML-4"
    ),
    _heard(
        "silence",
        "hold hardly any speech",
        "ne contiennent presque pas de parole",
        "تكاد تخلو من الكلام",
        lambda seen: seen.facts["heard.speech"] < clips.SPEECH_SHARE,
        "Acc-ML-6",
    ),
    _heard(
        "noise",
        "hardly stand out of the noise",
        "se détachent à peine du bruit",
        "لا تكاد تتميز عن الضجيج",
        lambda seen: (seen.facts["heard.snr_db"] < clips.SNR_DB) & (seen.facts["heard.speech"] >= clips.SPEECH_SHARE),
        "Acc-ML-6",
    ),
    _unreadable,
    _few_voices,
    _copied,
    _unlicensed,
    _empty,
    _unspoken,
)
"""One more defect of clips costs one function and its name here."""

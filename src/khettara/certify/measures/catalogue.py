"""The measures that we take, by name: what each says, which way is better, of which kinds of data, how, and its id in ISO/IEC 5259-2 if one fits.

    "duplicates_left": records said before; less is better; texts and clips; Con-ML-1

One more measure costs one function beside this module and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from khettara.certify.measures import classes, clips, ledger, shares, tables
from khettara.certify.measures.measured import Measured, Outcome
from khettara.certify.measures.seen import Seen
from khettara.certify.measures.shares import Take, defects, free_of, heard, share

DOCUMENTS, TABLE, CLIPS = "documents", "table", "clips"
CONTENT = (DOCUMENTS, CLIPS)
ALL = (DOCUMENTS, TABLE, CLIPS)


@dataclass(frozen=True)
class Measure:
    """What a measure says, which way is better, which kinds of data it is taken of, and how. `iso`: its id in ISO/IEC 5259-2, if one fits."""

    title: str
    direction: Literal["up", "down"]
    kinds: tuple[str, ...]
    take: Take
    iso: str | None = None


def _kept(name: str) -> Take:
    """What another part of certification worked out before."""

    def take(seen: Seen) -> Outcome:
        outcome: Outcome = seen.cache.get(name) or Measured(0, 0)
        return outcome

    return take


MEASURES: Mapping[str, Measure] = {
    # Texts and clips
    "text_completeness": Measure("records with a text", "up", (DOCUMENTS,), share("has_text"), "Com-ML-1"),
    "transcript_completeness": Measure("clips with a transcript", "up", (CLIPS,), share("has_text"), "Com-ML-1"),
    "origin_completeness": Measure("records that name their file and its sha256", "up", CONTENT, share("has_origin"), "Tra-ML-1"),
    "date_completeness": Measure("records with a date", "up", CONTENT, share("has_date")),
    "language_identified": Measure("records whose language is known", "up", CONTENT, share("has_language"), "Com-ML-5"),
    "licence_known": Measure("records whose licence is known", "up", CONTENT, share("licence_known")),
    "licence_open": Measure("records under an open licence", "up", (DOCUMENTS,), share("licence_open"), "Cmp-ML-1"),
    "duplicates_left": Measure("records said before", "down", CONTENT, shares.copies, "Con-ML-1"),
    "identifiers_left": Measure("records with an identifier in clear", "down", CONTENT, defects("identifier"), "Idn-ML-1"),
    "encoding_damage": Measure("records with damaged characters", "down", (DOCUMENTS,), defects("damage")),
    "sound_characters": Measure("records without damaged characters", "up", (DOCUMENTS,), free_of("damage"), "Con-ML-3"),
    "well_formed_text": Measure("records without damaged characters", "up", (DOCUMENTS,), free_of("damage"), "Acc-ML-1"),
    "least_complete_column": Measure("records with a value in the column that has the fewest", "up", CONTENT, shares.least_complete, "Com-ML-3"),
    "complete_records": Measure("records with everything known about them", "up", CONTENT, shares.complete_records, "Com-ML-4"),
    "consistent_languages": Measure(
        "records whose language is that of all records with the same text", "up", CONTENT, shares.consistent_classes, "Con-ML-2"
    ),
    "fitting_scripts": Measure("records whose script fits their language", "up", CONTENT, share("fits_script"), "Con-ML-4"),
    "current_records": Measure("dated records inside the window", "up", CONTENT, shares.current, "Cur-ML-2"),
    "current_dates": Measure("columns of dates that reach into the window", "up", CONTENT, shares.reaches_window, "Cur-ML-1"),
    "precise_dates": Measure("dated records finer than a year", "up", CONTENT, shares.precise_dates, "Pre-ML-1"),
    "languages_there": Measure("languages of the country that occur", "up", CONTENT, classes.languages_there, "Rep-ML-1"),
    "expected_languages": Measure("languages of the country that occur", "up", CONTENT, classes.languages_there, "Com-ML-2"),
    "alike": Measure("records beyond one of each group of like ones", "down", CONTENT, shares.alike, "Sim-ML-1"),
    "sizes_in_effect": Measure("sizes in effect, of those that occur", "up", CONTENT, shares.effective_sizes, "Sim-ML-2"),
    "sources_in_effect": Measure("sources in effect, of those that occur", "up", CONTENT, shares.effective_sources, "Sim-ML-3"),
    "wasted_on_copies": Measure("records that only repeat others", "down", CONTENT, shares.copies, "Eff-ML-3"),
    "largest_source": Measure("records of the largest source", "down", CONTENT, shares.largest_source),
    "effective_labels": Measure("records whose language is known", "up", CONTENT, share("has_language"), "Eft-ML-3"),
    # Clips
    "compliant_clips": Measure("clips under an open licence that say no identifier", "up", (CLIPS,), shares.compliant, "Cmp-ML-1"),
    "readable_clips": Measure("clips that could be listened to", "up", (CLIPS,), share("heard.readable"), "Acc-ML-1"),
    "fitting_lengths": Measure(
        "clips between 1 and 30 seconds",
        "up",
        (CLIPS,),
        heard(lambda seen: (seen.facts["heard.seconds"] >= clips.SHORTEST_S) & (seen.facts["heard.seconds"] <= clips.LONGEST_S)),
        "Acc-ML-6",
    ),
    "stated_lengths": Measure(
        "clips as long as their column says",
        "up",
        (CLIPS,),
        heard(lambda seen: abs(seen.facts["heard.seconds"] - seen.facts["duration_s"]) <= 0.1),
        "Con-ML-3",
    ),
    "clipped": Measure(
        "clips cut off at full scale", "down", (CLIPS,), heard(lambda seen: seen.facts["heard.clipped"] > clips.CLIPPED_SHARE), "Acc-ML-4"
    ),
    "silent": Measure("clips with hardly any speech", "down", (CLIPS,), heard(lambda seen: seen.facts["heard.speech"] < clips.SPEECH_SHARE)),
    "noisy": Measure(
        "clips whose speech hardly stands out of the noise", "down", (CLIPS,), heard(lambda seen: seen.facts["heard.snr_db"] < clips.SNR_DB)
    ),
    "speakers_in_effect": Measure("speakers in effect, of those that occur", "up", (CLIPS,), shares.speaker_balance),
    # Tables
    "value_completeness": Measure("cells with a value", "up", (TABLE,), tables.values, "Com-ML-1"),
    "values_expected": Measure("regions of the country that occur", "up", (TABLE,), tables.regions_there, "Com-ML-2"),
    "column_completeness": Measure("values in the emptiest column", "up", (TABLE,), tables.worst_column, "Com-ML-3"),
    "record_completeness": Measure("records without an empty cell", "up", (TABLE,), tables.full_records, "Com-ML-4"),
    "label_completeness": Measure("records with a label", "up", (TABLE,), tables.labelled, "Com-ML-5"),
    "values_in_domain": Measure("values of their column's domain", "up", (TABLE,), tables.in_domain, "Acc-ML-1"),
    "values_in_range": Measure("values inside what their column can hold", "up", (TABLE,), tables.in_range, "Acc-ML-6"),
    "outliers": Measure("values that stand out", "down", (TABLE,), tables.outliers, "Acc-ML-4"),
    "label_accuracy": Measure("labels that nothing casts doubt on", "up", (TABLE,), tables.sound_labels, "Acc-ML-7"),
    "repeated_records": Measure("records that repeat another", "down", (TABLE,), tables.repeated, "Con-ML-1"),
    "consistent_labels": Measure("like records with the same label", "up", (TABLE,), tables.consistent_labels, "Con-ML-2"),
    "one_format": Measure("values written as their column is", "up", (TABLE,), tables.one_format, "Con-ML-3"),
    "uncontradicted": Measure("records whose columns do not contradict one another", "up", (TABLE,), tables.uncrossed, "Con-ML-4"),
    "current_columns": Measure("columns of dates that reach into the window", "up", (TABLE,), tables.current_columns, "Cur-ML-1"),
    "current_rows": Measure("records dated inside the window", "up", (TABLE,), tables.current_records, "Cur-ML-2"),
    "compliant_rows": Measure("rows under an open licence without a direct identifier", "up", (TABLE,), tables.compliant_rows, "Cmp-ML-1"),
    "idle_columns": Measure("columns that only repeat others", "down", (TABLE,), tables.idle_columns, "Eff-ML-3"),
    "unheaped": Measure("numeric values not rounded", "up", (TABLE,), tables.unheaped, "Pre-ML-1"),
    "useful_columns": Measure("columns filled and varied enough", "up", (TABLE,), tables.useful_columns, "Eft-ML-1"),
    "sure_labels": Measure("records with a label that nothing casts doubt on", "up", (TABLE,), tables.sure_labels, "Eft-ML-3"),
    "identifiable": Measure("records that point at a person", "down", (TABLE,), tables.identifiable, "Idn-ML-1"),
    "representative": Measure("overlap with the census by region", "up", (TABLE,), tables.representative, "Rep-ML-1"),
    "near_records": Measure("records that repeat another", "down", (TABLE,), tables.repeated, "Sim-ML-1"),
    "directions_in_effect": Measure("directions in effect among numeric columns", "up", (TABLE,), tables.directions, "Sim-ML-2"),
    "components": Measure("components that explain 95 % of the variance", "up", (TABLE,), tables.components, "Sim-ML-3"),
    "timely": Measure("records entered within a year of the event", "up", (TABLE,), tables.timely, "Tml-ML-1"),
    "findings_open": Measure("cells that an open finding casts doubt on", "down", (TABLE,), tables.findings_open),
    "leaking_columns": Measure("columns that give the label away", "down", (TABLE,), tables.leaky),
    # Classes: a table's label, the language of texts and clips
    "classes_balanced": Measure("smallest class, out of the largest", "up", ALL, classes.smallest_to_largest, "Bal-ML-3"),
    "label_gap": Measure("largest difference of the commonest class between two groups", "down", ALL, classes.gap, "Bal-ML-7"),
    "label_evenness": Measure("entropy of the classes, out of its most", "up", ALL, classes.evenness, "Bal-ML-8"),
    "label_richness": Measure("classes that occur, of those declared", "up", ALL, classes.richness, "Div-ML-1"),
    "largest_class": Measure("records of the commonest class", "down", ALL, classes.largest, "Div-ML-2"),
    "classes_in_effect": Measure("classes in effect, of those that occur", "up", ALL, classes.diversity, "Div-ML-3"),
    "classes_large_enough": Measure("classes of at least fifty records", "up", ALL, classes.large_enough, "Eft-ML-2"),
    # What is on disk
    "readable_files": Measure("files that may be read", "up", ALL, ledger.readable_files, "Acs-ML-1"),
    "open_formats": Measure("files in open formats", "up", ALL, ledger.open_formats, "Acs-ML-2"),
    "records_read": Measure("records read back", "up", ALL, ledger.read_back, "Acs-ML-3"),
    "bytes_spared": Measure("bytes spared by the stored form", "up", ALL, ledger.spared_bytes, "Eff-ML-1"),
    "bytes_unread": Measure("bytes that a reader of one column need not read", "up", ALL, ledger.unread_bytes, "Eff-ML-2"),
    "traceable_records": Measure("records whose origin is named", "up", (TABLE,), ledger.traceable, "Tra-ML-1"),
    "named_signers": Measure("versions whose certificate names who signed", "up", ALL, ledger.named_signers, "Tra-ML-2"),
    "recorded_steps": Measure("steps whose settings are on record", "up", ALL, ledger.recorded_steps, "Tra-ML-3"),
    "requests_answered": Measure("requests answered in a drill", "up", ALL, ledger.answered, "Ava-ML-1"),
    "values_moved": Measure("values equal after an export and back", "up", ALL, ledger.moved, "Por-ML-1"),
    "formats_kept": Measure("open formats that keep every value", "up", ALL, ledger.formats_kept, "Por-ML-2"),
    "bytes_restored": Measure("bytes equal after a restore", "up", ALL, ledger.restored_bytes, "Rec-ML-1"),
    "columns_restored": Measure("columns equal after a restore", "up", ALL, ledger.restored_columns, "Rec-ML-2"),
    "audited_records": Measure("records that somebody looked at, on record", "up", ALL, ledger.audited, "Aud-ML-1"),
    "auditable_records": Measure("records with an id of their own", "up", ALL, ledger.auditable, "Aud-ML-2"),
    # What other parts of certification count
    "contaminated": Measure("records that repeat an evaluation set", "down", (DOCUMENTS,), _kept("contaminated")),
    "poison_suspected": Measure("records in suspicious repetitions", "down", (DOCUMENTS,), _kept("poison_suspected")),
}
"""In the order in which a certificate lists them."""

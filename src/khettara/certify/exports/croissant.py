"""Croissant 1.1 with RAI 1.0: the files with their sha256, the columns with their types, origin, limits and rights, as JSON-LD.

    {"@type": "sc:Dataset", "conformsTo": ["http://mlcommons.org/croissant/1.1", …], "recordSet": [{"@id": "records", "field": […]}], …}

The specification: docs.mlcommons.org/croissant. Its loader reads the records through this file (tested).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from khettara.certify.exports.subject import UNKNOWN, Subject

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
PARQUET = "application/x-parquet"  # the name that Croissant's loader knows; "application/vnd.apache.parquet" it refuses
PARTS = "parts"
RECORDS = "records"

_TERMS = (
    "annotation arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject fileSet format includes isArray "
    "isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source subField transform"
)
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS.split()},
}


def croissant(subject: Subject) -> Mapping[str, Any]:
    """The description of a dataset. Its addresses start from the folder that it lies in, so that it travels with `data/`."""
    dataset = subject.dataset
    body: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "@id": subject.iri,
        "conformsTo": CONFORMS_TO,
        "name": dataset.name,
        "description": subject.summary,
        "version": f"1.0.0+{dataset.digest[:12]}",
        "url": subject.iri,
        "license": [_licence(name) for name in subject.licences if name != UNKNOWN] or ["https://spdx.org/licenses/NOASSERTION"],
        "inLanguage": [name for name in subject.languages if name not in (UNKNOWN, "und")],
        "keywords": [dataset.kind, *(f"certified for {subject.said['purpose']}" for _ in range(bool(subject.certificate)))],
        "citeAs": f"{dataset.name}, sealed dataset, sha256 {dataset.digest}",
        "prov:wasDerivedFrom": [{"@id": f"urn:sha256:{parent.digest}"} for parent in dataset.manifest.parents],
        "distribution": [*_files(subject), _PARTS],
        "recordSet": [_records(subject)],
        **_rai(subject),
    }
    if subject.certificate is not None:
        said = subject.said
        body |= {
            "datePublished": said["issued"][:10],
            "creator": {"@type": "Organization", "name": subject.signer, "description": "signed the certificate"},
            "dqv:hasQualityAnnotation": {"@id": f"urn:sha256:{subject.certificate.digest}", "@type": "dqv:QualityCertificate"},
        }
    return {name: value for name, value in body.items() if value != []}


def _licence(name: str) -> str:
    """As an address where it is one of SPDX's: those have no blanks."""
    return f"https://spdx.org/licenses/{name}" if " " not in name else name


def _files(subject: Subject) -> Iterator[Mapping[str, Any]]:
    for entry in subject.dataset.manifest.of_role("data"):
        yield {
            "@type": "cr:FileObject",
            "@id": entry.path,
            "name": entry.path.rpartition("/")[2],
            "contentUrl": entry.path,
            "contentSize": f"{entry.bytes} B",
            "encodingFormat": PARQUET,
            "sha256": entry.sha256,
        }


_PARTS = {"@type": "cr:FileSet", "@id": PARTS, "name": PARTS, "encodingFormat": PARQUET, "includes": "data/*.parquet"}


def _records(subject: Subject) -> Mapping[str, Any]:
    schema = subject.dataset.schema
    records: dict[str, Any] = {"@type": "cr:RecordSet", "@id": RECORDS, "name": RECORDS, "field": [_field(subject, field) for field in schema]}
    return records | ({"key": {"@id": f"{RECORDS}/id"}} if "id" in schema.names else {})


def _field(subject: Subject, field: pa.Field) -> Mapping[str, Any]:
    """A column; the fields of a struct become its sub-fields."""
    where = f"{RECORDS}/{field.name}"
    body: dict[str, Any] = {"@type": "cr:Field", "@id": where, "name": field.name, **_annotations(subject, field.name)}
    if pa.types.is_struct(field.type):
        inner = [field.type.field(number) for number in range(field.type.num_fields)]
        return body | {"subField": [_extracted(f"{where}/{sub.name}", sub, field.name, f"$.{sub.name}") for sub in inner]}
    return body | _extracted(where, field, field.name, None)


def _extracted(where: str, field: pa.Field, column: str, path: str | None) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": PARTS}, "extract": {"column": column}}
    if path is not None:
        source["transform"] = {"jsonPath": path}
    kind, array = field.type, {}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind, array = kind.value_type, {"isArray": True, "arrayShape": "-1"}
    return {"@type": "cr:Field", "@id": where, "name": field.name, "dataType": _data_type(kind), "source": source, **array}


def _data_type(kind: pa.DataType) -> str:
    """Croissant's word for a type; what has none is text."""
    tests = {
        "sc:Boolean": pa.types.is_boolean,
        "sc:Integer": pa.types.is_integer,
        "sc:Float": pa.types.is_floating,
        "sc:Date": pa.types.is_date,
        "sc:DateTime": pa.types.is_timestamp,
    }
    return next((name for name, test in tests.items() if test(kind)), "sc:Text")


def _annotations(subject: Subject, column: str) -> dict[str, Any]:
    """What was measured on a column, as annotations of its field (Croissant 1.1)."""
    measures = [measure for measure in subject.measures if measure.get("scope") == f"column:{column}"]
    said = [
        {
            "@type": "cr:Field",
            "@id": f"{RECORDS}/{column}/{measure['name']}",
            "name": measure["name"],
            "dataType": "sc:Float",
            "equivalentProperty": "dqv:value",
            "value": measure["value"],
        }
        for measure in measures
    ]
    return {"annotation": said} if said else {}


def _rai(subject: Subject) -> dict[str, Any]:
    """What responsible use asks, as far as it is known; what is not known is not said."""
    said, rights = subject.said, subject.said.get("rights", {})
    left = subject.measure("identifiers_left")
    shares = [f"{name}: {number / subject.dataset.rows:.1%} of the records" for name, number in subject.languages.items() if subject.dataset.rows]
    found = subject.findings.findings if subject.findings else ()
    body: dict[str, Any] = {
        "rai:dataPreprocessingProtocol": list(subject.steps()),
        "rai:dataBiases": shares,
        "rai:dataUseCases": [f"{said['purpose']}: {said['verdict']} until {said['expires'][:10]}"] if said else [],
        "rai:dataLimitations": [*said.get("reasons", []), *(finding.cause["en"] for finding in found if finding.state != "repaired")],
        "rai:dataImputationProtocol": "; ".join(finding.remedy["en"] for finding in found if finding.state == "repaired" and "en" in finding.remedy),
        "rai:personalSensitiveInformation": [
            *([f"{left['numerator']:,} of {left['denominator']:,} records with an identifier in clear"] if left else []),
            *(f"{name}: {value}" for name, value in rights.items() if isinstance(value, str)),
        ],
        "rai:dataReleaseMaintenancePlan": "Certified anew before the certificate expires; revocations are published as signed lists." if said else "",
    }
    return {name: value for name, value in body.items() if value}

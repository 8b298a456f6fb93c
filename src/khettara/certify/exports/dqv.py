"""The W3C Data Quality Vocabulary: each measure as a `QualityMeasurement`, the certificate as a `QualityCertificate`, in JSON-LD.

    {"@type": "dqv:QualityMeasurement", "dqv:isMeasurementOf": {"@id": "urn:khettara:measure:licence_known"}, "dqv:value": 1.0, …}

The vocabulary: www.w3.org/TR/vocab-dqv.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from khettara.certify.exports.subject import UNKNOWN, Subject

CONTEXT: Mapping[str, Any] = {
    "dqv": "http://www.w3.org/ns/dqv#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "khettara": "urn:khettara:",
}
DIMENSIONS = {
    "Acc": "accuracy", "Com": "completeness", "Con": "consistency", "Cre": "credibility", "Cur": "currentness", "Acs": "accessibility",
    "Cmp": "compliance", "Eff": "efficiency", "Pre": "precision", "Tra": "traceability", "Und": "understandability", "Ava": "availability",
    "Por": "portability", "Rec": "recoverability", "Aud": "auditability", "Bal": "balance", "Div": "diversity", "Eft": "effectiveness",
    "Idn": "identifiability", "Rel": "relevance", "Rep": "representativeness", "Sim": "similarity", "Tml": "timeliness",
}  # fmt: skip
"""The families of ISO/IEC 5259-2, by the beginning of a measure's id."""


def dqv(subject: Subject) -> Mapping[str, Any]:
    """The dataset, its measurements, their metrics and dimensions, and the certificate, as one graph."""
    names = dict.fromkeys(measure["name"] for measure in subject.measures)
    metrics = [_metric(next(measure for measure in subject.measures if measure["name"] == name)) for name in names]
    dimensions = dict.fromkeys(metric["dqv:inDimension"]["@id"] for metric in metrics)
    graph = [_dataset(subject), *_measurements(subject), *metrics, *(_dimension(name) for name in dimensions)]
    return {"@context": CONTEXT, "@graph": [*graph, *_certificate(subject)]}


def _dataset(subject: Subject) -> Mapping[str, Any]:
    body: dict[str, Any] = {
        "@id": subject.iri,
        "@type": "dcat:Dataset",
        "dct:title": subject.dataset.name,
        "dct:description": subject.summary,
        "dct:license": [{"@id": f"https://spdx.org/licenses/{name}"} for name in subject.licences if name != UNKNOWN and " " not in name],
        "dct:language": [name for name in subject.languages if name != UNKNOWN],
        "prov:wasDerivedFrom": [{"@id": f"urn:sha256:{parent.digest}"} for parent in subject.dataset.manifest.parents],
        "dcat:distribution": [
            {"@type": "dcat:Distribution", "dct:title": entry.path, "dcat:byteSize": entry.bytes, "dct:identifier": f"urn:sha256:{entry.sha256}"}
            for entry in subject.dataset.manifest.of_role("data")
        ],
        "dqv:hasQualityMeasurement": [{"@id": name} for name in _names(subject)],
    }
    if subject.certificate is not None:
        body["dqv:hasQualityAnnotation"] = {"@id": f"urn:sha256:{subject.certificate.digest}"}
    return body


def _names(subject: Subject) -> list[str]:
    """A name for each measurement."""
    return [f"{subject.iri}#{number}" for number in range(len(subject.measures))]


def _measurements(subject: Subject) -> Iterator[Mapping[str, Any]]:
    for name, measure in zip(_names(subject), subject.measures, strict=True):
        interval = measure.get("interval")
        yield {
            "@id": name,
            "@type": "dqv:QualityMeasurement",
            "dqv:computedOn": {"@id": subject.iri},
            "dqv:isMeasurementOf": {"@id": _metric_name(measure)},
            "dqv:value": {"@value": measure["value"], "@type": "xsd:double"},
            "khettara:scope": measure.get("scope", "dataset"),
            **{f"khettara:{part}": measure[part] for part in ("numerator", "denominator") if measure.get(part) is not None},
            **({"khettara:low": interval[0], "khettara:high": interval[1]} if interval else {}),
        }


def _metric_name(measure: Mapping[str, Any]) -> str:
    return f"urn:khettara:measure:{measure['name']}"


def _metric(measure: Mapping[str, Any]) -> dict[str, Any]:
    family = str(measure.get("id") or "").partition("-")[0]
    return {
        "@id": _metric_name(measure),
        "@type": "dqv:Metric",
        "skos:definition": {"@value": measure.get("title") or measure["name"], "@language": "en"},
        **({"skos:notation": measure["id"]} if measure.get("id") else {}),
        "dqv:expectedDataType": {"@id": "xsd:double"},
        "dqv:inDimension": {"@id": f"urn:khettara:dimension:{DIMENSIONS.get(family, 'other')}"},
    }


def _dimension(name: str) -> Mapping[str, Any]:
    return {"@id": name, "@type": "dqv:Dimension", "skos:prefLabel": {"@value": name.rpartition(":")[2], "@language": "en"}}


def _certificate(subject: Subject) -> Iterator[Mapping[str, Any]]:
    if subject.certificate is None:
        return
    said = subject.said
    yield {
        "@id": f"urn:sha256:{subject.certificate.digest}",
        "@type": "dqv:QualityCertificate",
        "oa:hasTarget": {"@id": subject.iri},
        "oa:motivatedBy": {"@id": "dqv:qualityAssessment"},
        "oa:hasBody": {
            "@type": "oa:TextualBody",
            "oa:hasPurpose": {"@id": "oa:describing"},
            "khettara:text": f"{said['verdict']} for {said['purpose']}",
        },
        "khettara:verdict": said["verdict"],
        "khettara:purpose": said["purpose"],
        "dct:conformsTo": {"@id": f"urn:sha256:{said['profile']['digest']}"},
        "dct:issued": {"@value": said["issued"], "@type": "xsd:dateTime"},
        "dct:valid": {"@value": said["expires"], "@type": "xsd:dateTime"},
        "dct:publisher": subject.signer,
    }

"""Clips: what is heard in them, and the findings and measures made of it."""

from __future__ import annotations

import io
import os
import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.builders import document_rows

from khettara.certify import certify, examine
from khettara.certify.measures.clips import listen, read_wav
from khettara.dataset import CLIPS, Dataset, Draft, StepRecord
from khettara.dataset.defects import OF_TEXTS_AND_CLIPS
from khettara.dataset.signing import new_key

RATE = 16_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
Sound = np.ndarray[Any, Any]


def wav(samples: Sound, width: int = 2, channels: int = 1, rate: int = RATE) -> bytes:
    """Samples between -1 and 1 as the bytes of a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        limit = 2 ** (8 * width - 1) - 1
        whole = np.repeat(np.round(np.clip(samples, -1, 1) * limit).astype(np.int64), channels)
        data = (whole + 128).astype(np.uint8).tobytes() if width == 1 else whole.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].tobytes()
        out.writeframes(data)
    return file.getvalue()


def speech(seconds: float = 3.0, noise: float = 0.002, seed: int = 1) -> Sound:
    """Something with the rise and fall of speech: syllables of a voice, pauses, and a little noise."""
    time = np.arange(int(seconds * RATE)) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 2 * time), 0, 1)
    voice = 0.3 * syllables * (np.sin(2 * np.pi * 140 * time) + 0.4 * np.sin(2 * np.pi * 420 * time)) / 1.4
    sound: Sound = voice + noise * np.random.default_rng(seed).standard_normal(len(time))
    return sound


def tone() -> bytes:
    """A sound clip."""
    return wav(speech())


def seal_clips(path: Path, clips: list[bytes | None], **changes: list[Any]) -> Path:
    """Clips as a sealed dataset, with everything known about them but for the changes."""
    rows = []
    for number, (clip, row) in enumerate(zip(clips, document_rows(len(clips)), strict=True)):
        heard = listen(clip)
        row |= {"audio": clip, "duration_s": heard.duration_s, "rate_hz": RATE, "transcript": row.pop("text"), "author": f"speaker {number}"}
        rows.append(row | {name: values[number] for name, values in changes.items()})
    with Draft(path) as draft:
        draft.write("data", [pa.RecordBatch.from_pylist(rows, schema=CLIPS)], CLIPS)
        draft.seal(kind="clips", step=StepRecord("test", 1, {}, "key"), schema=CLIPS)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_width_of_wav_sounds_the_same(width: int, channels: int) -> None:
    """8, 16, 24 and 32 bits, one channel or two: the same length and level."""
    samples, rate = read_wav(wav(0.5 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE), width, channels))
    assert samples is not None
    assert len(samples) == rate == RATE
    assert abs(10 * np.log10(np.mean(samples.astype(np.float64) ** 2)) - (20 * np.log10(0.5) - 3.01)) < 0.2


HEARD: list[tuple[str, bytes, dict[str, bool]]] = [
    ("speech", wav(speech()), {"clipped": False, "silent": False, "noisy": False}),
    ("cut off", wav(8 * speech()), {"clipped": True, "silent": False}),
    ("an empty room", wav(0.0005 * np.random.default_rng(3).standard_normal(3 * RATE)), {"clipped": False, "silent": True}),
    ("nothing at all", wav(np.zeros(RATE)), {"clipped": False, "silent": True}),
    ("speech in noise", wav(speech(noise=0.12)), {"clipped": False, "noisy": True}),
    ("one peak at the limit", wav(np.concatenate([speech(), [1.0], speech()])), {"clipped": False}),
]


@pytest.mark.parametrize(("label", "clip", "marks"), HEARD, ids=[case[0] for case in HEARD])
def test_defects_are_heard(label: str, clip: bytes, marks: dict[str, bool]) -> None:
    """Each defect alone, and sound speech with none."""
    from khettara.certify.measures.clips import CLIPPED_SHARE, SNR_DB, SPEECH_SHARE

    heard = listen(clip)
    found = {"clipped": heard.clipped > CLIPPED_SHARE, "silent": heard.speech < SPEECH_SHARE, "noisy": heard.snr_db < SNR_DB}
    assert {name: found[name] for name in marks} == marks, heard


@pytest.mark.parametrize("clip", [None, b"", b"RIFF", b"OggS" + b"\0" * 100, wav(speech())[:60], wav(np.zeros(0))])
def test_what_is_no_clip_is_told(clip: bytes | None) -> None:
    """No bytes, other formats, a file cut short: not readable, and no error."""
    assert not listen(clip).readable or listen(clip).duration_s < 0.01


def test_findings_on_clips_name_cause_and_remedy(tmp_path: Path) -> None:
    """Silence, clipping, a number in a transcript, one voice in most clips: each found with its clips."""
    quiet, loud = wav(np.zeros(RATE)), wav(8 * speech())
    clips: list[bytes | None] = [quiet, loud, *(wav(speech(seed=number)) for number in range(2, 10))]
    said = [None] * 10
    path = seal_clips(
        tmp_path / "clips", clips, author=["speaker 1"] * 7 + ["speaker 2"] * 3, transcript=["عيط ليا ف 0600112233", *said[1:9], "سلام"]
    )
    found = {finding.kind: finding for finding in examine(Dataset.open(path)).findings}
    assert {"silence", "clipping", "identifiers_left", "one_voice", "empty"} <= set(found) <= OF_TEXTS_AND_CLIPS.keys()
    assert (found["silence"].records, found["clipping"].records, found["empty"].records) == (1, 1, 8)
    assert all(set(finding.cause) == {"en", "fr", "ar"} == set(finding.remedy) for finding in found.values())
    assert "0600112233" not in str(found["identifiers_left"].examples)


def test_clips_are_certified_or_refused(tmp_path: Path) -> None:
    """Sound clips pass; silent ones are refused with their number."""
    key = new_key("an office")
    sound = seal_clips(tmp_path / "sound", [wav(speech(seed=number)) for number in range(30)])
    assert certify(sound, "finetuning", key, NOW).predicate["verdict"] in ("certified", "conditional")
    silent = seal_clips(tmp_path / "silent", [wav(np.zeros(RATE)), *(wav(speech(seed=number)) for number in range(29))])
    reasons = certify(silent, "finetuning", key, NOW).predicate["reasons"]
    assert any("hardly any speech: 1 of 30" in reason for reason in reasons)


def test_real_speech_is_heard_as_speech() -> None:
    """Commands that a person spoke into a telephone are neither silent nor cut off."""
    folder = Path(os.environ.get("KHETTARA_DATA", "../shared/data")) / "darija-voice-commands"
    clips = sorted(folder.rglob("*.wav"))
    if not clips:
        pytest.skip("no darija-voice-commands: set KHETTARA_DATA to the folder with the shared data")
    heard = [listen(path.read_bytes()) for path in clips]
    assert all(each.readable for each in heard)
    assert np.mean([each.speech >= 0.1 for each in heard]) >= 0.95

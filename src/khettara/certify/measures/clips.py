"""What is heard of each clip: how long it is, how much of it is speech, how much clipped, and how far speech stands out of the noise.

    3.2 s, 16 kHz  ->  speech 0.71, clipped 0.0, snr_db 24.5

WAV is read with the standard library; a clip in another format keeps what its columns say, and is not listened to.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.certify.measures import texts
from khettara.certify.measures.facts import Array, Look, Word

FRAME_S = 0.02
"""Frames of 20 ms: within one a voice hardly changes (the usual frame of speech coding)."""
SILENCE_DB = -50.0
"""Below this level, against full scale, a frame is silence: the quietest speech of a telephone recording lies some 10 dB higher."""
SPEECH_ABOVE_NOISE_DB = 6.0
"""A frame with twice the amplitude of the noise floor (the quietest tenth of the frames) has speech in it."""
FULL_SCALE = 0.999
"""From here on a sample stands at the limit; two in a row are clipping, one may be a peak."""


@dataclass(frozen=True)
class Heard:
    """What is heard of one clip; `readable` is false, and the rest zero, where it could not be read."""

    readable: bool
    duration_s: float = 0.0
    clipped: float = 0.0
    speech: float = 0.0
    snr_db: float = 0.0


def listen(audio: bytes | None) -> Heard:
    """Read a clip of WAV (PCM of 8, 16, 24 or 32 bits) and measure it."""
    samples, rate = read_wav(audio)
    if samples is None or not len(samples) or rate <= 0:
        return Heard(False)
    limits = np.abs(samples) >= FULL_SCALE
    clipped = float(np.mean(limits & (np.roll(limits, 1) | np.roll(limits, -1))))
    size = max(1, int(rate * FRAME_S))
    frames = samples[: len(samples) // size * size].reshape(-1, size) if len(samples) >= size else samples[None, :]
    level = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-12)
    floor = float(np.percentile(level, 10))
    heard = (level > SILENCE_DB) & (level > floor + SPEECH_ABOVE_NOISE_DB)
    snr = float(np.mean(level[heard]) - floor) if heard.any() else 0.0
    return Heard(
        True,
        len(samples) / rate,
        clipped,
        float(np.mean(heard)),
        snr,
    )


def read_wav(audio: bytes | None) -> tuple[Array | None, int]:
    """The samples of a WAV file between -1 and 1, channels averaged, and their rate; None where it is no WAV that we read."""
    try:
        with wave.open(io.BytesIO(audio or b"")) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError):
        return None, 0
    data = data[: len(data) // (width * channels) * width * channels]
    if width == 1:
        values = (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    elif width == 3:
        whole = np.frombuffer(data, np.uint8).reshape(-1, 3)
        values = (np.pad(whole, ((0, 0), (1, 0))).view("<i4")[:, 0] / 2.0**31).astype(np.float32)
    elif width in (2, 4):
        values = (np.frombuffer(data, f"<i{width}") / 2.0 ** (8 * width - 1)).astype(np.float32)
    else:
        return None, 0
    return values.reshape(-1, channels).mean(axis=1), rate


CLIPPED_SHARE, SPEECH_SHARE, SNR_DB, SHORTEST_S, LONGEST_S = 0.001, 0.1, 10.0, 1.0, 30.0
"""From here on a clip is clipped, silent, noisy, short, long. One sample in a thousand at the limit is heard as a crackle; a telephone line gives
some 20 dB, under 10 dB words are lost; a second is the least that collections of prompts take, 30 s the window of usual recognisers."""


def hear(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """What is heard of each clip."""
    heard = [listen(audio) for audio in batch["audio"].to_pylist()]
    numbers = {name: np.array([getattr(each, name) for each in heard], np.float64) for name in ("clipped", "speech", "snr_db")}
    return {
        "readable": np.array([each.readable for each in heard], bool),
        "seconds": np.array([each.duration_s for each in heard], np.float64),
        **numbers,
    }


def duration(batch: pa.RecordBatch) -> Array:
    """Seconds, as the column says; 0 where it does not."""
    seconds: Array = pc.fill_null(batch["duration_s"], 0.0).to_numpy(zero_copy_only=False)
    return seconds


def has_transcript(batch: pa.RecordBatch) -> pa.Array:
    """Clips with a transcript that is more than blanks."""
    return pc.fill_null(pc.match_substring_regex(batch["transcript"], r"[^\s\p{Z}\p{C}]"), False)


def audio_hash(batch: pa.RecordBatch) -> Array:
    """A number for each clip that is the same for the same bytes."""
    from khettara.kernels import text_of
    from khettara.kernels.hashing import text_hashes

    return text_hashes(text_of(batch["audio"]))


def find_identified(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """For each kind of identifier, the clips whose transcript says one."""
    return dict(texts.find_identified(pa.record_batch({"text": batch["transcript"]})))


LOOKS: tuple[Look, ...] = (
    Look("heard", ("audio",), hear),
    Look("duration_s", ("duration_s",), duration),
    Look("copy", ("audio",), audio_hash),
    Look("bytes", ("audio",), lambda batch: pc.fill_null(pc.binary_length(batch["audio"]), 0).to_numpy(zero_copy_only=False).astype(np.int64)),
    Look("has_text", ("transcript",), has_transcript),
    Look("identifier", ("transcript",), find_identified),
    *(each for each in texts.LOOKS if each.name in ("has_origin", "has_date", "has_language", "licence_known", "licence_open", "fits_script")),
)
"""One more thing to hear in a clip costs one function and a line here."""

WORDS: tuple[Word, ...] = (*texts.WORDS, *(Word(name, name) for name in ("speaker", "client_id", "sex", "gender", "region", "age_group")))
"""What clips are grouped by, where the dataset has the column."""

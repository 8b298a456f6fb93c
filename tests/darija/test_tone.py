"""Sentiment and offence: signals in both scripts, unsure where they cannot know, taught by nothing twice."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

import khettara.darija.model
from khettara.clean import STEPS
from khettara.darija import Tone, offence, sentiment, tone_column
from khettara.darija.near_copies import groups, text_key
from khettara.darija.sources import table
from khettara.darija.tone import CLASSES, SURE_ENOUGH, UNSURE
from khettara.darija.tone_sources import LICENCES, Labelled, labelled
from khettara.darija.train_tone import part_of, posts, train

DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))
MODELS = Path(khettara.darija.model.__file__).parent / "models"
needs_data = pytest.mark.skipif(not (DATA / "afrisenti").is_dir(), reason="no shared data: set KHETTARA_DATA")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("had lblassa zwina bzaf, tbarkallah 3likom", "positive"),
        ("برافو عليكم، خدمة زوينة بزاف", "positive"),
        ("lkhdma khayba, khserna flousna 3la walo", "negative"),
        ("للأسف الخدمة خايبة بزاف وحشومة هادشي", "negative"),
    ],
)
def test_clear_words_are_heard_in_both_scripts(text: str, label: str) -> None:
    """What is said in the plainest words gets the label that a person would give it, or at worst that one first and `unsure`."""
    found = sentiment(text)
    assert max(found.chances, key=found.chances.__getitem__) == label
    assert found.label in (label, UNSURE)


def test_an_animal_is_no_insult_and_an_insult_is() -> None:
    """The same word counts by what stands around it."""
    assert offence("الكلب ديال جارنا كينبح فالليل").label == "none"
    assert offence("سير آ الكلب، ما عندك لا وجه لا كرامة").label == "offence"


@pytest.mark.parametrize(
    "text", ["", "2024 !!! 😀", "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "La commune de la ville est ouverte le jeudi matin.", "The market opens on Thursday morning."]
)
def test_what_cannot_be_read_gets_no_number(text: str) -> None:
    """Without letters, in Tifinagh, in French or English: unsure, and no probability that a rule could take for one."""
    assert sentiment(text) == offence(text) == Tone(UNSURE, {})


def test_one_answer_in_every_form() -> None:
    """A text, a list, an array and its chunks are answered alike; a null is as good as no text."""
    texts = ["hadchi zwin bzaf", "خايب بزاف", ""]
    one_by_one = [sentiment(text) for text in texts]
    assert sentiment(texts) == one_by_one
    array = sentiment(pa.array([*texts, None]))
    assert [row["label"] for row in array.to_pylist()] == [tone.label for tone in one_by_one] + [UNSURE]
    assert sentiment(pa.chunked_array([texts[:1], texts[1:]])).to_pylist() == array.to_pylist()[:3]
    assert array.field("positive")[3].as_py() is None


def test_a_class_is_named_only_when_sure_enough() -> None:
    """The label is the likeliest class from the threshold on, and unsure below; probabilities add up to one."""
    rows = tone_column("sentiment", pa.array([text for _, text in table("tone.tsv")])).to_pylist()
    assert {row["label"] for row in rows} == {*CLASSES["sentiment"], UNSURE}
    for row in (row for row in rows if row["neutral"] is not None):
        chances = {name: row[name] for name in CLASSES["sentiment"]}
        best = max(chances, key=chances.__getitem__)
        assert row["label"] == (best if chances[best] >= SURE_ENOUGH else UNSURE)
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)


def test_emoji_links_and_handles_say_nothing() -> None:
    """Emoji label whole corpora by themselves; they are not read, nor is what names a person."""
    assert tone_column("sentiment", pa.array(["wach kayn 😡😡 @someone https://example.org/zwin 0612345678"])) == tone_column(
        "sentiment", pa.array(["wach kayn"])
    )


def test_the_steps_add_their_columns() -> None:
    """`sentiment` gives label, probability and score; `offence` a probability; a French record gets none."""
    batch = pa.record_batch({"text": pa.array(["hadchi zwin bzaf", "La commune est ouverte le jeudi matin."], pa.large_string())})
    found = STEPS["offence"]()(STEPS["sentiment"]()(batch))
    assert found.column("sentiment").to_pylist() == ["positive", UNSURE]
    assert found.column("sentiment_score")[0].as_py() > 0.5
    assert found.column("sentiment_p")[0].as_py() >= SURE_ENOUGH
    assert [value is None for value in found.column("offence_p").to_pylist()] == [False, True]


def test_copies_are_found_across_spellings_and_scripts() -> None:
    """The same post in other spellings, in the other script, or with a word more is one group; another post is not."""
    post = "chokran bzaf 3la lmosa3ada dyalkom a drari"
    assert text_key(post) == text_key("Chokraan bezzaf 3la lmosa3ada dyalkom a drari !! 😀 @drari")
    other = "ghadi nmchi l souk m3a lwalida ghedda f sbah"
    assert groups([post, other, post + " kamlin", "غادي نمشي ل سوق معا لواليدا غدا ف صباح"])[:3] == [0, 1, 0]
    assert groups([other, "غادي نمشي ل سوق معا لواليدا غدا ف صباح"]) == [0, 0]


def test_nothing_non_commercial_is_learnt_from() -> None:
    """The licences of both tables' sources allow every use."""
    assert set(LICENCES.values()) <= {"Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "MIT"}
    for signal in CLASSES:
        described = json.loads((MODELS / f"{signal}.json").read_text("utf-8"))
        assert {row["source"] for row in described["sources"]} <= set(LICENCES)
        assert {row["class"] for row in described["sources"]} == set(CLASSES[signal])


def test_a_reading_stays_on_the_side_of_its_post() -> None:
    """Posts are learnt in both scripts; a split by part can never put a post here and its reading there."""
    found = posts([Labelled("hadchi zwin bzaf", "positive", "own lines"), Labelled("هادشي خايب بزاف", "negative", "own lines")])
    assert sorted((post.head, post.is_reading) for post in found) == [(0, False), (0, True), (1, False), (1, True)]
    assert all(
        part_of(post.row.text, 5) == part_of(found[place % 2].row.text, 5) for place, post in enumerate(found) if post.row is found[place % 2].row
    )


@needs_data
def test_labelled_posts_are_there_once() -> None:
    """No two posts of a signal are copies, across sources; what is left out by disagreement is little."""
    rows = labelled(DATA, "offence")
    assert groups([row.text for row in rows]) == list(range(len(rows)))
    assert {row.source for row in rows} == {"narabizi", "own lines", "doda-latn", "common-voice-ar"}


@needs_data
def test_labels_are_what_is_learnt() -> None:
    """With the labels exchanged the table says the opposite: nothing but them decides."""
    rows = labelled(DATA, "offence")
    turned = [Labelled(row.text, CLASSES["offence"][row.label == "none"], row.source) for row in rows]
    column = pa.array(["sir a lkelb, nta 7mar"])
    right, wrong = (tone_column("offence", column, train("offence", some)[0])[0]["offence"].as_py() for some in (rows, turned))
    assert right > 0.5 > wrong

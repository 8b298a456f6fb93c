"""`khettara darija`: which language a text is in, word by word, and why; and training the tables that say so."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from khettara.cli.options import Json
from khettara.cli.output import one_line, print_json

if TYPE_CHECKING:
    from khettara.darija import Tone

app = typer.Typer(
    help="Darija and its neighbours: identify, segment, explain, normalise, transliterate, sentiment, offence.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Answer = TypeVar("Answer")

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SRC]...", help="Text files (one text a line) or datasets; without any, stdin.", show_default=False),
]
Column = Annotated[str, typer.Option(help="The column of a dataset that holds the texts.")]


@app.command("identify", short_help="Name the language of each text.")
def identify(sources: Sources = None, column: Column = "text", as_json: Json = False) -> None:
    """Name the language of each text, its script, how sure, and the classes that make it up.

    Example: khettara darija identify notes.txt
    """
    from khettara.darija import identify as work

    for text, guess in _answered(sources, column, work):
        if as_json:
            _line({"text": text, **asdict(guess)})
        else:
            mixed = ", ".join(f"{name} {share:.2f}" for name, share in guess.labels.items())
            typer.echo(f"{guess.lang}\t{guess.script}\t{guess.confidence:.2f}\t{mixed}\t{one_line(text, 200)}")


@app.command("segment", short_help="Name the language of each word.")
def segment(sources: Sources = None, column: Column = "text", as_json: Json = False) -> None:
    """Name the language of each word: where it switches, how much is mixed, how far from Standard Arabic it is.

    Example: khettara darija segment notes.txt
    """
    from khettara.darija import segment as work

    for text, found in _answered(sources, column, work):
        if as_json:
            _line({"text": text, **asdict(found)})
        else:
            typer.echo(" ".join(f"{token.text}/{token.lang}" for token in found.tokens))
            dialectness = "-" if found.dialectness is None else f"{found.dialectness:.2f}"
            typer.echo(f"  {len(found.switch_points)} switches, mixed {found.code_mixing_index:.2f}, dialectness {dialectness}")


@app.command("explain", short_help="Say why a text got its language.")
def explain(sources: Sources = None, column: Column = "text", as_json: Json = False) -> None:
    """Say which words and n-grams decided on a text's language, and which rules fired.

    Example: khettara darija explain notes.txt
    """
    from khettara.darija import explain as work

    for text, found in _answered(sources, column, work):
        if as_json:
            _line({"text": text, **asdict(found)})
            continue
        typer.echo(one_line(text, 200))
        chances = ", ".join(f"{name} {chance:.2f}" for name, chance in found.chances.items())
        typer.echo(f"  {found.guess.lang} ({found.guess.label}), {found.guess.confidence:.2f}. {chances}")
        if found.words:
            typer.echo(f"  words for it, against {found.against}: {_signed(found.words)}")
            typer.echo(f"  n-grams: {_signed(found.ngrams)}")
        for rule in found.rules:
            typer.echo(f"  rule: {rule}")


@app.command("normalise", short_help="Write texts the same way: scrub, fold or canon.")
def normalise(
    sources: Sources = None,
    level: Annotated[str, typer.Option(help="scrub: always safe; fold: to search and compare; canon: to analyse.")] = "scrub",
    column: Column = "text",
    as_json: Json = False,
) -> None:
    """Write texts the same way. Fold and canon lose what the author wrote: keep the text too.

    Example: khettara darija normalise --level fold notes.txt
    """
    from khettara.darija import LEVELS, normalise_counted
    from khettara.errors import KhettaraError

    known = next((name for name in LEVELS if name == level), None)
    if known is None:
        raise KhettaraError(f"no such level: {level!r}", hint=f"Write --level {' or --level '.join(LEVELS)}.")
    for text, (normal, counts) in _answered(sources, column, lambda texts: (normalise_counted(each, known) for each in texts)):
        if as_json:
            _line({"text": text, "normal": normal, "changes": dict(counts)})
        else:
            typer.echo(normal)


@app.command("variants", short_help="What else people write for a word.")
def variants(
    words: Annotated[list[str], typer.Argument(metavar="WORD", help="Words in either script.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Show what else people write for a word, in both scripts: the words of the lexicon that share its matching key.

    Example: khettara darija variants bzaf
    """
    from khettara.darija import matching_key
    from khettara.darija import variants as work

    for word in words:
        if as_json:
            _line({"word": word, "key": matching_key(word), "variants": work(word)})
        else:
            typer.echo(f"{word} ({matching_key(word) or 'no key'}): {' '.join(work(word)) or 'nothing known'}")


@app.command("transliterate", short_help="Write Darija over into its other script.")
def transliterate(
    sources: Sources = None,
    to: Annotated[str, typer.Option(help="arab: write what is in Latin letters in Arabic ones; latn: the other way round.")] = "arab",
    best: Annotated[int, typer.Option(min=1, max=24, help="With more than 1: the readings of each word, with their probabilities.")] = 1,
    foreign: Annotated[bool, typer.Option("--foreign", help="Write French and English words over too.")] = False,
    column: Column = "text",
    as_json: Json = False,
) -> None:
    """Write Darija over into its other script. The result is a reading, not the author's text: keep that too.

    Example: khettara darija transliterate --to arab notes.txt
    """
    from khettara.darija import readings
    from khettara.darija import transliterate as work
    from khettara.darija.transliterate import SCRIPTS
    from khettara.errors import KhettaraError

    script = next((name for name in SCRIPTS if name == to), None)
    if script is None:
        raise KhettaraError(f"no such script: {to!r}", hint=f"Write --to {' or --to '.join(SCRIPTS)}.")
    for text, written in _answered(sources, column, lambda texts: work(texts, script, foreign=foreign)):
        words = [(word, readings(word, script, best)) for word in text.split()] if best > 1 else []
        if as_json:
            _line({"text": text, "written": written} | ({"readings": words} if words else {}))
            continue
        typer.echo(written)
        for word, found in words:
            typer.echo(f"  {word}: " + (", ".join(f"{reading} {share:.2f}" for reading, share in found) or "no reading"))


@app.command("sentiment", short_help="Say how positive or negative each text is, as a signal.")
def sentiment(sources: Sources = None, column: Column = "text", as_json: Json = False) -> None:
    """Say how positive or negative each post is, or that this is unsure: a signal to sort by, often wrong on posts of new sources.

    Example: khettara darija sentiment notes.txt
    """
    from khettara.darija import sentiment as work

    _print_tones(_answered(sources, column, work), as_json)


@app.command("offence", short_help="Say how likely each text is to offend, as a signal.")
def offence(sources: Sources = None, column: Column = "text", as_json: Json = False) -> None:
    """Say how likely each post is to offend, or that this is unsure: a signal to look closer at, never a reason to drop a text by.

    Example: khettara darija offence notes.txt
    """
    from khettara.darija import offence as work

    _print_tones(_answered(sources, column, work), as_json)


@app.command("train", short_help="Train the language tables.")
def train(
    data: Annotated[Path, typer.Option(help="The folder of the sources.")] = Path("../shared/data"),
    output: Annotated[Path | None, typer.Option(help="Where to write; by default into the package.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Train the tables of language, words, sentiment and offence from the recipes' sources: the same sources give the same bytes.

    Example: khettara darija train --data ../shared/data
    """
    from khettara.darija.train import train_all

    hashes = train_all(data, output)
    if as_json:
        print_json(hashes)
    else:
        for name, digest in hashes.items():
            typer.echo(f"{name}  {digest}")


def _print_tones(found: Iterable[tuple[str, Tone]], as_json: bool) -> None:
    for text, tone in found:
        if as_json:
            _line({"text": text, **asdict(tone)})
        else:
            chances = ", ".join(f"{name} {chance:.2f}" for name, chance in tone.chances.items())
            typer.echo(f"{tone.label}\t{chances or '-'}\t{one_line(text, 200)}")


def _answered(
    sources: list[str] | None, column: str, work: Callable[[list[str]], Iterable[Answer]], rows: int = 1000
) -> Iterator[tuple[str, Answer]]:
    """Each text of all sources with what `work` says of it, worked out a thousand texts at a time."""
    texts = _texts(sources or [], column)
    while batch := list(islice(texts, rows)):
        yield from zip(batch, work(batch), strict=True)


def _texts(sources: list[str], column: str) -> Iterator[str]:
    if not sources:
        yield from (line.decode("utf-8", "replace").rstrip("\r\n") for line in sys.stdin.buffer)
    for source in map(Path, sources):
        if source.is_dir():
            yield from _of_dataset(source, column)
        else:
            yield from _of_file(source)


def _of_file(source: Path) -> Iterator[str]:
    from khettara.errors import KhettaraError

    try:
        with source.open("rb") as lines:
            yield from (line.decode("utf-8", "replace").rstrip("\r\n") for line in lines)
    except OSError as error:
        raise KhettaraError(f"cannot be read: {error.strerror}", where=str(source), hint="Name a text file or the folder of a dataset.") from error


def _of_dataset(source: Path, column: str) -> Iterator[str]:
    from khettara.dataset import Dataset
    from khettara.engine import nearest
    from khettara.errors import DatasetError

    for batch in Dataset.open(source).batches():
        if column not in batch.schema.names:
            raise DatasetError(f"no column {column!r}", where=str(source), hint=nearest(column, batch.schema.names))
        yield from (text or "" for text in batch.column(column).to_pylist())


def _line(value: dict[str, Any]) -> None:
    """One JSON object a line."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False))


def _signed(found: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{name} {value:+.2f}" for name, value in found[:8])

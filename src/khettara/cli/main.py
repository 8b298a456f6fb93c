"""The command `khettara`: its list of commands, and what happens to every error."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from khettara.cli import (
    certify,
    darija,
    doctor,
    evalset,
    examine,
    export,
    ingest,
    link,
    llm,
    look,
    presets,
    rejects,
    repair,
    report,
    revoke,
    run,
    tune,
    verify,
)
from khettara.errors import KhettaraError
from khettara.version import __version__

app = typer.Typer(
    name="khettara",
    help="From messy files to certified datasets, an open model, and answers that name their sources. Offline, on your own machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

app.command("run", short_help="Run a recipe.")(run.run)
app.command("ingest", short_help="Read files into a dataset.")(ingest.ingest)
app.command("show", short_help="Show what a dataset or model is.")(look.show)
app.command("verify", short_help="Check every byte, and the certificate.")(verify.verify)
app.command("lineage", short_help="Show what it was made from.")(look.lineage)
app.command("rejects", short_help="Show what was left out, and why.")(rejects.rejects)
app.command("report", short_help="Write the page of a cleaned dataset.")(report.report)
app.command("tune", short_help="Try other thresholds in seconds.")(tune.tune)
app.command("presets", short_help="Show ready-made steps and rules.")(presets.presets)
app.command("examine", short_help="Find what is wrong with a table or dataset.")(examine.examine)
app.command("link", short_help="Link records of two tables, or of one.")(link.link)
app.command("repair", short_help="Mend a table, reversibly.")(repair.repair)
app.command("undo", short_help="Take repairs of a table back.")(repair.undo)
app.command("export", short_help="Write Croissant, DQV and the dataset card.")(export.export)
app.command("proof", short_help="Prove that one record is in a dataset.")(verify.proof)
app.command("revoke", short_help="Take a certificate back; exchange lists.")(revoke.revoke)
app.command("override", short_help="Answer for data whose certificate does not hold.")(revoke.override)
app.command("certify", short_help="Measure a dataset and sign the verdict.")(certify.certify)
app.command("recertify", short_help="Certify again; only changes are measured.")(certify.recertify)
app.command("measures", short_help="Say what each measure is.")(certify.measures)
app.command("doctor", short_help="Say what is installed and what is missing.")(doctor.doctor)
app.add_typer(certify.keys, name="keys")
app.add_typer(evalset.app, name="evalset")
app.add_typer(llm.app, name="llm")
app.add_typer(darija.app, name="darija")


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> NoReturn:
    """Run the command line. A user's mistake ends in one message; only a mistake of ours leaves a trace, in a file."""
    _start_light()
    try:
        code = app(standalone_mode=False)
    except KhettaraError as error:
        _fail(str(error), 1)
    except typer.TyperException as error:
        show = getattr(error, "show", None)  # with the command's usage, where the mistake is in the command line
        if show is not None:
            show()
        else:
            typer.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted: finished work is kept; the same command goes on from here", 130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, as `| head` does
        sys.exit(141)
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="khettara-", suffix=".txt", delete=False) as file:
            traceback.print_exc(file=file)
        _fail(f"this is a mistake of ours: {type(error).__name__}: {error}\nThe details are in {Path(file.name)}.", 70)
    sys.exit(code if isinstance(code, int) else 0)


def _start_light() -> None:
    """Leave out work that a command does not need: of 1.0 CPU s for 64 MB, 0.16 s.

    Importing makes some 100,000 objects that live as long as the process, and Python's collector would go through them
    again and again, and once more at the end; the threads of numpy's linear algebra would wait for products nobody asks for.
    """
    gc.set_threshold(100_000, 50, 1000)
    atexit.register(gc.freeze)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"khettara: {message}", err=True)
    sys.exit(code)

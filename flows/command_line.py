"""The command line: `service-review init|check|run|measure|explain|sample|list|show|verify|metrics|schema`.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import atexit
import errno
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evaluation.errors import ConfigError, ServiceReviewError

if TYPE_CHECKING:
    from flows.pipeline import Request

app = typer.Typer(
    name="service-review",
    help="Evaluate customer service, month by month and quarter by quarter.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

PeriodArgument = Annotated[
    str,
    typer.Argument(metavar="PERIOD", help="2026-09, 2026-Q3, 2026-H2, 2026, FY2026-Q1, latest-month, latest-quarter"),
]
ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", "-c", help="A review.yaml, or the folder that holds one.", show_default="review.yaml here"
    ),
]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--lang", help="Language of the report: en, ru, pl. May be given several times.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="Ignore what happened after this moment: 2026-10-05 or 2026-10-05T09:00+02:00."),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the outcome.")]
HERE = Path("review.yaml")
LANGUAGES = ("en", "ru", "pl")


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new folder for the organisation.")]) -> None:
    """Make a folder with a commented review.yaml and sample records, ready to run."""
    from flows.new_organisation import make_organisation

    written = make_organisation(folder)
    print(f"made {folder} with {len(written)} files:")
    for path in written:
        print(f"  {path}")
    print(f"\nnext:\n  cd {folder}\n  service-review check\n  service-review run 2026-Q3")


@app.command()
def check(config: ConfigOption = HERE) -> None:
    """Check the configuration and open every source, before anything runs."""
    from flows.checking import check_organisation

    check_organisation(config)


@app.command()
def run(
    period: PeriodArgument,
    config: ConfigOption = HERE,
    lang: LanguageOption = None,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Evaluate a period: pull, validate, measure, judge, render, publish, deliver."""
    from flows.running import run_review

    run_review(_request(period, config, lang, as_of), quiet=quiet)


@app.command()
def measure(
    period: PeriodArgument,
    config: ConfigOption = HERE,
    format: Annotated[str, typer.Option("--format", "-f", help="table, csv, json or parquet.")] = "table",
    metric: Annotated[list[str] | None, typer.Option("--metric", "-m", help="Only these metrics.")] = None,
    dimension: Annotated[list[str] | None, typer.Option("--dimension", "-d", help="Only these dimensions.")] = None,
    breakdown: Annotated[
        str | None, typer.Option("--breakdown", "-b", help="Print this table behind the metrics instead.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Print the measurements alone: a table of the period, or CSV, JSON or Parquet with the earlier periods too."""
    from flows.measuring import Output, print_breakdown, print_measurements

    to = Output(format=format, path=output)
    request = _request(period, config, None, as_of)
    if breakdown is None:
        print_measurements(request, to, metrics=metric or (), dimensions=dimension or (), quiet=quiet)
    elif metric or dimension:
        raise ConfigError(
            "--metric and --dimension choose measurements, and a breakdown has its own rows", where="--breakdown",
            remedy="leave them out",
        )  # fmt: skip
    else:
        print_breakdown(request, to, breakdown, quiet=quiet)


@app.command()
def explain(
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="Id of a ticket, with or without `source:`.")],
    config: ConfigOption = HERE,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Explain a ticket: timeline, the clock of every promise, facts, figures that it entered."""
    from flows.explaining import print_explanation

    moment = _moment(as_of, config) if as_of else None
    print_explanation(ticket, config, as_of=moment, run_at=datetime.now(UTC), quiet=quiet)


@app.command()
def sample(
    period: PeriodArgument,
    config: ConfigOption = HERE,
    per_agent: Annotated[
        int | None, typer.Option("--per-agent", "-n", help="So many tickets, and so many calls, for each agent.")
    ] = None,
    half_width: Annotated[
        str | None,
        typer.Option("--half-width", help="As many as a 95 % interval of this half-width needs, such as 5%."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="With --half-width: in each agent, team or branch.", show_default="agent")
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option("--kinds", help="tickets, calls or tickets,calls.", show_default="what has a scorecard"),
    ] = None,
    double: Annotated[
        int, typer.Option("--double", help="So many of each kind for a second auditor too, in a file of their own.")
    ] = 0,
    seed: Annotated[
        str | None, typer.Option("--seed", help="What the draw follows from.", show_default="organisation and period")
    ] = None,
    again: Annotated[
        bool, typer.Option("--audited-again", help="Draw from cases that have been audited already, too.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="Language of the worksheet: en, ru, pl.")] = "en",
    format: Annotated[
        str, typer.Option("--format", "-f", help="worksheet, or csv or json for the list of cases alone.")
    ] = "worksheet",
    into: Annotated[
        Path | None,
        typer.Option("--into", "-o", help="The file, which must not be there yet.", show_default="audits/PERIOD.xlsx"),
    ] = None,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Draw the tickets and calls to audit, by chance and repeatably, and write the worksheet for the auditors."""
    from flows.sampling import Asked, draw_and_write

    asked = Asked(
        per_agent=per_agent, half_width=half_width, by=by, kinds=kinds, double=double, seed=seed, audited_again=again,
        language=language, format=format, into=into,
    )  # fmt: skip
    draw_and_write(_request(period, config, None, as_of), asked, quiet=quiet)


@app.command("list")
def list_editions(config: ConfigOption = HERE) -> None:
    """List the published editions."""
    from flows.archive_views import print_editions

    print_editions(config)


@app.command()
def show(
    period: PeriodArgument,
    config: ConfigOption = HERE,
    edition: Annotated[
        int | None, typer.Option("--edition", "-e", help="Which edition; the newest when left out.")
    ] = None,
) -> None:
    """Show a published edition: figures, goals, checks, files."""
    from flows.archive_views import print_edition

    print_edition(period, config, edition)


@app.command()
def verify(
    period: PeriodArgument,
    config: ConfigOption = HERE,
    edition: Annotated[
        int | None, typer.Option("--edition", "-e", help="Which edition; the newest when left out.")
    ] = None,
) -> None:
    """Check an edition on disk against its record."""
    from flows.archive_views import verify_edition

    verify_edition(period, config, edition)


@app.command()
def metrics(
    metric_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One metric.")] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="A review.yaml, for its own metrics and the variants that it chooses."),
    ] = None,
    whole: Annotated[bool, typer.Option("--all", "-a", help="All definitions instead of a line for each.")] = False,
) -> None:
    """Print the definitions of the metrics, with their variants and a worked example of each."""
    from flows.definitions import print_definitions

    print_definitions(metric_id, config or (HERE if HERE.is_file() else None), is_whole=whole)


@app.command()
def schema() -> None:
    """Print the JSON Schema of review.yaml, for editors."""
    from flows.definitions import print_schema

    print_schema()


def _request(period: str, config: Path, languages: list[str] | None, as_of: str | None) -> Request:
    from flows.pipeline import Request

    for language in languages or ():
        if language not in LANGUAGES:
            raise ConfigError(
                f"{language!r} is not a language of the report", where="--lang", remedy="write en, ru or pl"
            )
    return Request(
        review_path=config, period=period, languages=tuple(dict.fromkeys(languages or ())),
        as_of=_moment(as_of, config) if as_of else None, run_at=datetime.now(UTC),
    )  # fmt: skip


def _moment(text: str, config: Path) -> datetime:
    """The moment that `text` names; without an offset it is in the organisation's zone."""
    from tasks.configuration.reading import read_review

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is not a moment", where="--as-of", remedy="write 2026-10-05 or 2026-10-05T09:00+02:00"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=read_review(config).organisation.zone)
    return moment.astimezone(UTC)


def main() -> None:
    """Run a command and leave; errors of ours are printed, not traced."""
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    exit_code = 0
    try:
        app()
    except SystemExit as done:
        exit_code = int(done.code or 0)
    except ServiceReviewError as error:
        print(f"error: {error}", file=sys.stderr)
        exit_code = error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = 1
    except OSError as error:
        print(f"error: {_of_the_machine(error)}", file=sys.stderr)
        exit_code = 1
    leave(exit_code)


def leave(exit_code: int) -> None:
    """End the process without taking apart what a run has built, which would take another second."""
    if "prefect" in sys.modules:  # which has more to do at the end
        sys.exit(exit_code)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads it any more, or the disk is full
        exit_code = 1
    os._exit(exit_code)


def _of_the_machine(error: OSError) -> ServiceReviewError:
    """A fault of disk or rights as an error of ours; nothing half-written is left, because runs publish by a rename."""
    remedies = {
        errno.ENOSPC: "free some space, then run again",
        errno.EDQUOT: "free some space, then run again",
        errno.EROFS: "choose a folder that can be written",
    }
    rights = "give yourself the right to write there, or choose another folder"
    return ServiceReviewError(
        f"the machine refused: {(error.strerror or str(error)).lower()}",
        where=str(error.filename or error.filename2 or ""),
        remedy=remedies.get(error.errno or 0, rights if isinstance(error, PermissionError) else "look at this place"),
    )


if __name__ == "__main__":
    main()

"""`service-review sample`: draw what is to be audited and write the worksheet, or print the draw."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from evaluation.errors import ConfigError
from tasks.step import Step

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.audit_sampling import AuditSample, SamplePlan
    from flows.pipeline import Prepared, Request
    from tasks.sample import Drawn

FORMATS = ("worksheet", "csv", "json")
KINDS = ("tickets", "calls")
FOLDER = "audits"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for on the command line.

    Attributes:
        per_agent: Cases of each kind for each agent.
        half_width: Wanted half-width of a 95 % interval, as it was written: `5%` or `0.05`.
        by: `agent`, `team` or `branch`; `agent` when left out.
        kinds: As written: `tickets,calls`; all that have a scorecard when left out.
        double: Cases of each kind for a second auditor.
        seed: What identifies the draw; organisation and period when left out.
        audited_again: Whether audited cases can be drawn once more.
        language: Language of the worksheet.
        format: One of `FORMATS`.
        into: The file; `audits/PERIOD.xlsx` beside `review.yaml`, or the terminal, when left out.
    """

    per_agent: int | None = None
    half_width: str | None = None
    by: str | None = None
    kinds: str | None = None
    double: int = 0
    seed: str | None = None
    audited_again: bool = False
    language: str = "en"
    format: str = "worksheet"
    into: Path | None = None


def draw_and_write(request: Request, asked: Asked, *, quiet: bool) -> None:
    """Draw the cases to audit, write the worksheet whole, and say what was drawn.

    Raises:
        ConfigError: What is asked for cannot be, or the file is there already.
        DataError: There is nothing to audit.
    """
    from flows.pipeline import prepare
    from reports.language import Language

    if asked.format not in FORMATS:
        remedy = f"write one of: {', '.join(FORMATS)}"
        raise ConfigError(f"{asked.format!r} is not a format", where="--format", remedy=remedy)
    Language.named(asked.language)
    prepared = prepare(request)
    plan, kinds = _plan(asked, prepared), _kinds(asked.kinds)
    targets = _targets(asked, prepared)
    drawn = _drawn(request, prepared, plan, kinds, asked.audited_again, quiet=quiet)
    if asked.format == "worksheet":
        written = _write_worksheets(drawn, prepared, asked.language, targets)
        print("\n".join([*_summary(drawn), "", *_told(written, prepared)]))
        return
    content = _as_csv(drawn.sample) if asked.format == "csv" else _as_json(drawn.sample)
    if asked.into is None:
        sys.stdout.write(content.decode())
    else:
        place_whole({asked.into: content})


def _plan(asked: Asked, prepared: Prepared) -> SamplePlan:
    from evaluation.audit_sampling import SamplePlan

    by = asked.by or "agent"
    if by not in ("agent", "team", "branch"):
        raise ConfigError(f"nothing is drawn by {by!r}", where="--by", remedy="write agent, team or branch")
    seed = f"{prepared.review.organisation.name} {prepared.period.id}" if asked.seed is None else asked.seed
    return SamplePlan(
        seed=seed, per_agent=asked.per_agent, by=by, double=asked.double,  # type: ignore[arg-type]
        half_width=None if asked.half_width is None else fraction(asked.half_width),
    )  # fmt: skip


def fraction(text: str) -> float:
    """A share as people write it.

    Raises:
        ConfigError: It is none.

    Example:
        >>> fraction("5%"), fraction("0.05"), fraction("2,5 %")
        (0.05, 0.05, 0.025)
    """
    plain = text.strip().replace(",", ".")
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        raise ConfigError(f"{text!r} is no half-width", where="--half-width", remedy="write 5% or 0.05") from None
    value = value / 100 if plain.endswith("%") else value
    if not 0 < value < 1:
        raise ConfigError(
            f"a half-width of {text} says nothing", where="--half-width",
            remedy="write a part of the whole between 0 and 100 %, such as 5% or 0.05",
        )  # fmt: skip
    return value


def _kinds(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in KINDS:
            raise ConfigError(
                f"{name!r} is nothing that is drawn", where="--kinds", remedy="write tickets, calls or tickets,calls"
            )
    return tuple(name for name in KINDS if name in names)


def _targets(asked: Asked, prepared: Prepared) -> tuple[Path, ...]:
    """The files to write, refused before anything runs when one of them is there."""
    if asked.format != "worksheet" and asked.into is None:
        return ()
    first = asked.into or prepared.root / FOLDER / f"{prepared.period.id}.xlsx"
    if asked.format == "worksheet" and first.suffix.lower() != ".xlsx":
        raise ConfigError(f"{first.name} is no name of a workbook", where="--into", remedy="name it FILE.xlsx")
    if asked.into is not None and not first.parent.is_dir():
        raise ConfigError(
            f"there is no folder {first.parent}", where="--into", remedy="name a file in a folder that exists"
        )
    second = first.with_name(f"{first.stem}-second{first.suffix}")
    targets = (first, second) if asked.double and asked.format == "worksheet" else (first,)
    for target in targets:
        if target.exists():
            raise _is_there(target)
    return targets


def _is_there(path: Path) -> ConfigError:
    return ConfigError(
        f"{path} is there already and may hold marks", where="--into",
        remedy="name another file with --into, or move this one away",
    )  # fmt: skip


def _drawn(
    request: Request, prepared: Prepared, plan: SamplePlan, kinds: Sequence[str], audited_again: bool, *, quiet: bool
) -> Drawn:
    """Collect, validate and draw in a temporary folder."""
    from flows.pipeline import collect_and_validate
    from flows.runners import DirectRunner
    from tasks.configuration.reading import placed
    from tasks.sample import draw_audits
    from tasks.second_process import SecondProcess

    run = DirectRunner(quiet=quiet)
    with SecondProcess() as second, TemporaryDirectory(prefix="service-review-") as folder:
        _, validated = collect_and_validate(request, prepared, Path(folder), run, second)
        second.end()
        try:
            drawn: Drawn = run(
                Step(name="draw", function=draw_audits, timeout_seconds=1800), validated.tables,
                prepared.review.settings, prepared.period, plan=plan, kinds=kinds, audited_again=audited_again,
                as_of=request.as_of, run_at=request.run_at, engine=prepared.review.engine,
            )  # fmt: skip
        except ConfigError as error:
            raise placed(error, request.review_path) from error
    return drawn


def _write_worksheets(
    drawn: Drawn, prepared: Prepared, language: str, targets: Sequence[Path]
) -> list[tuple[Path, int]]:
    from reports.language import Language
    from reports.worksheet import worksheet

    spoken = Language.named(language)
    contents, counts = {}, []
    for auditor, target in enumerate(targets, start=1):
        contents[target] = worksheet(
            drawn.sample, prepared.review.settings, spoken, auditor=auditor, descriptions=drawn.descriptions
        )
        counts.append((target, len(drawn.sample.cases if auditor == 1 else drawn.sample.second)))
    for target in targets:
        target.parent.mkdir(exist_ok=True)
    place_whole(contents)
    return counts


def place_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files that appear whole or not at all, and never in the place of another.

    Raises:
        ConfigError: One of them is there already.
    """
    partials = {path: path.with_name(f".{path.name}.partial") for path in contents}
    try:
        for path, partial in partials.items():
            with open(partial, "wb") as file:
                file.write(contents[path])
                file.flush()
                os.fsync(file.fileno())
        for path, partial in partials.items():
            _place(partial, path)
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)


def _place(partial: Path, path: Path) -> None:
    """Give a file its name, which a second link refuses to take from another; some file systems have no links."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise _is_there(path) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV):
            raise
        if path.exists():
            raise _is_there(path) from None
        partial.replace(path)


def _summary(drawn: Drawn) -> Iterator[str]:
    """A line for each agent, team or branch: how many were drawn of how many."""
    from flows.figures import aligned

    sample = drawn.sample
    second = f", {len(sample.second)} of them for two auditors" if sample.second else ""
    yield f"{sample.organisation}, {sample.period.id}: {len(sample.cases)} cases drawn{second}"
    yield f'seed "{sample.plan.seed}", draw {sample.draw_id}, as of {sample.cut:%Y-%m-%d %H:%M} UTC'
    yield ""
    found = {(one.member, one.kind): one for one in sample.strata}
    rows = []
    for member in dict.fromkeys(one.member for one in sorted(sample.strata, key=lambda one: one.member)):
        own = [found.get((member, kind)) for kind in sample.kinds]
        short = [f"{one.wanted} {one.kind} wanted" for one in own if one is not None and one.is_short]
        cells = [f"{one.drawn:,} of {one.population:,}" if one is not None else "none" for one in own]
        rows.append([member, *cells, f"all there are: {', '.join(short)}" if short else ""])
    yield from aligned([sample.plan.by, *sample.kinds, ""], rows, right=sample.kinds)
    for kind, counts in sample.left_out.items():
        told = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in sorted(counts.items()))
        if told:
            yield f"{kind} that could not be drawn: {told}"
    for kind in drawn.without_scorecard:
        yield f"no {kind} drawn: there is no scorecard for them"


def _told(written: Sequence[tuple[Path, int]], prepared: Prepared) -> Iterator[str]:
    """What was written, and how it is read back unless that is set up already."""
    for number, (path, count) in enumerate(written, start=1):
        whom = ", for the second auditor" if number == 2 else ""
        yield f"wrote {path} ({count} cases{whom})"
    if not any(source.kind == "audit_worksheet" for source in prepared.review.sources):
        folder = os.path.relpath(written[0][0].parent, prepared.root)
        yield "to have the marks read once they are filled in, add to `sources:` in review.yaml:"
        yield f"  - {{id: audits, kind: audit_worksheet, files: [{Path(folder).as_posix()}/*.xlsx]}}"


def _frame(sample: AuditSample) -> pd.DataFrame:
    import pandas as pd

    second = {(case.kind, case.id) for case in sample.second}
    return pd.DataFrame(
        {
            "kind": case.kind, "id": case.id, "at": case.at.isoformat(), "agent": case.agent, "team": case.team,
            "branch": case.branch, "channel": case.channel, "topic": case.topic,
            "is_second": (case.kind, case.id) in second,
        }
        for case in sample.cases
    )  # fmt: skip


def _as_csv(sample: AuditSample) -> bytes:
    from reports.csv_export import as_csv

    return as_csv(_frame(sample), with_mark=False)


def _as_json(sample: AuditSample) -> bytes:
    plan = sample.plan
    content: dict[str, Any] = {
        "organisation": sample.organisation, "period": sample.period.id, "as_of": sample.cut.isoformat(),
        "seed": plan.seed, "per_agent": plan.per_agent, "half_width": plan.half_width, "by": plan.by,
        "double": plan.double, "draw": sample.draw_id, "digest": sample.digest, "left_out": sample.left_out,
        "strata": [
            {"kind": one.kind, "member": one.member, "population": one.population, "wanted": one.wanted,
             "drawn": one.drawn}
            for one in sample.strata
        ],
        "cases": _frame(sample).to_dict("records"),
    }  # fmt: skip
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()

"""`service-review sample`: what it takes and refuses, what it writes and never overwrites, what it prints."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluation.audit_population import Case, Population
from evaluation.audit_sampling import SamplePlan, draw_sample
from evaluation.errors import ConfigError, DataError
from evaluation.period import Period
from flows import sampling
from flows.pipeline import Request
from flows.sampling import Asked, draw_and_write, fraction, place_whole
from tasks.collect import collect
from tasks.configuration.reading import read_review
from tasks.sample import Drawn, _kinds, draw_audits

EXAMPLE = Path(__file__).parents[2] / "examples" / "social-care"
RUN_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUARTER = Period.parse("2020-Q1", zone="UTC")
REQUEST = Request(review_path=EXAMPLE, period="2020-Q1", run_at=RUN_AT)


@pytest.mark.parametrize(("text", "meant"), [("5%", 0.05), ("5 %", 0.05), ("0.05", 0.05), ("2,5%", 0.025)])
def test_a_half_width_as_people_write_it(text, meant):
    assert fraction(text) == pytest.approx(meant)


@pytest.mark.parametrize("text", ["5", "0", "100%", "-5%", "five", "", "nan", "%"])
def test_what_is_no_half_width_is_refused(text):
    with pytest.raises(ConfigError, match="half-width"):
        fraction(text)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({}, "--per-agent, --half-width"),
        ({"per_agent": 5, "half_width": "5%"}, "--per-agent, --half-width"),
        ({"per_agent": 5, "by": "team"}, "--by"),
        ({"half_width": "5%", "by": "topic"}, "--by"),
        ({"per_agent": 5, "kinds": "tickets,letters"}, "--kinds"),
        ({"per_agent": 5, "format": "pdf"}, "--format"),
        ({"per_agent": 5, "language": "de"}, "report.languages"),
        ({"per_agent": 5, "into": Path("nowhere/sample.xlsx")}, "--into"),
        ({"per_agent": 5, "into": Path("sample.csv")}, "--into"),
        ({"per_agent": 5, "double": -1}, "--double"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(asked, where, monkeypatch):
    monkeypatch.setattr(sampling, "_drawn", lambda *_, **__: pytest.fail("it ran"))
    with pytest.raises(ConfigError) as caught:
        draw_and_write(REQUEST, Asked(**asked), quiet=True)
    assert caught.value.where == where
    assert caught.value.remedy


def a_drawn(double=1):
    cases = [
        Case(kind=kind, id=f"desk:{kind}{number}", at=datetime(2020, 2, 3, tzinfo=UTC), agent=f"a{number % 2}",
             topic="=1+1")
        for kind, count in (("tickets", 6), ("calls", 3)) for number in range(count)
    ]  # fmt: skip
    plan = SamplePlan(seed="s", per_agent=2, double=double)
    population = Population(cases=cases, left_out={"tickets": {"no_agent": 1200}, "calls": {}})
    sample = draw_sample(population, plan, organisation="X", period=QUARTER, cut=RUN_AT)
    return Drawn(sample=sample, descriptions={}, without_scorecard=())


@dataclass
class Folder:
    """A copy of the example's configuration with a scorecard for calls, in which nothing has to be computed."""

    root: Path

    def ask(self, **asked):
        request = Request(review_path=self.root, period="2020-Q1", run_at=RUN_AT)
        draw_and_write(request, Asked(per_agent=2, **asked), quiet=True)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    text = (EXAMPLE / "review.yaml").read_text()
    call = "  - {id: call, scale: {min: 1, max: 5}, criteria: [{id: voice}]}\n"
    (tmp_path / "review.yaml").write_text(text.replace("scorecards:\n", f"scorecards:\n{call}"))
    monkeypatch.setattr(sampling, "_drawn", lambda *_, **__: a_drawn())
    return Folder(tmp_path)


def test_two_worksheets_beside_the_review_and_how_they_are_read_back(folder, capsys):
    folder.ask(double=1)
    assert sorted(path.name for path in (folder.root / "audits").iterdir()) == ["2020-Q1-second.xlsx", "2020-Q1.xlsx"]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "X, 2020-Q1: 7 cases drawn, 2 of them for two auditors"
    assert [line.split() for line in said[3:6]] == [
        ["agent", "tickets", "calls"], ["a0", "2", "of", "3", "2", "of", "2"],
        ["a1", "2", "of", "3", "1", "of", "1", "all", "there", "are:", "2", "calls", "wanted"],
    ]  # fmt: skip
    assert said[6] == "tickets that could not be drawn: 1,200 no agent"
    assert said[-1] == "  - {id: audits, kind: audit_worksheet, files: [audits/*.xlsx]}"


@pytest.mark.parametrize("there", ["2020-Q1.xlsx", "2020-Q1-second.xlsx"])
def test_a_file_that_is_there_is_never_overwritten(folder, there):
    path = folder.root / "audits" / there
    path.parent.mkdir()
    path.write_bytes(b"three weeks of marks")
    with pytest.raises(ConfigError, match="is there already and may hold marks"):
        folder.ask(double=1)
    assert path.read_bytes() == b"three weeks of marks"
    assert [one.name for one in path.parent.iterdir()] == [there]


def test_a_file_that_appears_while_it_runs_is_not_overwritten_either(tmp_path):
    path = tmp_path / "sample.xlsx"
    path.write_bytes(b"marks")
    with pytest.raises(ConfigError, match="is there already"):
        place_whole({path: b"empty"})
    assert path.read_bytes() == b"marks"
    assert list(tmp_path.iterdir()) == [path]


def test_without_links_a_file_still_appears_whole(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", refuse)
    place_whole({tmp_path / "a": b"one", tmp_path / "b": b"two"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"one", "b": b"two"}


def test_nothing_half_written_is_left_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        place_whole({tmp_path / "a": b"one"})
    assert list(tmp_path.iterdir()) == []


def test_the_list_of_cases_as_csv(folder, capsys):
    folder.ask(format="csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [row["id"] for row in rows] == [case.id for case in a_drawn().sample.cases]
    assert {row["topic"] for row in rows} == {"'=1+1"}
    assert sorted(row["kind"] for row in rows if row["is_second"] == "True") == ["calls", "tickets"]
    assert not (folder.root / "audits").exists()


def test_the_draw_as_json(folder):
    target = folder.root / "draw.json"
    folder.ask(format="json", into=target)
    told = json.loads(target.read_text())
    sample = a_drawn().sample
    assert (told["draw"], told["digest"], told["seed"]) == (sample.draw_id, sample.digest, "s")
    assert told["strata"][0] == {"kind": "calls", "member": "a0", "population": 2, "wanted": 2, "drawn": 2}
    assert len(told["cases"]) == 7


@pytest.fixture(scope="module")
def social_care(tmp_path_factory):
    """The real conversations, collected once; a draw from them as the command makes it."""
    review = read_review(EXAMPLE)
    collected = collect(review.sources, EXAMPLE, tmp_path_factory.mktemp("social"))

    def draw(plan, kinds=(), settings=review.settings):
        return draw_audits(collected.tables, settings, QUARTER, plan=plan, kinds=kinds, audited_again=False,
                           as_of=None, run_at=RUN_AT)  # fmt: skip

    return SimpleNamespace(draw=draw, settings=review.settings)


def test_real_conversations_are_drawn_by_team(social_care):
    drawn = social_care.draw(SamplePlan(seed="s", half_width=0.1, by="team"))
    strata = {one.member: one for one in drawn.sample.strata}
    assert (strata["RockstarSupport"].population, strata["RockstarSupport"].drawn) == (85, 46)
    assert (strata["Delta"].population, strata["Delta"].drawn) == (5, 5)
    assert sum(one.drawn for one in strata.values()) == len(drawn.sample.cases) == 307
    assert {case.at.year for case in drawn.sample.cases} == {2020}
    assert len(drawn.descriptions) == 307


def test_conversations_without_agents_cannot_be_drawn_by_agent(social_care):
    with pytest.raises(DataError, match="nothing to audit in 2020-Q1: 397 no agent") as caught:
        social_care.draw(SamplePlan(seed="s", per_agent=5))
    assert "--by team" in caught.value.remedy


def test_a_kind_without_records_or_without_a_scorecard_is_refused(social_care):
    plan = SamplePlan(seed="s", half_width=0.1, by="team")
    with pytest.raises(ConfigError, match="no calls to draw from"):
        social_care.draw(plan, kinds=("calls",))
    with pytest.raises(ConfigError, match="no scorecard for audits of kind correspondence"):
        social_care.draw(plan, settings=social_care.settings.model_copy(update={"scorecards": []}))


def test_a_kind_that_was_not_asked_for_and_has_no_scorecard_is_left_aside(social_care):
    tables = {"tickets": None, "calls": None}
    assert _kinds((), tables, social_care.settings, RUN_AT.date()) == (("tickets",), ("calls",))
    with pytest.raises(ConfigError, match="no scorecard for audits of kind call"):
        _kinds(("tickets", "calls"), tables, social_care.settings, RUN_AT.date())

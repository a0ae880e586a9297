"""Several sources and mappings together: joined, typed, keyed, accounted for."""

import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evaluation.errors import ConfigError, SourceError
from evaluation.fields import FIELDS, TABLES
from evaluation.tables import Tables
from tasks.collect import check_sources, collect
from tasks.sources.columns import ARROW_TYPES
from tasks.sources.source import SourceConfig

ADAPTER = TypeAdapter(SourceConfig)
TICKETS = {"ticket_id": "id", "created_at": "created", "channel_code": "channel"}
HEAD = "id,created,channel\n"


def source(name: str, *tables: dict, **settings):
    return ADAPTER.validate_python(
        {"id": name, "kind": "file", "files": [f"{name}.csv"], "time_zone": "UTC", "tables": list(tables), **settings}
    )


def tickets(**more) -> dict:
    mapping = {key: more.pop(key) for key in ("where", "duplicates", "one_per") if key in more}
    return {"table": "tickets", "columns": {**TICKETS, **more}, **mapping}


def write(folder, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def test_sources_are_joined_in_order_with_the_columns_that_any_of_them_gives(tmp_path):
    write(tmp_path, mail=HEAD + "1,2026-07-01,email\n", chat="id,created,channel,spam\n1,2026-07-02,chat,true\n")
    sources = [source("mail", tickets(topic={"constant": "bill"})), source("chat", tickets(is_spam="spam"))]
    collected = collect(sources, tmp_path, tmp_path / "run")
    frame = pd.read_parquet(collected.tables["tickets"])
    assert list(frame.columns) == ["ticket_id", "created_at", "channel_code", "topic", "is_spam"]
    assert frame["ticket_id"].tolist() == ["mail:1", "chat:1"]
    assert frame["is_spam"].tolist() == [False, True]
    assert frame["topic"].fillna("-").tolist() == ["bill", "-"]
    assert [(one.source, one.table, one.rows_out) for one in collected.intake] == [
        ("mail", "tickets", 1),
        ("chat", "tickets", 1),
    ]
    assert [one.checksum for one in collected.intake] == [one.sha256 for one in collected.snapshots]


def everything(table: str) -> dict:
    samples = {"string": "x", "instant": "2026-07-01T00:00:00Z", "date": "2026-07-01", "integer": "3", "number": "2.5",
               "boolean": "true", "string_list": "a,b"}  # fmt: skip
    columns = {}
    for name in TABLES[table].columns:
        allowed = FIELDS[name].allowed or {"ticket_events": ["created"], "surveys": ["nps"], "audits": ["call"]}.get(
            table, []
        )
        if name == "kind" or FIELDS[name].allowed:
            columns[name] = {"constant": allowed[0]}
        else:
            columns[name] = {"constant": samples[FIELDS[name].dtype]}
    return {"table": table, "columns": columns}


def test_every_canonical_column_of_every_table_comes_in_its_type(tmp_path):
    write(tmp_path, all="a\n1\n")
    collected = collect([source("all", *[everything(table) for table in TABLES])], tmp_path, tmp_path / "run")
    assert set(collected.tables) == set(TABLES)
    for table, path in collected.tables.items():
        schema = pq.read_schema(path)
        assert schema.names == list(TABLES[table].columns)
        assert [field.type for field in schema] == [ARROW_TYPES[FIELDS[name].dtype] for name in schema.names]
        assert all(pq.read_table(path)[name].null_count == 0 for name in schema.names), table
    instants = pq.read_table(collected.tables["tickets"])["created_at"]
    assert instants.type == pa.timestamp("us", "UTC")
    frames = {name: pd.read_parquet(path) for name, path in collected.tables.items()}
    assert set(Tables.from_frames(frames).expressions) == set(TABLES)


DUPLICATES = [
    ("refuse", "refuse", None), ("first", "first", ["email"]), ("last", "last", ["chat"]), ("first", "last", None),
    ("first", "refuse", None), ("identical", "identical", None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kept"), DUPLICATES)
def test_a_key_met_in_two_mappings_follows_a_policy_they_share(one, other, kept, tmp_path):
    write(tmp_path, desk=HEAD + "1,2026-07-01,email\n1,2026-07-01,chat\n")
    mappings = [
        tickets(where={"channel": "email"}, duplicates=one), tickets(where={"channel": "chat"}, duplicates=other)
    ]  # fmt: skip
    if kept is None:
        with pytest.raises(SourceError, match="'desk:1' occurs more than once") as caught:
            collect([source("desk", *mappings)], tmp_path, tmp_path / "run")
        assert caught.value.where == "desk.csv, line 2 and desk.csv, line 3"
        return
    collected = collect([source("desk", *mappings)], tmp_path, tmp_path / "run")
    assert pd.read_parquet(collected.tables["tickets"])["channel_code"].tolist() == kept
    account = collected.intake[0]
    assert (account.rows_in, account.rows_out, account.excluded["duplicate ticket_id"]) == (4, 1, 1)


def test_events_have_no_key_and_stay_unless_identical_rows_are_one(tmp_path):
    write(tmp_path, desk="id,at\n1,2026-07-01\n1,2026-07-01\n1,2026-07-02\n")
    events = {"table": "ticket_events", "columns": {"ticket_id": "id", "at": "at", "kind": {"constant": "created"}}}
    plain = collect([source("desk", events)], tmp_path, tmp_path / "plain").intake[0]
    assert (plain.rows_in, plain.rows_out) == (3, 3)
    single = collect([source("desk", {**events, "duplicates": "identical"})], tmp_path, tmp_path / "single").intake[0]
    assert (single.rows_out, single.excluded) == (2, {"identical row": 1})


@given(rows=st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["email", "chat"])), min_size=1, max_size=30),
       policy=st.sampled_from(["first", "last", "identical", "refuse"]))  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_duplicate_policies_agree_with_plain_python(rows, policy, tmp_path):
    write(tmp_path, desk=HEAD + "".join(f"{key},2026-07-01,{channel}\n" for key, channel in rows))
    kept: dict[int, str] = {}
    clash = False
    for key, channel in rows:
        if key in kept:
            clash |= policy == "refuse" or (policy == "identical" and kept[key] != channel)
            if policy == "last":
                del kept[key]
            else:
                continue
        kept[key] = channel
    configured = [source("desk", tickets(duplicates=policy))]
    if clash:
        with pytest.raises(SourceError, match="occurs more than once"):
            collect(configured, tmp_path, tmp_path / "run")
        return
    collected = collect(configured, tmp_path, tmp_path / "run")
    frame = pd.read_parquet(collected.tables["tickets"])
    assert list(zip(frame["ticket_id"], frame["channel_code"], strict=True)) == [
        (f"desk:{key}", channel) for key, channel in kept.items()
    ]
    assert collected.intake[0].rows_in == len(rows)


def test_senseless_but_readable_values_pass_for_validation_to_judge(tmp_path):
    text = "id,created,channel,solved,n\n1,2026-07-02,email,2026-07-01,-4\n"
    write(tmp_path, desk=text)
    collected = collect([source("desk", tickets(solved_at="solved", reply_count="n"))], tmp_path, tmp_path / "run")
    row = pd.read_parquet(collected.tables["tickets"]).iloc[0]
    assert row["solved_at"] < row["created_at"]
    assert row["reply_count"] == -4


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        ([], "there are no sources"),
        ([source("a", tickets()), source("A", tickets())], "two sources are called 'a'"),
        (
            [source("desk", tickets(merged_into_id={"from": "m", "of_source": "dsk"}))],
            "'dsk', which is not there; did you mean 'desk'",
        ),
    ],
)
def test_sources_that_contradict_each_other_are_refused(sources, found, tmp_path):
    with pytest.raises(ConfigError, match=found):
        collect(sources, tmp_path, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_check_lists_every_problem_and_writes_nothing(tmp_path):
    write(tmp_path, good=HEAD + "1,2026-07-01,email\n", bad=HEAD + "1,soon,fax\n2,later,email\n")
    sources = [source("good", tickets()), source("bad", tickets(topic="topik")), source("gone", tickets())]
    before = sorted(tmp_path.rglob("*"))
    good, bad, gone = check_sources(sources, tmp_path)
    assert (good.problems, good.rows_by_table) == ((), {"tickets": 1})
    assert good.files[0].found == {"format": "csv", "encoding": "utf-8", "delimiter": "comma"}
    assert good.summary == "good.csv (csv, utf-8, comma, 1 read) -> tickets 1; 1 keys compared"
    text = "\n".join(bad.problems)
    assert "no column 'topik'" in text
    assert "'soon' is not a stamp" in text
    assert "(at least 2 such rows)" in text
    assert "'fax' is not one of" in text
    assert "'gone.csv' is not there" in gone.problems[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_check_reads_only_the_first_records(tmp_path):
    write(tmp_path, desk=HEAD + "".join(f"{n},2026-07-01,email\n" for n in range(200)) + "x,soon,email\n")
    check = check_sources([source("desk", tickets())], tmp_path, sample_rows=50)[0]
    assert (check.problems, check.files[0].rows_sampled) == ((), 50)


LONG = "".join(f"{n},2026-07-01,email\n" for n in range(200))
TWICE = "7,2026-07-02,chat\n"
KEYS = [
    # name, files, mappings by source, what is said (None = the run would take it)
    ("twice in one file, past the sample", {"desk": LONG + TWICE}, {"desk": [{}]},
     ("'desk:7' occurs more than once (1 such keys)", "desk.csv, line 9 and desk.csv, line 202")),
    ("once", {"desk": LONG}, {"desk": [{}]}, None),
    ("the first is kept", {"desk": LONG + TWICE}, {"desk": [{"duplicates": "first"}]}, None),
    ("the same key in two sources", {"desk": LONG, "chat": TWICE}, {"desk": [{}], "chat": [{}]}, None),
    ("in two mappings of one source", {"desk": LONG}, {"desk": [{}, {"where": {"id": "7"}}]},
     ("'desk:7' occurs more than once", "line 9 and desk.csv, line 9")),
    ("the second is filtered away", {"desk": LONG + TWICE}, {"desk": [{"where": {"channel": "email"}}]}, None),
    ("the second is left out by a value", {"desk": LONG + TWICE},
     {"desk": [{"channel_code": {"from": "channel", "values": {"email": "email", "chat": {"exclude": "no mail"}}}}]},
     None),
    ("rows of one case", {"desk": LONG + TWICE}, {"desk": [{"one_per": "id"}]}, None),
    ("one key in two cases", {"desk": "7,2026-07-01,email\n" + TWICE}, {"desk": [{"one_per": "created"}]},
     ("'desk:7' occurs more than once", "line 2 and desk.csv, line 3")),
    ("identical rows are one", {"desk": LONG + "7,2026-07-01,email\n"}, {"desk": [{"duplicates": "identical"}]}, None),
    ("one key in rows that are not identical", {"desk": LONG + TWICE}, {"desk": [{"duplicates": "identical"}]},
     ("'desk:7' occurs more than once", "line 9 and desk.csv, line 202")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "mappings", "said"), [case[1:] for case in KEYS], ids=[case[0] for case in KEYS])
def test_a_check_refuses_the_keys_that_a_run_refuses(files, mappings, said, tmp_path):
    write(tmp_path, **{name: HEAD + rows for name, rows in files.items()})
    sources = [source(name, *(tickets(**one) for one in tables)) for name, tables in mappings.items()]
    told = [problem for check in check_sources(sources, tmp_path, sample_rows=50) for problem in check.problems]
    try:
        collect(sources, tmp_path, tmp_path / "run")
        refused = []
    except SourceError as error:
        refused = [str(error)]
    assert told == refused
    assert bool(told) == (said is not None)
    assert all(part in told[0] for part in said or ())


def test_keys_without_a_prefix_are_compared_across_sources(tmp_path):
    line = "metric,who,period,value,by\ncsat,field,2026,0.8,x\n"
    columns = {"metric_id": "metric", "who": "who", "period": "period", "value": "value", "source": "by"}
    write(tmp_path, one=line, two=line)
    sources = [source(name, {"table": "benchmarks", "columns": columns}) for name in ("one", "two")]
    first, second = check_sources(sources, tmp_path)
    assert first.problems == ()
    assert "'csat'" in second.problems[0]
    assert "one.csv, line 2 and two.csv, line 2" in second.problems[0]


def test_no_more_keys_than_a_quick_look_may_compare(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.sources.repeated_keys.MOST_ROWS", 100)
    write(tmp_path, desk=HEAD + LONG, more=HEAD + LONG)
    both = source("desk", tickets(), files=["desk.csv", "more.csv"])
    check = check_sources([both], tmp_path)[0]
    assert (check.keys_compared, check.problems) == (200, ())  # the first batch is compared whole, the second file not


def test_a_large_file_maps_in_seconds(tmp_path):
    import time

    start = datetime.datetime(2026, 7, 1)
    lines = "".join(
        f"{n},{(start + datetime.timedelta(seconds=n)).strftime('%d.%m.%Y %H:%M:%S')},email\n" for n in range(100_000)
    )
    write(tmp_path, desk=HEAD + lines)
    began = time.process_time()
    mapping = tickets(created_at={"from": "created", "format": "%d.%m.%Y %H:%M:%S"})
    assert collect([source("desk", mapping)], tmp_path, tmp_path / "run").intake[0].rows_out == 100_000
    assert time.process_time() - began < 5

"""Made-up fact tables as Parquet, the same every time: fourteen months of a service, every table of the catalogue.

Five channels, eight teams, six branches, forty topics, four priorities, 200 agents; waits spread as real ones do (many
short, few long, some zero in opening hours). For a ticket one and a half replies and two promises, about two states, a
survey for one in three, a call for one in five; reviews, returns, customers and audits in proportion. The engine writes
them row group by row group, so that their number is not limited by memory.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend
    from ibis.expr import types as ir

CUT = datetime(2026, 10, 5, tzinfo=UTC)

_DIMENSIONS = ", ".join((*DIMENSION_COLUMNS, "exclusion"))
_CUT = "timestamptz '2026-10-05'"


def _unit(salt: int) -> str:
    """A number above 0 and up to 1, drawn from the row's number."""
    return f"((hash(i * 31 + {salt}) % 1000000 + 1) / 1000000.0)"


def _spread(salt: int, middle: float, sigma: float) -> str:
    """Seconds that are lognormal with this median, to the thousandth."""
    normal = f"sqrt(-2 * ln({_unit(salt)})) * cos(2 * pi() * {_unit(salt + 1)})"
    return f"round({middle} * exp({sigma} * {normal}), 3)"


_TICKETS = f"""
with timed as (
    select range as i, timestamptz '2025-08-01' + to_microseconds((hash(i) % 37152000000000)::bigint) as created_at,
        {_spread(1, 1500, 1.6)} as responds, {_spread(3, 30000, 1.7)} as resolves, hash(i * 7) as h
    from range({{count}})
), ended as (
    select *, created_at + to_microseconds((responds * 1e6)::bigint) as replied_at,
        created_at + to_microseconds(((responds + resolves) * 1e6)::bigint) as ended_at, h % 100 < 96 as ends,
        'agent ' || (hash(i * 5) % 200) as handler from timed
), known as (
    select *, replied_at < {_CUT} and h % 50 > 0 as has_reply, ends and ended_at < {_CUT} as has_end from ended
)
select i::varchar as ticket_id, case when h % 40 > 0 then 'r' || (hash(i * 3) % greatest({{count}} // 3,
            1)) end as requester_id,
    created_at, created_at as clock_started_at, case when has_reply then replied_at end as first_response_at,
    case when has_reply then handler end as first_response_agent,
    case when has_reply then 'responded' when has_end then 'not_applicable' else 'pending' end as first_response_state,
    created_at + to_seconds(3600) as first_response_due_at,
    case when has_end and not has_reply then ended_at end as ended_unanswered_at, 'standard' as policy,
    case when has_reply then case when h % 9 = 0 then 0 else round(responds / 3,
            3) end end as first_response_business_seconds,
    case when has_reply then responds end as first_response_calendar_seconds,
    first_response_business_seconds as first_wait_business_seconds,
    first_response_calendar_seconds as first_wait_calendar_seconds,
    case when has_end then ended_at end as first_solved_at, first_solved_at as solved_at,
    case when has_end then handler end as solved_agent, solved_agent as first_solved_agent, has_end as is_solved,
    case when has_end then round((responds + resolves) / 3, 3) end as first_resolution_business_seconds,
    case when has_end then responds + resolves end as first_resolution_calendar_seconds,
    first_resolution_business_seconds as full_resolution_business_seconds,
    first_resolution_calendar_seconds as full_resolution_calendar_seconds,
    round(full_resolution_business_seconds * {_unit(5)}, 3) as requester_wait_business_seconds,
    round(full_resolution_calendar_seconds * {_unit(5)}, 3) as requester_wait_calendar_seconds,
    case when has_reply then (1 + hash(i * 11) % 5)::bigint else 0 end as reply_count,
    (1 + hash(i * 13) % 4)::bigint as requester_message_count, (hash(i * 17) % 12 = 0)::bigint as reopen_count,
    (hash(i * 59) % 40 = 0)::bigint as correction_count,
    has_reply and hash(i * 19) % 3 = 0 as is_one_touch, true as has_events,
            (hash(i * 23) % 8 // 6)::bigint as transfer_count,
    hash(i * 29) % 25 = 0 as was_escalated, ['email', 'chat', 'phone', 'form', 'social'][1 + (h % 5)::int] as channel,
    'team ' || (hash(i * 37) % 8) as team, 'branch ' || (hash(i * 41) % 6) as branch,
    case when hash(i * 43) % 20 > 0 then 'topic ' || (hash(i * 47) % 40) end as topic,
    ['low', 'normal', 'high', 'urgent'][1 + (hash(i * 53) % 4)::int] as priority,
    case when h % 15 > 0 then handler end as agent,
    case when h % 31 = 0 then 'spam' when h % 53 = 0 then 'merged' end as exclusion
from known
"""

_OTHERS = {
    "replies": f"""select ticket_id, created_at + to_seconds(turn * 90000) as waiting_since,
        {_spread(7, 3000, 1.4)} as wait_calendar_seconds, round(wait_calendar_seconds / 3, 3) as wait_business_seconds,
        waiting_since + to_microseconds((wait_calendar_seconds * 1e6)::bigint) as replied_at, turn = 0 as is_first,
        {_DIMENSIONS}
        from (select *, ticket_id::bigint * 3 + turn as i from tickets, (select range as turn from range(2)))
        where turn < 1 + i % 2""",
    "targets": f"""select ticket_id, 'standard' as policy, ['first_response', 'resolution'][1 + turn] as target,
        created_at as applied_at, (3600 + turn * 54000)::double as target_seconds,
        created_at + to_seconds(target_seconds::bigint) as due_at,
        case when turn = 0 then first_response_at else solved_at end as fulfilled_at,
        case when fulfilled_at is null and is_solved then solved_at end as ended_at,
        least(due_at, coalesce(fulfilled_at, due_at)) as decided_at,
        case when fulfilled_at <= due_at then 'met' when ended_at <= due_at then 'not_applicable'
             when due_at <= {_CUT} then 'missed' else 'undecided' end as state, {_DIMENSIONS}
        from tickets, (select range as turn from range(2))""",
    "states": f"""select ticket_id, created_at as "at", coalesce(solved_at, first_response_at) as until,
            'open' as state,
        true as is_open, 'agent' as turn, {_DIMENSIONS} from tickets
        union all
        select ticket_id, coalesce(solved_at, first_response_at), null,
            case when is_solved then 'solved' else 'pending' end,
            not is_solved, 'requester', {_DIMENSIONS} from tickets where coalesce(solved_at,
            first_response_at) is not null""",
    "surveys": f"""select ticket_id as survey_id, ticket_id, ['csat', 'nps', 'ces'][1 + (hash(i) % 3)::int] as kind,
        solved_at as asked_at,
        case when hash(i * 3) % 10 < 4 then solved_at + to_seconds((hash(i * 5) % 500000)::bigint) end as answered_at,
        answered_at as first_answered_at, true as is_asking_known,
            case kind when 'nps' then 0.0 else 1.0 end as scale_min,
        case kind when 'nps' then 10.0 when 'ces' then 7.0 else 5.0 end as scale_max,
        case when answered_at is not null
             then scale_min + (hash(i * 7) % (scale_max - scale_min + 1)::bigint) end::double as score,
        score as first_score, 1.0 as weight, false as has_weight, kind <> 'nps' or i % 2 = 0 as is_linked,
        false as is_suppressed, {_DIMENSIONS}
        from (select *, ticket_id::bigint as i from tickets) where is_solved and i % 3 = 0""",
    "calls": f"""select ticket_id as call_id, ticket_id, requester_id, created_at as arrived_at,
        {_spread(9, 18, 1.1)} as wait_seconds,
        created_at + to_microseconds((wait_seconds * 1e6)::bigint) as answered_at,
        case when hash(i) % 14 = 0 then 'abandoned' when hash(i) % 60 = 1 then 'short_abandoned' else 'answered' end
            as outcome,
        true as was_queued, i % 9 > 0 as is_inside_hours, is_inside_hours as is_counted,
        case when outcome = 'answered' then {_spread(11, 240, 0.7)} end as handle_seconds,
        handle_seconds as talk_seconds, 1 as leg_count, 20.0 as service_level_seconds, 5.0 as short_abandon_seconds,
            {_DIMENSIONS}
        from (select *, ticket_id::bigint as i from tickets) where i % 5 = 0""",
    "call_legs": f"""select call_id, call_id as whole_call_id, arrived_at, answered_at, handle_seconds, talk_seconds,
            {_DIMENSIONS}
        from calls where outcome = 'answered'""",
    "contacts": f"""select ticket_id as contact_id, 'ticket' as kind, ticket_id, requester_id, created_at as "at",
            true as is_reached,
        i % 20 = 0 as is_complaint, solved_at, solved_agent, is_solved, is_one_touch, reply_count, has_events,
        i % 6 = 0 as is_repeat_any_topic, i % 18 = 0 as is_repeat_same_topic, i % 21 = 0 as was_followed,
        coalesce(solved_at < timestamptz '2026-09-28', false) as is_window_over, {_DIMENSIONS}
        from (select *, ticket_id::bigint as i from tickets)""",
    "arrivals": f"""select ticket_id as arrival_id, 'ticket' as kind, created_at as arrived_at,
            i % 4 > 0 as is_inside_hours,
        is_inside_hours as is_in_service_hours, first_response_state = 'responded' as was_answered,
            true as is_answer_known,
        {_DIMENSIONS} from (select *, ticket_id::bigint as i from tickets)""",
    "open_hours": """select unnest(generate_series(timestamptz '2025-08-01', timestamptz '2026-10-04',
            interval 3 hour)) as "at" """,
    "customers": """select requester_id as customer_id, min(created_at) as started_at,
        case when hash(requester_id) % 9 = 0 then max(created_at) + interval 40 day end as ended_at, 'home' as segment,
        min(branch) as branch from tickets where requester_id is not null and hash(requester_id) % 10 = 0
        group by requester_id""",
    "returns": f"""select ticket_id as return_id, created_at as "at", requester_id as customer_id, ticket_id,
            'damaged' as reason,
        19.9 as amount, {_DIMENSIONS} from tickets where ticket_id::bigint % 100 = 0""",
    "reviews": f"""select ticket_id as review_id, 'site' as site, created_at as posted_at,
            (1 + hash(i) % 5)::double as rating,
        1.0 as scale_min, 5.0 as scale_max,
        case when rating >= 4 then 'positive' when rating <= 2 then 'negative' else 'neutral' end as sentiment,
        case when i % 3 > 0 then first_response_at end as replied_at,
        case when replied_at is not null then first_response_business_seconds end as answer_business_seconds,
        case when replied_at is not null then first_response_calendar_seconds end as answer_calendar_seconds,
        86400.0 as target_seconds, case when answer_calendar_seconds <= 86400 then 'in_time' else 'past_due' end
            as answer_state,
        false as is_edited, true as has_text, {_DIMENSIONS}
        from (select *, ticket_id::bigint as i from tickets) where i % 500 = 0""",
    "audits": f"""select ticket_id as audit_id, ['correspondence', 'call', 'mystery'][1 + (i % 3)::int] as kind,
        ticket_id as subject_id, 'card' as scorecard_id, created_at as audited_at, 'auditor ' || (i % 4) as auditor_id,
        false as is_calibration, i % 2 = 0 as is_third_party, {_unit(13)} as score, {_DIMENSIONS}
        from (select *, ticket_id::bigint as i from tickets) where i < 400""",
    "double_marks": f"""select subject_id, kind, scorecard_id, 'greeting' as criterion_id,
            'auditor ' || auditor as auditor_id,
        (round(4 * score) / 4 + auditor * (hash(subject_id) % 2) / 4) / 2 as value, audited_at as doubled_at,
            {_DIMENSIONS}
        from audits, (select range as auditor from range(2)) where subject_id::bigint < 40""",
}


def write(folder: Path, tickets: int) -> None:
    """Write the fact tables of so many tickets, a Parquet file each, unless they are there."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "memory_limit = '3GB'", "preserve_insertion_order = false",
                    f"temp_directory = '{folder}/.spill'"):  # fmt: skip
        connection.execute(f"set {setting}")
    for name, query in {"tickets": _TICKETS.format(count=tickets), **_OTHERS}.items():
        path = folder / f"{name}.parquet"
        if not path.exists():
            connection.execute(f"copy ({query}) to '{path}.part' (format parquet)")
            Path(f"{path}.part").rename(path)
        connection.execute(f"create view {name} as from read_parquet('{path}')")


def read(folder: Path) -> Facts:
    """The fact tables of a folder on the embedded engine; columns that nobody made up are null."""
    import ibis

    ibis.options.sql.fuse_selects = False
    connection = ibis.duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "memory_limit = '2GB'", "preserve_insertion_order = false",
                    "enable_progress_bar = false", f"temp_directory = '{folder}/.spill'"):  # fmt: skip
        connection.raw_sql(f"set {setting}")
    expressions = {path.stem: _opened(connection, path) for path in sorted(folder.glob("*.parquet"))}
    return Facts(expressions, CUT)


def _opened(connection: SQLBackend, path: Path) -> ir.Table:
    """The table of a file, whose columns the file tells sooner than the engine."""
    import ibis
    import pyarrow.parquet as pq
    from ibis.backends.sql.datatypes import DuckDBType
    from ibis.expr import operations as ops

    made = {name: own.copy(nullable=True) for name, own in ibis.Schema.from_pyarrow(pq.read_schema(path)).items()}
    columns = dict.fromkeys((*FACT_COLUMNS[path.stem], *DIMENSION_COLUMNS, "exclusion"))
    lacking = {name: _type_of(name) for name in columns if name not in made}
    nothing = "".join(f', null::{own} as "{name}"' for name, own in lacking.items())
    connection.raw_sql(f"create view {path.stem} as select *{nothing} from '{path}'")
    schema = made | {name: DuckDBType.from_string(own) for name, own in lacking.items()}
    return ops.DatabaseTable(path.stem, schema=schema, source=connection).to_expr()


def _type_of(column: str) -> str:
    if column.endswith("_at") or column in ("at", "until", "waiting_since"):
        return "timestamptz"
    if column.endswith("_seconds") or column in ("score", "rating", "value", "weight"):
        return "double"
    if column.endswith("_count"):
        return "bigint"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "varchar"

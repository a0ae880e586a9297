"""Measuring: the whole catalogue over made-up facts, all dimensions, 13 months and eight quarters.

    python -m bench.measuring

The facts are made on the engine: 24 months, six teams, five branches, fifteen topics, forty agents; three replies and
three targets for each ticket, a survey for each solved one.
"""

from __future__ import annotations

import re
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import ibis

from evaluation.facts.shapes import Facts
from evaluation.metrics import measure
from evaluation.period import Period

SIZES = (60_000, 1_000_000)
CUT = datetime(2026, 10, 5, tzinfo=UTC)
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measuring: begin -->", "<!-- measuring: end -->"

_DIMENSIONS = "channel, team, branch, topic, priority, agent, exclusion"

_TICKETS = """
create table tickets as
with drawn as (
    select range as i, [hash(range * salt)::hugeint for salt in generate_series(1, 14)] as h from range({tickets})
), placed as (
    select *, timestamptz '2024-10-01' + to_seconds((h[1] % 63072000)::bigint) as created_at,
        exp((h[2] % 9000)::double / 1000) as responds, exp((h[3] % 13000)::double / 1000) as resolves
    from drawn
), timed as (
    select *, created_at + to_seconds(responds) as replied_at,
        created_at + to_seconds(responds + resolves) as ended_at, responds + resolves as takes
    from placed
), known as (
    select *, replied_at < timestamptz '2026-10-05' as has_reply, ended_at < timestamptz '2026-10-05' as has_end
    from timed
)
select i::varchar as ticket_id, 'r' || (h[4] % greatest({tickets} // 3, 1)) as requester_id, created_at,
    created_at as clock_started_at, case when has_reply then replied_at end as first_response_at,
    'agent' || (h[9] % 40) as first_response_agent,
    case when has_reply then 'responded' else 'pending' end as first_response_state,
    case when has_reply then responds / 3 end as first_response_business_seconds,
    case when has_reply then responds end as first_response_calendar_seconds,
    first_response_business_seconds as first_wait_business_seconds,
    first_response_calendar_seconds as first_wait_calendar_seconds,
    case when has_end then ended_at end as first_solved_at, first_solved_at as solved_at,
    first_response_agent as solved_agent, has_end as is_solved,
    case when has_end then takes / 3 end as first_resolution_business_seconds,
    case when has_end then takes end as first_resolution_calendar_seconds,
    first_resolution_business_seconds as full_resolution_business_seconds,
    first_resolution_calendar_seconds as full_resolution_calendar_seconds,
    full_resolution_business_seconds as requester_wait_business_seconds,
    full_resolution_calendar_seconds as requester_wait_calendar_seconds,
    (h[5] % 5)::bigint as reply_count, (h[6] % 12 = 0)::bigint as reopen_count, h[7] % 3 = 0 as is_one_touch,
    true as has_events, ['email', 'chat', 'phone', 'form'][1 + (h[8] % 4)::int] as channel,
    'team' || (h[10] % 6) as team, 'branch' || (h[11] % 5) as branch,
    case when h[12] % 20 > 0 then 'topic' || (h[12] % 15) end as topic,
    ['low', 'normal', 'high', 'urgent'][1 + (h[13] % 4)::int] as priority,
    case when h[9] % 15 > 0 then first_response_agent end as agent,
    case when h[14] % 30 = 0 then 'spam' end as exclusion
from known
"""

_OTHERS = (
    f"""create table replies as
    select ticket_id, created_at + to_seconds(turn * 1000) as waiting_since,
        created_at + to_seconds(turn * 1000 + (hash(ticket_id || turn) % 900)::bigint) as replied_at,
        (hash(ticket_id || turn) % 900)::double as wait_calendar_seconds,
        wait_calendar_seconds / 3 as wait_business_seconds, {_DIMENSIONS}
    from tickets, (select range as turn from range(3))""",
    f"""create table targets as
    select ticket_id, 'standard' as policy, ['first_response', 'next_reply', 'resolution'][1 + turn] as target,
        created_at as applied_at, created_at + interval 1 hour as due_at,
        case when hash(ticket_id || turn) % 50 > 0
             then created_at + to_seconds((hash(turn || ticket_id) % 7200)::bigint) end as fulfilled_at,
        null::timestamptz as ended_at, least(due_at, fulfilled_at) as decided_at,
        case when fulfilled_at <= due_at then 'met' else 'missed' end as state,
        case when fulfilled_at is null then 1.0 end as overdue_business_seconds, {_DIMENSIONS}
    from tickets, (select range as turn from range(3))""",
    f"""create table states as
    select ticket_id, created_at as "at", solved_at as until, true as is_open, 'agent' as turn, {_DIMENSIONS}
    from tickets
    union all
    select ticket_id, solved_at, null, false, 'agent', {_DIMENSIONS} from tickets where is_solved""",
    f"""create table surveys as
    select ticket_id as survey_id, ['csat', 'nps', 'ces'][1 + (hash(ticket_id) % 3)::int] as kind,
        solved_at as asked_at,
        case when hash(ticket_id || 'a') % 10 < 4
             then solved_at + to_seconds((hash(ticket_id || 'b') % 500000)::bigint) end as answered_at,
        answered_at as first_answered_at, true as is_asking_known,
        case kind when 'nps' then 0.0 else 1.0 end as scale_min,
        case kind when 'nps' then 10.0 when 'ces' then 7.0 else 5.0 end as scale_max,
        case when answered_at is not null
             then scale_min + hash(ticket_id || 'c') % (scale_max - scale_min + 1)::bigint end as score,
        1.0 as weight, false as has_weight, {_DIMENSIONS}
    from tickets where is_solved""",
)


def made_up_facts(tickets: int) -> Facts:
    """Facts of so many tickets, the same every time, on an embedded engine."""
    connection = ibis.duckdb.connect()
    for statement in ("SET TimeZone = 'UTC'", _TICKETS.format(tickets=tickets), *_OTHERS):
        connection.raw_sql(statement)
    names = ("tickets", "replies", "targets", "states", "surveys")
    return Facts({name: connection.table(name) for name in names}, CUT)


def measured(tickets: int) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of the processors, and measurements."""
    facts = made_up_facts(tickets)
    settings = SimpleNamespace(metrics={}, sla=["standard"], dimension_pairs=[])
    period = Period.parse("2026-Q3", zone="Europe/Warsaw")
    began, used = time.perf_counter(), time.process_time()
    rows = len(measure(facts, settings, period))
    return time.perf_counter() - began, time.process_time() - used, rows


def main() -> None:
    """Measure, print, and refresh the part of docs/performance.md between the markers."""
    measured(100)  # imports are not measured
    lines = ["| tickets | seconds | of the processors | measurements |", "| ---: | ---: | ---: | ---: |"]
    for size in SIZES:
        seconds, busy, rows = measured(size)
        lines.append(f"| {size:,} | {seconds:.1f} | {busy:.1f} | {rows:,} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    text = f"## Measuring\n\n{(__doc__ or '').splitlines()[0]} Peak memory {peak:.1f} GiB, the facts included.\n\n"
    text += "\n".join(lines) + "\n"
    print(text)
    page = PAGE.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{text}{END}\n"
    found = re.search(f"{BEGIN}.*?{END}\n", page, re.DOTALL)
    PAGE.write_text(page.replace(found[0], block) if found else f"{page}\n{block}", encoding="utf-8")


if __name__ == "__main__":
    main()

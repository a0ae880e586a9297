"""The sample records beside the template: 300 tickets and their surveys, from one seed.

`python -m flows.templates.sample` writes them again; a test compares them with what is in the folder.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent / "my_company" / "data"
_FIRST, _LAST = date(2026, 4, 1), date(2026, 9, 30)
_OPENS, _CLOSES = 9, 17
_TOPICS = {
    "Delivery": ("Where is my parcel?", "logistics", 95),
    "Refund": ("When do I get my money back?", "office", 150),
    "Invoice": ("Please correct the invoice", "office", 70),
    "Product": ("Which size fits?", "office", 45),
    "Damaged": ("It arrived broken", "logistics", 180),
}
_AGENTS = {"office": ("maria", "jan"), "logistics": ("ada", "tom")}
_CHANNELS = {"E-mail": (1.0, 0.35), "Chat": (0.05, 0.2), "Phone": (0.02, 0.1)}
_GOOD = ("Fast and friendly", "Solved at once", "", "Thank you", "")
_BAD = ("Took too long", "The answer was not about my question", "I had to ask twice", "")


def records(seed: int = 7) -> dict[str, list[dict[str, str]]]:
    """The two tables of the sample: `tickets.csv` and `surveys.csv`, as rows of text.

    Example:
        >>> {name: len(rows) for name, rows in records().items()}
        {'tickets.csv': 300, 'surveys.csv': 174}
    """
    draw = random.Random(seed)
    tickets = [_ticket(1001 + number, moment, draw) for number, moment in enumerate(_arrivals(300, draw))]
    solved = [ticket for ticket in tickets if ticket["Solved"]]
    return {"tickets.csv": tickets, "surveys.csv": [_survey(ticket, draw) for ticket in solved if draw.random() < 0.57]}


def contents(seed: int = 7) -> dict[str, str]:
    """The sample's files as text, by name."""
    return {name: _as_csv(rows) for name, rows in records(seed).items()}


def main() -> None:
    """Write the sample into the template."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in contents().items():
        (FOLDER / name).write_bytes(text.encode())


def _arrivals(count: int, draw: random.Random) -> list[datetime]:
    days = [_FIRST + timedelta(days=step) for step in range((_LAST - _FIRST).days + 1)]
    open_days = [day for day in days if day.weekday() < 5]
    moments = []
    for _ in range(count):
        day = draw.choice(open_days)
        minute = draw.randrange((_CLOSES - _OPENS) * 60 - 60)
        moments.append(datetime(day.year, day.month, day.day, _OPENS) + timedelta(minutes=minute))
    return sorted(moments)


def _later(moment: datetime, minutes: float) -> datetime:
    """So many working minutes later; the sample knows no public holidays."""
    left = max(1, round(minutes))
    while True:
        closes = moment.replace(hour=_CLOSES, minute=0)
        room = int((closes - moment).total_seconds() // 60)
        if left <= room:
            return moment + timedelta(minutes=left)
        left -= room
        moment = (moment + timedelta(days=1)).replace(hour=_OPENS, minute=0)
        while moment.weekday() > 4:
            moment += timedelta(days=1)


def _ticket(number: int, created: datetime, draw: random.Random) -> dict[str, str]:
    topic = draw.choices(list(_TOPICS), (35, 20, 15, 20, 10))[0]
    subject, team, effort = _TOPICS[topic]
    channel = draw.choices(list(_CHANNELS), (60, 25, 15))[0]
    pace, talk = _CHANNELS[channel]
    replies = 1 + (draw.random() < talk) + (draw.random() < talk / 2)
    replied = _later(created, effort * pace * draw.lognormvariate(0, 0.6))
    solved = _later(replied, 20 + effort * (replies - 1) * draw.lognormvariate(0, 0.5))
    is_open = solved.date() > _LAST or draw.random() < 0.02
    return {
        "ID": str(number),
        "Created": _stamp(created),
        "Channel": channel,
        "Customer": f"customer-{draw.randrange(1, 190)}",
        "Subject": subject,
        "Category": topic,
        "Priority": draw.choices(("Low", "Normal", "High"), (15, 70, 15))[0],
        "Team": team,
        "Agent": draw.choice(_AGENTS[team]),
        "First reply": _stamp(replied) if replied.date() <= _LAST else "",
        "Solved": "" if is_open else _stamp(solved),
        "Replies": str(replies),
        "Reopened": "0" if is_open or draw.random() > 0.06 else "1",
        "Spam": "Y" if draw.random() < 0.01 else "N",
    }


def _survey(ticket: dict[str, str], draw: random.Random) -> dict[str, str]:
    sent = datetime.fromisoformat(ticket["Solved"]) + timedelta(hours=1)
    answers = draw.random() < 0.45
    rating = draw.choices((1, 2, 3, 4, 5), (5, 6, 9, 35, 45))[0]
    recommends = min(10, max(0, round(rating * 2 + draw.gauss(-0.6, 1.2))))
    comment = draw.choice(_GOOD if rating > 3 else _BAD)
    return {
        "Survey": f"S{ticket['ID']}",
        "Ticket": ticket["ID"],
        "Sent": _stamp(sent),
        "Answered": _stamp(sent + timedelta(minutes=draw.randrange(5, 2000))) if answers else "",
        "Rating": str(rating) if answers else "",
        "Would recommend": str(recommends) if answers and draw.random() < 0.8 else "",
        "Comment": comment if answers else "",
    }


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main()

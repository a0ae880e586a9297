"""The event log: each ticket's life as a help desk writes it down."""

from __future__ import annotations

import numpy as np
import pandas as pd

from northwind import voices
from northwind.lives import TURNS
from northwind.organisation import AUTOMATIC_AUTHOR, BOT
from northwind.planted import EXPORTED_AT


class EventLog:
    """Collects events of many tickets at once and puts them in order."""

    def __init__(self, told: pd.DataFrame) -> None:
        self._told = told
        self._parts: list[pd.DataFrame] = []

    def add(
        self, at: pd.Series | np.ndarray, kind: str, actor_kind: pd.Series | str, actor: pd.Series | str, **more: object
    ) -> None:
        """Add an event to every ticket whose moment in `at` is not NaN."""
        stamps = pd.Series(np.asarray(at, dtype=float), index=self._told.index)
        part = pd.DataFrame(
            {
                "ticket_id": self._told["ticket_id"],
                "at": stamps,
                "order": len(self._parts),
                "kind": kind,
                "actor_kind": actor_kind,
                "actor_id": actor,
                **more,
            },
            index=self._told.index,
        )
        self._parts.append(part[stamps.notna()])

    def ordered(self) -> pd.DataFrame:
        """All events by ticket, then by time; events of one second keep the order in which they were added."""
        log = pd.concat(self._parts, ignore_index=True)
        log = log.sort_values(["ticket_id", "at", "order"], kind="stable", ignore_index=True)
        log["at"] = pd.to_datetime(log["at"], unit="s", utc=True).astype("datetime64[us, UTC]")
        columns = ["ticket_id", "at", "kind", "actor_kind", "actor_id", "from_value", "to_value", "text", "template_id"]
        return log.reindex(columns=columns).astype(dict.fromkeys(["ticket_id", *columns[2:]], "string"))


def events(told: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, int]:
    """The event log of tickets with their lives.

    Returns:
        Canonical columns of `ticket_events`, and how many public replies an automatic author wrote.
    """
    log = EventLog(told)
    requester = told["requester_id"].fillna("anonymous")
    log.add(told["created"], "created", "requester", requester)
    questions = voices.questions(told["topic"], told["language"], rng.uniform(size=len(told)))
    starts = told["created"].where(~told["is_proactive"])
    log.add(starts, "requester_message", "requester", requester, text=questions)
    automatic = _machines(log, told, rng)
    _routing(log, told, rng)
    _answers(log, told, requester, rng)
    _endings(log, told, requester)
    _side_steps(log, told, rng)
    return log.ordered(), automatic


def _when(condition: pd.Series | np.ndarray, at: pd.Series | np.ndarray) -> np.ndarray:
    return np.where(np.asarray(condition, dtype=bool), np.asarray(at, dtype=float), np.nan)


def _machines(log: EventLog, told: pd.DataFrame, rng: np.random.Generator) -> int:
    created = told["created"]
    receipt = voices.sentences(voices.RECEIPTS, told["language"])
    written = told["channel"].isin(["email", "form", "portal"]) & ~told["is_proactive"]
    log.add(_when(written, created + 4), "public_reply", "bot", "autoresponder", text=receipt, template_id="receipt")
    log.add(_when(told["is_greeted"], created + 2), "public_reply", "bot", BOT, text=receipt, template_id="greeting")
    log.add(told["handed_over"], "bot_handoff", "bot", BOT)
    lying = (
        (told["channel"] == "social").to_numpy()
        & (rng.uniform(size=len(told)) < 0.5)
        & ~told["is_proactive"].to_numpy()
    )
    log.add(_when(lying, created + 6), "public_reply", "agent", AUTOMATIC_AUTHOR, text=receipt, template_id="receipt")
    return int(lying.sum())


def _routing(log: EventLog, told: pd.DataFrame, rng: np.random.Generator) -> None:
    starts = told["handed_over"].fillna(told["created"])
    wait = (told["first_reply"] - starts).fillna(7200) * rng.uniform(0.1, 0.6, len(told))
    taken = np.floor(starts + wait)
    lost = rng.uniform(size=len(told)) < 0.5
    unanswered = told["first_reply"].isna()
    log.add(
        _when(~(unanswered & lost) & ~told["is_bot_only"], taken),
        "assigned",
        "system",
        "routing",
        to_value=told["agent_id"],
    )


def _answers(log: EventLog, told: pd.DataFrame, requester: pd.Series, rng: np.random.Generator) -> None:
    answer = voices.sentences(voices.ANSWERS, told["language"])
    further = voices.sentences(voices.FURTHER, told["language"])
    template = pd.Series(rng.choice(["", "t-steps", "t-apology", "t-details"], len(told)), index=told.index).replace(
        "", pd.NA
    )
    agent = told["agent_id"]
    log.add(told["first_reply"], "public_reply", "agent", agent, text=answer, template_id=template)
    bubbles = told["channel"].isin(["chat", "messenger"]) & (rng.uniform(size=len(told)) < 0.6)
    bubbles &= told["asked_1"].isna() | (told["asked_1"] > told["first_reply"] + 25)
    bubbles &= told["solved"].isna() | (told["solved"] > told["first_reply"] + 25)
    log.add(_when(bubbles, told["first_reply"] + 20), "public_reply", "agent", agent, text=answer)
    for turn in range(1, TURNS):
        log.add(told[f"asked_{turn}"], "requester_message", "requester", requester, text=further)
        log.add(told[f"reply_{turn}"], "public_reply", "agent", agent, text=answer)
    noted = rng.uniform(size=len(told)) < 0.25
    log.add(_when(noted, told["first_reply"] - 1), "internal_note", "agent", agent, text="Checked with the warehouse.")


def _endings(log: EventLog, told: pd.DataFrame, requester: pd.Series) -> None:
    agent = told["agent_id"].where(~told["is_bot_only"], BOT)
    kind = pd.Series(np.where(told["is_bot_only"], "bot", "agent"), index=told.index)
    waiting = told["last_reply"].where(told["is_waiting"])
    log.add(waiting, "status", "agent", agent, from_value="open", to_value="pending")
    log.add(
        told["last_reply"].where(told["is_on_hold"]), "status", "agent", agent, from_value="open", to_value="on_hold"
    )
    before = np.where(told["is_waiting"], "pending", np.where(told["is_on_hold"], "on_hold", "open"))
    log.add(told["solved"], "status", kind, agent, from_value=before, to_value="solved")
    again = voices.sentences(voices.AGAIN, told["language"])
    log.add(told["reopened"], "requester_message", "requester", requester, text=again)
    log.add(told["reopened"], "status", "requester", requester, from_value="solved", to_value="open")
    log.add(
        told["reply_again"], "public_reply", "agent", agent, text=voices.sentences(voices.ANSWERS, told["language"])
    )
    log.add(told["solved_again"], "status", "agent", agent, from_value="open", to_value="solved")
    was = np.where(told["final_solve"].isna(), "new", "solved")
    log.add(told["closed"], "status", "system", "auto-close", from_value=was, to_value="closed")


def _side_steps(log: EventLog, told: pd.DataFrame, rng: np.random.Generator) -> None:
    chance = rng.uniform(size=len(told))
    requester = told["requester_id"].fillna("anonymous")
    thanks = _when(chance < 0.10, told["final_solve"] + 300)
    thanks = np.where(thanks > told["closed"].fillna(np.inf), np.nan, thanks)
    known = np.asarray(told["final_solve"].notna()) & (thanks < pd.Timestamp(EXPORTED_AT).timestamp())
    log.add(
        _when(known, thanks),
        "requester_message",
        "requester",
        requester,
        text=voices.sentences(voices.THANKS, told["language"]),
    )
    raised = (chance > 0.97) & told["first_reply"].notna()
    log.add(
        _when(raised, told["created"] + 30),
        "priority",
        "system",
        "rules",
        from_value="normal",
        to_value=told["priority"],
    )
    log.add(
        _when(told["merged_into_id"].notna(), told["merged_at"]),
        "merged",
        "agent",
        told["agent_id"],
        to_value=told["merged_into_id"],
    )
    log.add(
        _when(told["is_deleted"], told["created"] + 3600),
        "status",
        "agent",
        told["agent_id"],
        from_value="open",
        to_value="deleted",
    )

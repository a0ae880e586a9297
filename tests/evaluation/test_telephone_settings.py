"""What may be said about the telephone in `review.yaml`."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from evaluation.telephone import ServiceLevel, Telephone


def test_what_is_meant_when_nothing_is_said():
    telephone = Telephone.model_validate({})
    (terms,) = telephone.service_level.terms("UTC")
    assert (terms.since, terms.seconds, terms.short_abandon_seconds, terms.goal) == (None, 20, 5, 0.8)
    assert (telephone.wrap_cap, telephone.transfer_gap, telephone.counts_out_of_hours) == (900, 5, False)
    assert (telephone.shrinkage, telephone.max_occupancy) == (0.3, 0.85)


def test_a_change_keeps_what_it_does_not_name():
    level = ServiceLevel.model_validate(
        {
            "seconds": 20,
            "goal": 0.8,
            "versions": [{"from": "2026-04-01", "seconds": 30}, {"from": "2026-07-01", "goal": 0.9}],
        }
    )
    assert [(terms.seconds, terms.goal) for terms in level.terms("UTC")] == [(20, 0.8), (30, 0.8), (30, 0.9)]


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        ("2026-03-31T21:59:59", 20),
        ("2026-03-31T22:00:00", 30),
        ("2027-01-01T00:00:00", 30),
        ("1999-01-01T00:00:00", 20),
    ],
    ids=["the last second before", "local midnight", "ever after", "ever before"],
)
def test_terms_begin_at_local_midnight(at, seconds):
    level = ServiceLevel.model_validate({"versions": [{"from": "2026-04-01", "seconds": 30}]})
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert level.terms_at(moment, "Europe/Warsaw").seconds == seconds


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"service_level": {"seconds": -1}}, "greater than or equal"),
        ({"service_level": {"goal": 1}}, "less than 1"),
        ({"service_level": {"goal": 80}}, "less than 1"),
        ({"service_level": {"rule": "abandoned_met"}}, "not permitted"),
        ({"service_level": {"versions": [{"seconds": 30}]}}, "Field required"),
        ({"service_level": {"versions": [{"from": "2026-07-01"}, {"from": "2026-04-01"}]}}, "order of their days"),
        ({"service_level": {"versions": [{"from": "2026-07-01"}, {"from": "2026-07-01"}]}}, "two start on one day"),
        ({"wrap_cap": 900}, "unit is missing"),
        ({"shrinkage": 1}, "less than 1"),
        ({"max_occupancy": 0}, "greater than 0"),
        ({"shrinkag": 0.3}, "not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(given, what):
    with pytest.raises(ValidationError, match=what):
        Telephone.model_validate(given)

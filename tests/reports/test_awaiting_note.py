"""The note on those who waited for a first response at the end of the period."""

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.measurement import Measurements
from evaluation.metrics.catalogue import chosen
from reports.language import Language
from reports.section import Material
from reports.sections.responsiveness.build import AWAITING, build


def awaited(assessment, value, past_due):
    """The assessment with the stock beside its figures."""
    frame = assessment.measurements.frame
    of_whole = (frame["metric_id"] == "backlog") & (frame["dimension"] == "all") & (frame["statistic"] == "value")
    rows = [
        frame[of_whole].assign(metric_id=AWAITING, statistic=name, value=float(number), n=value)
        for name, number in (("value", value), ("past_due", past_due))
    ]
    catalogue = {**assessment.catalogue, AWAITING: chosen({})[AWAITING].metric}
    return replace(assessment, catalogue=catalogue, measurements=Measurements(pd.concat([frame, *rows])))


@pytest.mark.parametrize(
    ("code", "value", "past_due", "told"),
    [
        ("en", 7, 2, "7 tickets were waiting for their first response at the end of the period. 2 of them were past "
         "due."),
        ("en", 1, 0, "1 ticket was waiting for its first response at the end of the period."),
        ("ru", 3, 1, "На конец периода 3 обращения ждали первого ответа. 1 из них просрочено."),
        ("pl", 5, 3, "Na koniec okresu 5 zgłoszeń czekało na pierwszą odpowiedź. 3 z nich były po terminie."),
        ("en", 0, 0, None),
    ],
)  # fmt: skip
def test_who_waits_is_told_beside_the_first_response(assessment, code, value, past_due, told):
    page = build(Material(assessment=awaited(assessment, value, past_due), language=Language.named(code)))
    lines = [line.replace("\u00a0", " ") for note in page.blocks["notes"].items for line in note.text]
    assert AWAITING in page.metrics
    assert (told in lines) if told else not any("waiting for" in line for line in lines)

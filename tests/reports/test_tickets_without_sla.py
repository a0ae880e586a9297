"""The line on tickets without an SLA, among what was counted on the page of the service level."""

from dataclasses import replace

import pytest

from reports.language import Language
from reports.section import Material
from reports.sections.service_level.build import build


@pytest.mark.parametrize(
    ("code", "bare", "told"),
    [
        ("en", 12, "12 of 300 tickets created in the period (4.0%) had no SLA."),
        ("ru", 1, "У 1 обращения из 300, созданных за период (0,3%), не было SLA."),
        ("ru", 12, "У 12 обращений из 300, созданных за период (4,0%), не было SLA."),
        ("pl", 1, "1 z 300 zgłoszeń utworzonych w okresie (0,3%) nie miało SLA."),
        ("pl", 3, "3 z 300 zgłoszeń utworzonych w okresie (1,0%) nie miały SLA."),
        ("en", 0, None),
    ],
)
def test_tickets_without_an_sla_are_told(assessment, code, bare, told):
    sizes = {**assessment.sizes, "tickets": 300, "without_policy": bare}
    page = build(Material(assessment=replace(assessment, sizes=sizes), language=Language.named(code)))
    text = " ".join(line for note in page.blocks["notes"].items for line in note.text)
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace(" %", "%")
    assert (told in text) if told else "SLA" not in text

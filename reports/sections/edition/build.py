"""The edition's record: what the report was made from, so that it can be made again."""

from __future__ import annotations

from reports.arrangement import Halves, Whole, arranged
from reports.document import Section, Terms
from reports.formats import day, moment, number, period, plain_digits
from reports.language import N_
from reports.names import cleaned, table_name
from reports.section import Material

ORDER = 110
RECORDED = {
    "edition": N_("Edition"),
    "inputs": N_("Digest of the inputs"),
    "configuration": N_("Digest of the configuration"),
    "code": N_("Digest of the code"),
    "versions": N_("Versions"),
}
"""Names of what a caller may record; anything else is printed under its own name."""


def build(material: Material) -> Section:
    """The last page; it names the as-of moment and each source's checksum even when the caller records nothing."""
    assessment, language = material.assessment, material.language
    last = assessment.period.day_after
    items = [
        (language.gettext("Organisation"), cleaned(assessment.organisation)),
        (language.gettext("Period"), period(assessment.period.id, language)),
        (
            language.gettext("Days"),
            language.gettext(
                "from {first}, before {last}",
                first=day(assessment.period.first_day, language),
                last=day(last, language),
            ),
        ),
        (language.gettext("Time zone"), assessment.period.zone),
        (language.gettext("Data as of"), moment(assessment.cut, assessment.period.zone, language)),
        (language.gettext("Measurements"), number(len(assessment.measurements), language)),
    ]
    for key, value in material.record.items():
        items.append((language.gettext(RECORDED[key]) if key in RECORDED else cleaned(key), cleaned(value)))
    half = (len(items) + 1) // 2
    blocks = {"record": Terms(tuple(items[:half])), "record_continued": Terms(tuple(items[half:]))}
    if assessment.intake:
        sums = tuple(
            (f"{cleaned(item.source)} · {table_name(item.table, language)}", plain_digits(item.checksum))
            for item in assessment.intake
        )
        blocks["checksums"] = Terms(sums, language.gettext("Checksums of what was read (SHA-256)"))
    section = Section(
        id="edition",
        kicker=language.gettext("Edition record"),
        blocks=blocks,
        title=language.gettext("What this report was made from"),
        may_follow=True,
    )
    return arranged(section, (Halves(("record", "record_continued")), Whole("checksums")), language)

"""What two auditors said about the same subject, before any dispute: the ground of their agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from evaluation.facts.shapes import DIMENSION_COLUMNS

if TYPE_CHECKING:
    from ibis.expr import types as ir

_SAME = ("kind", "subject_id", "scorecard_id", "card")
"""Audits that agree in these can be compared: one subject, marked by one version of one scorecard."""


def is_double(audits: ir.Table) -> ir.Table:
    """Audits with `is_compared`, `doubled_at` and `is_double`.

    Compared is an auditor's first audit of a subject, because a later one knows the first; `doubled_at` is when the
    second auditor had marked the subject, null when only one has. Audits that cannot be scored, that name no auditor or
    no subject are not compared.
    """
    can = audits.problem.isnull() & audits.subject_id.notnull() & audits.auditor_id.notnull()
    by_auditor = ibis.window(
        group_by=[*(audits[name] for name in _SAME), audits.auditor_id, can],
        order_by=[audits.audited_at, audits.audit_id],
    )
    numbered = audits.mutate(can_compare=can, nth_of_auditor=ibis.row_number().over(by_auditor))
    numbered = numbered.mutate(is_compared=numbered.can_compare & (numbered.nth_of_auditor == 0))
    of_subject = [*(numbered[name] for name in _SAME), numbered.is_compared]
    in_order = ibis.window(group_by=of_subject, order_by=[numbered.audited_at, numbered.audit_id])
    placed = numbered.mutate(nth=ibis.row_number().over(in_order))
    second = ibis.ifelse(placed.is_compared & (placed.nth == 1), placed.audited_at, ibis.null("timestamp('UTC', 6)"))
    dated = placed.mutate(second=second)
    whole = ibis.window(group_by=[*(dated[name] for name in _SAME), dated.is_compared])
    dated = dated.mutate(doubled_at=dated.second.max().over(whole))
    return dated.mutate(is_double=dated.is_compared & dated.doubled_at.notnull())


def marks_of_doubles(marks: ir.Table, audits: ir.Table) -> ir.Table:
    """One row per mark of a doubly audited subject, with the dimensions of the subject's first audit.

    The mark is the auditor's own: a dispute says what the agent deserved, not how well auditors agree.

    Args:
        marks: `audit_marks` with the columns of their audits.
        audits: After `is_double`.
    """
    names = (*DIMENSION_COLUMNS, "exclusion")
    first = audits.filter(audits.is_double & (audits.nth == 0))
    first = first.select(
        *[first[name].name(f"{name}_of_first") for name in _SAME],
        *[first[name].name(f"first_{name}") for name in names],
    )
    own = marks.filter(marks.is_double).drop(*names)
    joined = own.inner_join(first, [own[name] == first[f"{name}_of_first"] for name in _SAME])
    return joined.mutate(value=joined.own_value, **{name: joined[f"first_{name}"] for name in names})

"""Suggested next steps in words: one sentence for each of the domain's closed list, about work and not about people."""

from __future__ import annotations

from reports.language import N_, Language
from reports.wording import said

STEPS = {
    "": "",
    "repair_data": N_("Repair the data, then run the review again."),
    "review_goal": N_("Decide whether the goal keeps its date, gets other means, or is dropped."),
    "keep_going": N_("Find out what is done differently there, write it down, and try it elsewhere."),
    "write_article": N_("Write an article or a notice about it, so that customers need not ask."),
    "plan_for_mix": N_("Plan people for the kind of cases that came; asking everybody to be quicker will not help."),
    "cover_calls": N_("Compare calls and agents by hour, and cover the hours in which callers wait or give up."),
    "clear_backlog": N_("Set aside time for the oldest open cases, and ask for each why it waits."),
    "opening_hours": N_("See when these customers write, and whether somebody is there then."),
    "answer_reviews": N_("Name who answers reviews and by when, the negative ones first."),
    "shift_plan": N_("Compare arrivals and agents by hour for it, and move a shift to the hours in which cases wait."),
    "answer_templates": N_(
        "Read twenty of these cases, and write or mend the answer that would have settled them at once."
    ),
    "routing_rules": N_("Look at where these cases were first sent, and change the rule that sends them."),
    "read_complaints": N_("Read the complaints of the period together, and name their three most frequent causes."),
    "read_returns": N_("Read the reasons of the returns, and pass the most frequent one on to whom it concerns."),
    "talk_audits_through": N_("Talk a few of the audited cases through in the team, the good ones too."),
    "calibrate": N_("Let the auditors mark the same five cases, and agree on each criterion on which they differ."),
    "read_comments": N_("Read the comments of the low ratings, and sort them by what would have helped."),
    "ask_sooner": N_("Ask sooner after the solution, and with fewer questions."),
    "ask_leavers": N_("Ask ten of those who left why, before anything is changed."),
    "look_at_cases": N_("Read twenty of these cases side by side with twenty others before anything is changed."),
}
"""A sentence for each step; nothing for no step."""


def step_sentence(step: str, language: Language) -> str:
    """The step in words; empty when none is suggested.

    Raises:
        RenderError: The step has no words.
    """
    return said(STEPS, step, language)

"""The worked stories: one file for each subject beside the ten tickets."""

from __future__ import annotations

from evaluation.metrics.worked_stories.audits import AUDITS
from evaluation.metrics.worked_stories.contacts import CONTACTS
from evaluation.metrics.worked_stories.corrections import CORRECTIONS
from evaluation.metrics.worked_stories.customers import CUSTOMERS
from evaluation.metrics.worked_stories.reviews import REVIEWS
from evaluation.metrics.worked_stories.surveys import SURVEYS
from evaluation.metrics.worked_stories.telephone import TELEPHONE
from evaluation.metrics.worked_story import Story

STORIES: tuple[Story, ...] = (AUDITS, CONTACTS, CORRECTIONS, CUSTOMERS, REVIEWS, SURVEYS, TELEPHONE)
"""In the order in which they are printed."""

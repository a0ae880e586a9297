"""Working time: calendars of opening hours, holidays and their versions, and exact arithmetic of open time on them."""

from evaluation.calendar.config import CalendarConfig, HolidaysConfig
from evaluation.calendar.openings import UnpublishedYear
from evaluation.calendar.working_calendar import WorkingCalendar

__all__ = ["CalendarConfig", "HolidaysConfig", "UnpublishedYear", "WorkingCalendar"]

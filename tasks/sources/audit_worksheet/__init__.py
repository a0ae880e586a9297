"""Audit worksheets: filled ones that `service-review sample` wrote, checked cell by cell against their own record."""

from tasks.sources.audit_worksheet.config import AuditWorksheetConfig
from tasks.sources.audit_worksheet.reading import read_worksheets
from tasks.sources.base import Kind

KIND = Kind(AuditWorksheetConfig, read_worksheets)

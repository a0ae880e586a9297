"""The style sheet of the report and the marks that belong to it."""

"""Sources: what is read, how it is kept as it came, and how it becomes canonical tables."""

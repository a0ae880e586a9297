"""The engines: each opens the canonical tables of a run and leaves nothing behind."""

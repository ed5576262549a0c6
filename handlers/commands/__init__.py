"""The slash-commands: one table, one file per subject."""

"""The columns of a list of training (GOV-7)."""

from __future__ import annotations

from compliance.licences.sheets.columns import Column
from compliance.licences.sheets.tables import Kind

COLUMNS = (
    Column(
        "email", "E-mail", ("email address", "work email", "work e-mail address", "address"),
        "The person’s work address, as their account here has it.", needed=True,
    ),
    Column("module", "Module", ("course", "training"), "The module’s name or code, as the training page has it.", needed=True),
    Column("version", "Version", ("edition",), "Such as 2026.1. Empty means the newest."),
    Column(
        "done_on", "Done on", ("date", "completed on", "completed", "done"),
        "The day it was done, such as 2026-11-02 or 02/11/2026.", needed=True,
    ),
)  # fmt: skip

KIND = Kind(COLUMNS, "training", "Answers to a list of training", "Training", "/training/list")
"""A list of training, as a file."""

"""What people send to have a whole list taken at once."""

from __future__ import annotations

from wtforms import HiddenField

from .fields import Paper
from .plain import Needed, PlainForm


class Send(PlainForm):
    file = Paper("Your list, as an Excel file (.xlsx) or CSV", [Needed("Choose the file with your list.")])


class Again(PlainForm):
    """The rows that were read from the file, carried along: a file cannot be."""

    rows = HiddenField()

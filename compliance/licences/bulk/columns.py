"""The columns of a list of requests (LIC-4)."""

from __future__ import annotations

from compliance.licences.sheets.columns import Column
from compliance.licences.sheets.tables import Kind

COLUMNS = (
    Column("what", "What", ("request", "action", "type"), "joiner, mover or leaver. Empty means joiner."),
    Column("organisation", "Organisation", ("org", "agency", "partner"), "Name or code. Leave empty for your own."),
    Column("full_name", "Full name", ("name", "person"), "For a joiner: the person’s full name."),
    Column(
        "email", "E-mail", ("email address", "work email", "work e-mail address", "address"),
        "The person’s work address, at the organisation’s own domain.", needed=True,
    ),
    Column("areas", "Areas", ("area", "area maracs"), "Area MARACs, by name, with a semicolon between. For a mover: the new ones."),
    Column("kind", "Kind", ("licence", "kind of licence"), "standing or by invite. Empty means standing."),
    Column("cases", "Cases", ("case", "case references"), "By invite only: references, with a semicolon between."),
    Column("ends_on", "Last day", ("end date", "ends on", "until"), "By invite only: such as 2027-03-27 or 27/03/2027."),
    Column("reason", "Reason", ("reasons",), "For a joiner or mover: their work with the MARAC. Do not name a victim."),
)  # fmt: skip

KIND = Kind(COLUMNS, "licence-requests", "Answers to a list of licence requests", "Requests", "/licences/bulk")
"""A list of requests, as a file."""

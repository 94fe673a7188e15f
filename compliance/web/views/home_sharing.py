"""What waits of requests for re-use, disclosures and the confidentiality statement, on the first page (SHA-2 to SHA-4)."""

from __future__ import annotations

from flask import url_for

from compliance.kernel.context import Context
from compliance.sharing.disclosures import queries as disclosures
from compliance.sharing.reuse import queries as reuse
from compliance.sharing.statement import queries as statement
from compliance.web.access import can, could
from compliance.web.words import count
from policies.permissions import Permission

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """What this person is to answer, to authorise, and to read."""
    return [*_to_read(ctx), *_to_answer(ctx), *_to_authorise(ctx)]


def _to_read(ctx: Context) -> list[Waiting]:
    if not statement.waits_for(ctx):
        return []
    return [
        Waiting(
            None,
            "The confidentiality statement",
            "Everybody who holds a licence reads the version in force, and says so once.",
            url_for("confidentiality.statement"),
            "Read and acknowledge it",
        )
    ]


def _to_answer(ctx: Context) -> list[Waiting]:
    found = reuse.counted(ctx) if could(Permission.REUSE_ANSWER) else None
    if found is None or not found.mine:
        return []
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    return [
        Waiting(
            found.mine,
            f"{'request' if found.mine == 1 else 'requests'} to use your organisation’s information again",
            f"Nobody may use it for something else before you or a colleague permit it.{late}",
            url_for("reuse.requests", which="my_turn"),
            "Permit or refuse",
            urgent=bool(found.overdue),
            late=found.overdue,
        )
    ]


def _to_authorise(ctx: Context) -> list[Waiting]:
    found = disclosures.counted(ctx) if can(Permission.DISCLOSURE_AUTHORISE) else None
    if found is None or not found.mine:
        return []
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    return [
        Waiting(
            found.mine,
            f"{'disclosure waits' if found.mine == 1 else 'disclosures wait'} for your authority",
            f"Nothing is disclosed to another body before a manager says so.{late}",
            url_for("disclosures.register", which="waiting"),
            "Authorise or refuse",
            urgent=bool(found.overdue),
            late=found.overdue,
        )
    ]

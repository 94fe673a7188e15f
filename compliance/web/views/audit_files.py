"""Entries of the log as files, just as they are searched for (AUD-1, AUD-3)."""

from __future__ import annotations

from flask import Response

from compliance.accesses.reading import exports
from compliance.accesses.reading.reader import reader
from compliance.kernel.context import house, work
from compliance.kernel.errors import Invalid, NotFound
from compliance.web import step_up
from compliance.web.access import guarded
from compliance.web.forms.audit import LogQuestion
from compliance.web.replies import Reply, attachment
from policies.permissions import Permission

from .audit import its_places, pages, understood


@pages.get("/export.<form>")
@guarded(Permission.AUDIT_EXPORT)
def export(form: str) -> Reply:
    """Every entry that the search finds, newest first, after a fresh code."""
    if form not in list(exports.Form):
        raise NotFound()
    step_up.needed()
    question = LogQuestion()
    with work() as ctx:
        reads = reader(ctx, Permission.AUDIT_EXPORT)
        asked = understood(ctx, question, reads, its_places(ctx, reads))
        if asked is None:
            raise Invalid()
        taken = exports.take(ctx, form, asked, reader=reads)
    reply: Response = attachment(b"", exports.MEDIA_TYPES[taken.form], taken.file_name)
    reply.response = exports.written(house(), taken)
    reply.headers.pop("Content-Length", None)
    return reply

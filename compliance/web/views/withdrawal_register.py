"""The register of those who left or are to leave, and their letters (SIG-8, OP 11.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from compliance.kernel.context import house, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.withdrawing import WithdrawalQuestion
from compliance.web.replies import Reply, attachment, show
from compliance.web.words import STATES
from policies.permissions import Permission
from signatories import queries, use_cases
from signatories.queries import WithdrawalRow
from signatories.withdrawals.queries import SORTS, Stands, stands

from .withdrawals import pages


@pages.get("/withdrawals")
@guarded(Permission.WITHDRAWAL_READ)
def withdrawals() -> Reply:
    """The withdrawal register (SIG-8)."""
    form = _question()
    sort = lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or "-effective_at"
    rows: list[WithdrawalRow] = []
    if form.understood():
        with telling(form), work() as ctx:
            rows = use_cases.view_withdrawals(ctx, sort=sort, **_asked(form))
    now = house().clock.now()
    return show(
        "withdrawals.html",
        form,
        sheet=lists.cut(rows),
        sort=sort,
        filtered=bool(any(_asked(form).values())),
        asked={name: value for name, value in _asked(form).items() if value},
        most=queries.MOST if len(rows) >= queries.MOST else None,
        stands=lambda withdrawal: stands(withdrawal, now),
        IN_EFFECT=Stands.IN_EFFECT,
        ANNOUNCED=Stands.ANNOUNCED,
    )


@pages.get("/withdrawals/export.<form>")
@guarded(Permission.WITHDRAWAL_READ)
def export(form: str) -> Reply:
    """The withdrawal register as it was asked for, as a file: the spreadsheet of OP 11.1 (SIG-8)."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    question = _question()
    question.understood()
    with work() as ctx:
        file = use_cases.export_withdrawals(ctx, form, **_asked(question))
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/withdrawals/<uuid:withdrawal_id>/letter")
@guarded(Permission.WITHDRAWAL_READ)
def letter(withdrawal_id: UUID) -> Reply:
    """The letter, as it was received."""
    with work() as ctx:
        upload = use_cases.read_letter(ctx, withdrawal_id)
    return attachment(upload.content, upload.media_type, upload.file_name)


def _question() -> WithdrawalQuestion:
    form = WithdrawalQuestion()
    form.state.choices = [("", "All"), *((each.value, STATES[each.value][0]) for each in Stands)]
    return form


def _asked(form: WithdrawalQuestion) -> dict[str, Any]:
    return {name: form[name].data or None for name in ("search", "state")}

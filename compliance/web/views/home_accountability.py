"""What waits of complaints about data and of organisations that do not take part, on the first page (COM-9, GOV-2)."""

from __future__ import annotations

from flask import g, url_for

from compliance.complaints.data_protection import queries as data_complaints
from compliance.governance.accountability import queries as accountability
from compliance.governance.escalations import queries as escalations
from compliance.governance.figures.model import Unit, said
from compliance.kernel.context import Context
from compliance.web.access import can, could
from compliance.web.words import count, day
from policies.permissions import Permission
from policies.values import Policy

from .home_parts import Waiting


def about_data(ctx: Context) -> list[Waiting]:
    """Complaints about data that nobody has acknowledged, and those that wait for their answer."""
    if not could(Permission.DATA_COMPLAINT_HANDLE):
        return []
    found = data_complaints.counted(ctx)
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    waiting = []
    if found.to_acknowledge:
        one = found.to_acknowledge == 1
        title = f"{'complaint' if one else 'complaints'} about data to acknowledge"
        says = f"Whoever complained is told that it came, in the time that the law gives.{late}"
        where = url_for("data_complaints.complaints", which="to_acknowledge")
        waiting.append(
            Waiting(found.to_acknowledge, title, says, where, "See which", urgent=bool(found.overdue), late=found.overdue)
        )  # fmt: skip
    if found.to_answer:
        title = f"{'complaint' if found.to_answer == 1 else 'complaints'} about data to answer"
        says = "They were acknowledged, and are answered without undue delay."
        where = url_for("data_complaints.complaints", which="acknowledged")
        waiting.append(Waiting(found.to_answer, title, says, where, "See which"))
    return waiting


def escalated(ctx: Context) -> list[Waiting]:
    """What a group asked of one's own organisation; and for those who end and raise, what was answered or was not."""
    if not could(Permission.ESCALATION_READ):
        return []
    raises = can(Permission.ESCALATION_RAISE)
    if not (raises or could(Permission.ESCALATION_ANSWER)):
        return []
    found = escalations.counted(ctx)
    return _to_judge(found) if raises else _to_answer(found) if not can(Permission.ESCALATION_ANSWER) else []


def own_part(ctx: Context) -> list[Waiting]:
    """For a partner: what its organisation does too little of, as the page of its own says it (GOV-2)."""
    organisation_id = g.sign_in.person.organisation_id
    if can(Permission.FACTS_READ) or organisation_id is None or not can(Permission.FACTS_READ, organisation_id):
        return []
    found = accountability.below(ctx, organisation_id)
    if not found:
        return []
    names = ", ".join(each.measure.name.lower() for each in found)
    shown = "; ".join(
        f"{each.counted.part:,} of {each.counted.whole:,} ({said(each.counted.share, Unit.SHARE)}), "
        f"where {each.measure.least}% is expected"
        for each in found
    )
    months = count(ctx.the(Policy).accountability.months_counted, "complete month")
    return [
        Waiting(
            None,
            f"Your organisation is below what is expected: {names}",
            f"Over the last {months}: {shown}.",
            url_for("accountability.organisation", organisation_id=organisation_id),
            "See each month, and what the hub owes you",
        )
    ]


def _to_answer(found: escalations.Counted) -> list[Waiting]:
    """Whether one's own organisation is asked, and by when the first answer is due."""
    number = found.asked + found.overdue
    if not number:
        return []
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    return [
        Waiting(
            number,
            f"{'question of a group waits' if number == 1 else 'questions of groups wait'} for your answer",
            f"A group asks something of your organisation.{late}",
            url_for("escalations.escalations", which=escalations.Which.TO_ANSWER.value),
            "Read and answer",
            urgent=True,
            late=found.overdue,
            due=found.next_by,
        )
    ]


def _to_judge(found: escalations.Counted) -> list[Waiting]:
    """What the groups have to look at: what was not answered in time, what was, and what is to be answered soon."""
    waiting = []
    if found.overdue:
        title = f"{'escalation was' if found.overdue == 1 else 'escalations were'} not answered in time"
        where = url_for("escalations.escalations", which=escalations.Which.OVERDUE.value)
        says = "End each, or raise it to the group above."
        waiting.append(Waiting(found.overdue, title, says, where, "See which", urgent=True, late=found.overdue))
    if found.answered:
        title = f"{'escalation was' if found.answered == 1 else 'escalations were'} answered"
        where = url_for("escalations.escalations", which=escalations.Which.ANSWERED.value)
        waiting.append(Waiting(found.answered, title, "Say whether the answer is enough.", where, "See which"))
    if found.asked and found.next_by:
        title = f"{'organisation is' if found.asked == 1 else 'organisations are'} asked to answer"
        where = url_for("escalations.escalations", which=escalations.Which.ASKED.value)
        says = f"The first answer is due by {day(found.next_by)}."
        waiting.append(Waiting(found.asked, title, says, where, "See which", due=found.next_by))
    return waiting

"""The written report without which a stage does not open: written here or handed in as a file, to a named person (COM-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from policies.values import Policy
from signatories import uploads

from . import letters, queries, rules
from .errors import ReportSent, ReportUnfit
from .events import ComplaintReportSent
from .models import ComplaintReport
from .rules import Status


@dataclass(frozen=True)
class Written:
    """A report as it was handed in: words written here, or a file."""

    words: str | None = None
    file_name: str | None = None
    content: bytes | None = None


def send_report(
    ctx: Context,
    complaint_id: UUID,
    *,
    stage: int,
    written: Written,
    to_name: str,
    to_post: str,
    answer_by: date | None = None,
    on_behalf: UUID | None = None,
) -> ComplaintReport:
    """Send the written report without which the next stage does not open, to a named director or the chair (COM-3).

    `stage` is the one that is open; an answer is asked for by the day that the next stage may last to, or sooner.
    Raises ComplaintEnded, StageMoved, NoReportHere, ReportSent, ReportUnfit, BeyondCalendar, and Invalid at
    `/words`, `/to_name`, `/to_post` and `/answer_by`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    organisation_id = queries.acting_for(ctx, complaint, on_behalf)
    rules.still_open(Status(complaint.status))
    rules.still_at(complaint.stage, stage)
    opens = rules.opens_by_report(stage)
    if queries.report(ctx, complaint, opens) is not None:
        raise ReportSent()
    today, latest = london_date(ctx.now()), queries.due_on(ctx, opens, complaint.immediate_risk)
    if answer_by is not None and not today <= answer_by <= latest:
        raise Invalid.at("/answer_by", "Enter a day from today on, within the time that the next stage may take.")

    sent = ComplaintReport(
        id=ctx.new_id(), complaint_id=complaint.id, stage=opens,
        to_name=text.line(to_name, pointer="/to_name"), to_post=text.line(to_post, pointer="/to_post"),
        sent_by=ctx.actor.id, sent_at=ctx.now(), answer_by=answer_by or latest,
    )  # fmt: skip
    _write_down(ctx, sent, written)
    ctx.session.add(sent)

    record(
        ctx,
        ComplaintReportSent(subject=complaint.id, at_stage=stage, report=sent.id, is_file=sent.file_name is not None),
    )
    letters.report_sent(ctx, complaint, queries.other_side(ctx, complaint, organisation_id), sent)
    return sent


def _write_down(ctx: Context, report: ComplaintReport, written: Written) -> None:
    """The words or the file of a report, judged and sealed; raises ReportUnfit, and Invalid at `/words`."""
    if written.content is None and not (written.words or "").strip():
        raise Invalid.at("/words", "Write the report here, or choose a file.")
    if written.content is not None and (written.words or "").strip():
        raise Invalid.at("/words", "Write the report here or choose a file, not both.")
    if written.content is None:
        most = ctx.the(Policy).complaints.report_words_most
        said = text.prose(written.words or "", pointer="/words", limit=most).encode()
        report.words = ctx.the(KeyRing).seal(said, place=f"complaint_reports.words:{report.id}")
        report.sha256 = sha256(said).digest()
        return
    try:
        file = uploads.checked(ctx, file_name=written.file_name or "", content=written.content, pointer="/report")
    except Invalid as problem:
        raise ReportUnfit(problem.words, fields=problem.fields) from None
    report.file = ctx.the(KeyRing).seal(file.content, place=f"complaint_reports.file:{report.id}")
    report.file_name, report.media_type = file.file_name, file.media_type
    report.sha256 = bytes.fromhex(file.sha256)

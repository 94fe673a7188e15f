"""What an organisation shows besides its signature: its policies, its key contacts, and the ISA's own list."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from audit.record import record
from compliance.identity.addresses import normalise
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import links, queries, rules, uploads
from signatories.errors import ContactEnded
from signatories.events import IsaChecked, KeyContactEnded, KeyContactNamed, PolicyDocumentRead, PolicyDocumentRecorded
from signatories.models import Instrument, IsaCheck, KeyContact, PolicyDocument, Upload

_TEXTS = ("pdf", "docx")

ONLY_ONE = frozenset({"escalation"})
"""Kinds of contact of which an organisation has one: naming another ends the one before (OP 6.1)."""


def record_policy_document(
    ctx: Context,
    organisation_id: UUID,
    *,
    kind: str,
    title: str,
    owner: str,
    dated_on: date,
    next_review_on: date,
    link: str | None = None,
    file_name: str | None = None,
    file: bytes | None = None,
) -> PolicyDocument:
    """Record a safeguarding or data-protection policy; it replaces the one of its kind before it (SIG-11, OP 6.1).

    The policy itself is a file, or a link to where the organisation publishes it: one of the two, not both.
    """
    queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.POLICY_DOCUMENT_RECORD, organisation=organisation_id)

    kinds = ctx.the(Policy).licences.required_policies
    if kind not in kinds:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(kinds)}.")
    _check_days(ctx, dated_on, next_review_on)
    if link and file is not None:
        raise Invalid.at("/link", "Give the file or the link, not both.")
    place = links.checked(link, pointer="/link") if link else None
    upload = (
        uploads.receive(ctx, file_name=file_name or kind, content=file, allowed=_TEXTS, pointer="/file")
        if file is not None
        else None
    )
    document = PolicyDocument(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        kind=kind,
        title=text.line(title, pointer="/title"),
        owner=text.line(owner, pointer="/owner"),
        dated_on=dated_on,
        next_review_on=next_review_on,
        link=place,
        upload_id=upload.id if upload else None,
        recorded_at=ctx.now(),
    )

    replaced = list(
        ctx.session.scalars(
            select(PolicyDocument)
            .where(
                PolicyDocument.organisation_id == organisation_id,
                PolicyDocument.kind == kind,
                PolicyDocument.replaced_at.is_(None),
            )
            .with_for_update()
        )
    )
    for earlier in replaced:
        earlier.replaced_at = ctx.now()
    ctx.session.add(document)
    ctx.session.flush()

    record(
        ctx,
        PolicyDocumentRecorded(
            subject=document.id,
            organisation=organisation_id,
            kind=kind,
            replaced=tuple(earlier.id for earlier in replaced),
        ),
    )
    return document


def read_policy(ctx: Context, organisation_id: UUID, document_id: UUID) -> Upload:
    """Hand out the file of a policy to the organisation's own people and the hub, and keep that it was handed out."""
    require(ctx, Permission.EVIDENCE_READ, organisation=organisation_id)
    document = ctx.session.get(PolicyDocument, document_id)
    if document is None or document.organisation_id != organisation_id or document.upload_id is None:
        raise NotFound()
    upload = ctx.session.get_one(Upload, document.upload_id, options=[undefer(Upload.content)])
    record(ctx, PolicyDocumentRead(subject=document.id, organisation=organisation_id))
    return upload


def name_key_contact(
    ctx: Context, organisation_id: UUID, *, kind: str, name: str, email: str, telephone: str | None = None
) -> KeyContact:
    """Record whom the hub rings at an organisation: a primary licence holder, a delegate, the escalation contact.

    An organisation has one escalation contact, and as many of the others as it names (LIC-10, OP 6.1, 6.5).
    """
    queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.CONTACT_MANAGE, organisation=organisation_id)

    kinds = ctx.the(Policy).licences.required_contacts
    if kind not in kinds:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(kinds)}.")
    contact = KeyContact(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        kind=kind,
        name=text.line(name, pointer="/name"),
        email=normalise(email),
        telephone=text.line(telephone, pointer="/telephone", limit=40) if telephone else None,
        since=ctx.now(),
    )

    ended = _live_contacts(ctx, organisation_id, kind) if kind in ONLY_ONE else []
    for earlier in ended:
        earlier.ended_at = ctx.now()
    ctx.session.add(contact)
    ctx.session.flush()

    record(
        ctx,
        KeyContactNamed(
            subject=contact.id,
            organisation=organisation_id,
            kind=kind,
            ended=tuple(earlier.id for earlier in ended),
        ),
    )
    return contact


def end_key_contact(ctx: Context, contact_id: UUID, *, organisation_id: UUID | None = None) -> KeyContact:
    """Take somebody off the register of key contacts (LIC-10); raises NotFound for another organisation's than named."""
    contact = ctx.session.get(KeyContact, contact_id)
    if contact is None or organisation_id not in (None, contact.organisation_id):
        raise NotFound()
    require(ctx, Permission.CONTACT_MANAGE, organisation=contact.organisation_id)
    queries.organisation(ctx, contact.organisation_id, lock=True)
    ctx.session.refresh(contact)

    if contact.ended_at is not None:
        raise ContactEnded()

    contact.ended_at = ctx.now()
    ctx.session.flush()

    record(ctx, KeyContactEnded(subject=contact.id, organisation=contact.organisation_id, kind=contact.kind))
    return contact


def record_isa_check(ctx: Context, organisation_id: UUID, *, found: bool, source: str | None = None) -> IsaCheck:
    """Record that the partnership's own list of ISA signatories was looked at, and whether it names them (SIG-12).

    The next look is due after the days the policy says. What was found changes no signature here: the hub sees
    the two side by side and asks the organisation.
    """
    queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.ISA_CHECK_RECORD, organisation=organisation_id)

    kept = ctx.session.scalars(select(Instrument.source).where(Instrument.code == "isa")).one_or_none()
    looked_at = source or kept
    if looked_at is None:
        raise Invalid.at("/source", "Say where the list was looked at.")
    check = IsaCheck(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        source=text.line(looked_at, pointer="/source", limit=300),
        found=found,
        checked_at=ctx.now(),
        checked_by=ctx.actor.id,
    )
    ctx.session.add(check)
    ctx.session.flush()

    record(ctx, IsaChecked(subject=check.id, organisation=organisation_id, found=found))
    return check


def _live_contacts(ctx: Context, organisation_id: UUID, kind: str) -> list[KeyContact]:
    return list(
        ctx.session.scalars(
            select(KeyContact)
            .where(
                KeyContact.organisation_id == organisation_id, KeyContact.kind == kind, KeyContact.ended_at.is_(None)
            )
            .with_for_update()
        )
    )


def _check_days(ctx: Context, dated_on: date, next_review_on: date) -> None:
    today = london_date(ctx.now())
    most = ctx.the(Policy).signatories.policy_review_most_years
    if not rules.believable(dated_on, today):
        raise Invalid.at("/dated_on", "Enter the date of the policy: not in the future, nor before 2003.")
    if next_review_on <= dated_on:
        raise Invalid.at("/next_review_on", "The next review comes after the date of the policy.")
    if next_review_on.year > today.year + most:
        raise Invalid.at("/next_review_on", f"Choose a day within the next {most} years.")

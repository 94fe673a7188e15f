"""One organisation: where it stands, what it did, whom the hub rings, and what the hub keeps about it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint

from compliance.kernel.clock import london_date
from compliance.kernel.context import in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.licences import queries as licences
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.forms.register import Domain, IsaCheck, KeyContact, PolicyDocument
from compliance.web.replies import Reply, attachment, on, show
from compliance.web.words import KINDS
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.assurance import queries as assurance
from signatories.links import host_of

pages = Blueprint("organisations", __name__, url_prefix="/organisations/<uuid:organisation_id>")

SHOWN = 100


@pages.get("")
@guarded(Permission.REGISTER_READ)
def organisation(organisation_id: UUID) -> Reply:
    """Everything the register says of one organisation, and of its licences to those who may know."""
    with work() as ctx:
        found = queries.reading(ctx, organisation_id)
        facts = found.organisations[organisation_id]
        lines = use_cases.view_history(ctx, organisation_id)
        contacts = (
            queries.key_contacts(ctx, organisation_id) if can(Permission.CONTACT_MANAGE, organisation_id) else None
        )
        held = (
            licences.licences(ctx, organisation_id=organisation_id, limit=SHOWN)
            if can(Permission.LICENCE_READ, organisation_id)
            else None
        )
        waiting = queries.to_sign(found, organisation_id, ctx.now())
        isa = queries.isa_cell(ctx, facts)
        policies = queries.policy_documents(ctx, organisation_id)
        leaving = next((line for line in lines if line.kind == "withdrawal" and line.believed), None)
        today = london_date(ctx.now())
        assured = assurance.of(ctx, facts)
    return show(
        "organisation.html",
        facts=facts,
        isa=isa,
        lines=lines[:SHOWN],
        lines_left=max(0, len(lines) - SHOWN),
        replaced={line.corrects_id for line in lines},
        may_challenge=can(Permission.CHALLENGE_RAISE, organisation_id),
        contacts=contacts,
        policies=policies,
        assured=assured,
        host_of=host_of,
        licences=held.rows if held else None,
        more_licences=held is not None and held.after is not None,
        signable={code: versions[-1] for code, versions in waiting.items()},
        today=today,
        leaving=leaving,
        may_sign=can(Permission.INSTRUMENT_SIGN, organisation_id),
        may_withdraw=can(Permission.WITHDRAWAL_RECORD, organisation_id)
        and any(cell.signature and cell.in_force for cell in facts.instruments.values()),
    )


@pages.route("/domains/new", methods=["GET", "POST"])
@guarded(Permission.DOMAIN_MANAGE)
def add_domain(organisation_id: UUID) -> Reply:
    """A mail domain of the organisation's own (LIC-2)."""
    form = Domain()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.add_domain(ctx, organisation_id, form.domain.data or "")
            return _back(organisation_id, "The domain is registered. Addresses there can be licensed from now on.")
    return _form("Register a mail domain", form, organisation_id, "Register domain")


@pages.route("/key-contacts/new", methods=["GET", "POST"])
@guarded(Permission.CONTACT_MANAGE)
def name_contact(organisation_id: UUID) -> Reply:
    """Whom the hub rings (LIC-10)."""
    form = KeyContact()
    _offer(form, in_force(Policy).licences.required_contacts)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.name_key_contact(
                    ctx,
                    organisation_id,
                    kind=form.kind.data,
                    name=form.name.data or "",
                    email=form.email.data or "",
                    telephone=form.telephone.data or None,
                )
            return _back(organisation_id, "The key contact is recorded.")
    return _form("Name a key contact", form, organisation_id, "Save contact")


@pages.route("/key-contacts/<uuid:contact_id>/end", methods=["GET", "POST"])
@guarded(Permission.CONTACT_MANAGE)
def end_contact(organisation_id: UUID, contact_id: UUID) -> Reply:
    """Take somebody off the register of key contacts (LIC-10)."""
    with reading() as ctx:
        organisation = queries.organisation(ctx, organisation_id)
        contacts = queries.key_contacts(ctx, organisation_id)
    contact = next((each for each in contacts if each.id == contact_id), None)
    if contact is None:
        raise NotFound()
    form = PlainForm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_key_contact(ctx, contact_id)
            return _back(organisation_id, f"{contact.name} is no key contact any more.")
    others = sum(each.kind == contact.kind for each in contacts) - 1
    return show("contact_end.html", form, organisation=organisation, contact=contact, others=others)


@pages.get("/policies/<uuid:document_id>/file")
@guarded(Permission.EVIDENCE_READ)
def policy_file(organisation_id: UUID, document_id: UUID) -> Reply:
    """The file of a policy, as it was received."""
    with work() as ctx:
        upload = use_cases.read_policy(ctx, organisation_id, document_id)
    return attachment(upload.content, upload.media_type, upload.file_name)


@pages.route("/policies/new", methods=["GET", "POST"])
@guarded(Permission.POLICY_DOCUMENT_RECORD, upload=True)
def record_policy(organisation_id: UUID) -> Reply:
    """A policy that the organisation keeps current, as a file or a link (SIG-11, LIC-1)."""
    form = PolicyDocument()
    _offer(form, in_force(Policy).licences.required_policies)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.record_policy_document(
                    ctx,
                    organisation_id,
                    kind=form.kind.data,
                    title=form.title.data or "",
                    owner=form.owner.data or "",
                    dated_on=form.dated_on.data,
                    next_review_on=form.next_review_on.data,
                    link=form.link.data or None,
                    file_name=form.file.data.filename if form.file.data else None,
                    file=form.file.data.read() if form.file.data else None,
                )
            return _back(organisation_id, "The policy is recorded.")
    return _form("Record a policy", form, organisation_id, "Save policy", upload=True)


@pages.route("/isa-checks/new", methods=["GET", "POST"])
@guarded(Permission.ISA_CHECK_RECORD)
def check_isa(organisation_id: UUID) -> Reply:
    """What the partnership's own list of ISA signatories says (SIG-12)."""
    form = IsaCheck()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.record_isa_check(
                    ctx, organisation_id, found=form.found.data == "yes", source=form.source.data or None
                )
            return _back(organisation_id, "The check is recorded.")
    return _form("Record an ISA check", form, organisation_id, "Save check")


def _offer(form: KeyContact | PolicyDocument, kinds: Sequence[str]) -> None:
    """The kinds to choose from, beginning with the one that the link which led here is about."""
    form.kind.choices = [(kind, KINDS[kind]) for kind in kinds]
    if not form.is_submitted():
        form.kind.data = lists.one_of("kind", kinds)


def _form(title: str, form: PlainForm, organisation_id: UUID, does: str, *, upload: bool = False) -> Reply:
    with work() as ctx:
        found = queries.organisation(ctx, organisation_id)
    return show("organisation_form.html", form, title=title, organisation=found, does=does, upload=upload)


def _back(organisation_id: UUID, done: str) -> Reply:
    return on("organisations.organisation", done, organisation_id=organisation_id)

"""Naming who speaks for an organisation: cleaned, at an official address, and with an account where they have one (COM-2)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from compliance.identity.addresses import normalise
from compliance.identity.queries import person_by_email
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Invalid
from compliance.licences.eligibility import official
from policies.values import Policy
from signatories.models import OrganisationDomain

from .errors import NotTheirAddress
from .rules import Speaker


def named(ctx: Context, organisation_id: UUID, given: Speaker, *, field: str = "our") -> Speaker:
    """This person as the side of this organisation keeps them; letters go to no address that is not official.

    Raises Invalid at `/<field>_name`, `/<field>_post` and `/<field>_email`; NotTheirAddress.
    """
    name = text.line(given.name, pointer=f"/{field}_name")
    post = text.line(given.post, pointer=f"/{field}_post")
    if not (given.email or "").strip():
        return Speaker(name, post)
    pointer = f"/{field}_email"
    try:
        email = normalise(given.email or "")
    except Invalid as problem:
        raise Invalid.at(pointer, problem.fields[0].detail) from None
    account = person_by_email(ctx, email)
    theirs = account is not None and account.organisation_id == organisation_id and account.closed_at is None
    if not theirs and not official(email, _domains(ctx, organisation_id), ctx.the(Policy)):
        raise NotTheirAddress(fields=(FieldError(pointer, NotTheirAddress.detail),))
    return Speaker(name, post, email, account.id if account is not None and theirs else None)


def _domains(ctx: Context, organisation_id: UUID) -> frozenset[str]:
    wanted = select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id == organisation_id)
    return frozenset(ctx.session.scalars(wanted))

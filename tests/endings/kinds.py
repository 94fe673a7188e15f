"""Every kind of ending: for each somebody, or a program, with a right, and the act that ends it (DEC-4)."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from compliance.decisions.exceptions.use_cases import end_break_glass
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue, verify
from compliance.identity.clients import sign_ons
from compliance.identity.clients import use_cases as clients
from compliance.identity.clients.models import ClientCredential
from compliance.identity.clients.queries import known
from compliance.identity.models import Password, Person, RoleHeld, SignIn
from compliance.identity.rules import Compromise
from compliance.kernel.clock import london_date
from compliance.kernel.context import House, operator
from compliance.kernel.secrets import KeyRing
from compliance.licences import use_cases as licences
from compliance.licences.rules import EndReason, Suspension
from policies.values import Policy
from signatories import use_cases as signatories
from signatories.models import KeyContact
from tests.builders import exceptions
from tests.builders.identity import WHY
from tests.builders.licences import acting, an_organisation, hub, rows_made, withdraw
from tests.builders.signatories import a_pdf

from .world import Asking, World

CHECK = "Seen with their passport at the front desk."
SHORTLY_SECONDS = 0.4
TOGETHER = 3
"""How many people lose their rights with their organisation's."""

POLICY_MOST = 60
"""Passwords are at most ninety days old; each change takes a day off."""


def a_world(house: House, endings: int, standing: int = 40) -> World:
    """So many endings, of every kind as many, and beside them some who keep their rights."""
    world = World(house)
    # Before anything ends: a role granted in the middle would be a state of rights of its own.
    for role in ("hub_manager", "hub_coordinator", "hub_supervisor", "steering_member"):
        world.who(role)
    for _ in range(standing):
        world.asks(world.holder())
    for number in range(endings):
        kind = KINDS[number % len(KINDS)]
        if kind is policy_changed and number // len(KINDS) >= POLICY_MOST:
            kind = suspended
        kind(world, number // len(KINDS))
    return world


def suspended(world: World, _number: int) -> None:
    one = world.holder()

    def act() -> None:
        with acting(world.house) as ctx:
            licences.suspend(ctx, one.licence, reason=Suspension.LEAVE)

    world.ends("licence suspended", [world.asks(one)], act)


def deactivated(world: World, _number: int) -> None:
    one = world.holder()

    def act() -> None:
        with acting(world.house) as ctx:
            licences.deactivate(ctx, one.licence, reason=EndReason.LEAVER)

    world.ends("licence ended", [world.asks(one)], act)


def locked(world: World, _number: int) -> None:
    one = world.holder()

    def act() -> None:
        with world.house.work(operator("test")) as ctx:
            person = ctx.session.get_one(Person, one.id)
            person.locked_at = ctx.now()
            rows_made(ctx, person)

    world.ends("person locked", [world.asks(one)], act)


def reset(world: World, _number: int) -> None:
    one = world.holder()

    def act() -> None:
        with world.house.work(*world.who("hub_manager")) as ctx:
            identity.reset_account(ctx, one.id, identity_check=CHECK)

    world.ends("account reset", [world.asks(one)], act)


def compromised(world: World, _number: int) -> None:
    one = world.holder()

    def act() -> None:
        with world.house.work(*world.who("hub_manager")) as ctx:
            identity.password_compromised(ctx, one.id, reason=next(iter(Compromise)))

    world.ends("password known to others", [world.asks(one)], act)


def role_ended(world: World, _number: int) -> None:
    one = world.holder(hub_team=True)
    with world.house.work(operator("test")) as ctx:
        identity.grant_role(ctx, one.id, role="hub_coordinator", reason=WHY)
        held = ctx.session.scalars(select(RoleHeld.id).where(RoleHeld.person_id == one.id)).one()

    def act() -> None:
        with world.house.work(*world.who("hub_manager")) as ctx:
            identity.end_role(ctx, held, reason=WHY)

    world.ends("role ended", [world.asks(one, action="case.create")], act)


def withdrawn(world: World, number: int) -> None:
    organisation = an_organisation(world.house, f"leaving-{number}")
    slots = [world.asks(world.holder(organisation)) for _ in range(TOGETHER)]

    def act() -> None:
        withdraw(world.house, organisation)

    world.ends("organisation withdrawn", slots, act)


def one_instrument(world: World, number: int) -> None:
    organisation = an_organisation(world.house, f"half-{number}")
    slots = [world.asks(world.holder(organisation)) for _ in range(TOGETHER)]

    def act() -> None:
        with acting(world.house) as ctx:
            signatories.withdraw(
                ctx, organisation, instruments=("op",), letter_name="letter.pdf", letter=a_pdf(),
                letter_on=london_date(ctx.now()), reasons="They keep the other.", acknowledged_by="Jo Made-Up",
            )  # fmt: skip

    world.ends("instrument ended", slots, act)


def contact_ended(world: World, number: int) -> None:
    organisation = an_organisation(world.house, f"contactless-{number}")
    slots = [world.asks(world.holder(organisation)) for _ in range(TOGETHER)]
    wanted = select(KeyContact.id).where(KeyContact.organisation_id == organisation, KeyContact.kind == "delegate")

    def act() -> None:
        with acting(world.house) as ctx:
            signatories.end_key_contact(ctx, ctx.session.scalars(wanted).one())

    world.ends("contact ended", slots, act)


def policy_changed(world: World, number: int) -> None:
    days = 89 - number
    slot = world.asks(world.holder(age=days))

    def act() -> None:
        with world.house.work(*world.who("hub_manager")) as ctx:
            proposal = identity.propose_policy_change(ctx, "password.max_age_days", days, reason=WHY)
        exceptions.agreed(world.house, proposal, world.who("steering_member"))

    world.ends("policy changed", [slot], act)


def break_glass_ended(world: World, number: int) -> None:
    one, reference = world.holder(), f"E-{number}"
    given = exceptions.opened(world.house, one.id, reference, world.who("hub_supervisor"), area="north-kent")

    def act() -> None:
        with acting(world.house) as ctx:
            end_break_glass(ctx, given.id)

    world.ends("break-glass ended", [world.asks(one, reference=reference, area="north-kent")], act)


def conflicted(world: World, number: int) -> None:
    one, reference = world.holder(), f"K-{number}"

    def act() -> None:
        proposal = exceptions.proposed(world.house, one.id, reference, world.who("hub_coordinator"))
        exceptions.agreed(world.house, proposal, world.who("hub_supervisor"))

    world.ends("conflict recorded", [world.asks(one, reference=reference)], act)


def uninvited(world: World, number: int) -> None:
    one, reference = world.holder(), f"I-{number}"
    with acting(world.house, hub("hub_coordinator")) as ctx:
        invitation = licences.invite_to_case(ctx, reference=reference, person_id=one.id, closed=True).id

    def act() -> None:
        with acting(world.house, hub("hub_coordinator")) as ctx:
            licences.end_case_invitation(ctx, invitation)

    world.ends("invitation ended", [world.asks(one, reference=reference)], act)


def closed(world: World, number: int) -> None:
    one, other, reference = world.holder(), world.holder(), f"M-{number}"

    def act() -> None:
        with acting(world.house, hub("hub_coordinator")) as ctx:
            licences.invite_to_case(ctx, reference=reference, person_id=other.id, closed=True)

    world.ends("case closed to others", [world.asks(one, reference=reference)], act)


def expired(world: World, _number: int) -> None:
    """Nobody acts at its end: the password is made so old that it expires a moment later."""
    one = world.holder()

    def act() -> float:
        with world.house.work(operator("test")) as ctx:
            days = ctx.the(Policy).password.max_age_days
            password = ctx.session.scalars(select(Password).where(Password.person_id == one.id)).one()
            at = ctx.now() + timedelta(seconds=SHORTLY_SECONDS)
            password.set_at = at - timedelta(days=days)
            rows_made(ctx, password)
        time.sleep(2 * SHORTLY_SECONDS)
        return at.timestamp()

    world.ends("by time alone", [world.asks(one)], act)


def client_ended(world: World, number: int) -> None:
    client_id, row, _ = _a_program(world, number)
    slot = _asked_by(world, issue(world.house, client_id, ["decisions"])[0])

    def act() -> None:
        with acting(world.house) as ctx:
            clients.end_client(ctx, row)

    world.ends("program ended", [slot], act)


def token_revoked(world: World, number: int) -> None:
    client_id, _, _ = _a_program(world, number)
    token = issue(world.house, client_id, ["decisions"])[0]
    claims = verify(world.house, token)
    assert claims is not None

    def act() -> None:
        with world.house.work(operator("test")) as ctx:
            client = known(ctx, client_id)
            assert client is not None
            sign_ons.revoke(ctx, client, claims.token_id, ctx.now() + timedelta(hours=1))

    world.ends("token revoked", [_asked_by(world, token)], act)


def credential_ended(world: World, number: int) -> None:
    client_id, row, secret = _a_program(world, number)
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    body = b"grant_type=client_credentials&scope=decisions"
    head = (
        f"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    wanted = select(ClientCredential.id).where(ClientCredential.client_id == row)

    def act() -> None:
        with acting(world.house) as ctx:
            clients.end_credential(ctx, row, ctx.session.scalars(wanted).one())

    world.ends("credential ended", [world.put(Asking(None, request=head.encode() + body))], act)


def session_ended(world: World, _number: int) -> None:
    one, token = world.holder(), f"mss_{secrets.token_hex(16)}"
    with world.house.work(operator("test")) as ctx:
        now, mark = ctx.now(), ctx.the(KeyRing).fingerprint("session", token)
        ctx.session.add(SignIn(id=ctx.new_id(), person_id=one.id, token=mark, opened_at=now, seen_at=now, whole_at=now))
    request = f"GET /api/v1/sessions/current HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"

    def act() -> None:
        with world.house.work(*world.who("hub_manager")) as ctx:
            identity.end_sessions_of(ctx, one.id)

    world.ends("session ended", [world.put(Asking(None, request=request.encode()))], act)


KINDS: tuple[Callable[[World, int], None], ...] = (
    suspended, deactivated, locked, reset, compromised, role_ended, withdrawn, one_instrument, contact_ended,
    policy_changed, break_glass_ended, conflicted, uninvited, closed, expired, client_ended, token_revoked,
    credential_ended, session_ended,
)  # fmt: skip


def _a_program(world: World, number: int) -> tuple[str, UUID, str]:
    with world.house.work(operator("test")) as ctx:
        client, secret = identity.register_client(ctx, name=f"Program {number}", scopes=["decisions"])
        return client.client_id, client.id, str(secret)


def _asked_by(world: World, token: str) -> int:
    """A slot for a question about somebody who keeps their rights, asked by a program that will not."""
    return world.put(Asking(json.loads(json.dumps(world.asked[0].question)), token))

"""Folding the registers into the book: everything about a person that no question can change (DEC-1)."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Connection, select

from audit.models import HEAD, LogHead, RightsChange
from compliance.kernel.clock import end_of
from compliance.kernel.context import House
from compliance.licences import eligibility
from compliance.licences.facts import Held, Holder, closed_cases, holders
from compliance.licences.rotas.rules import Turn, by_turns, day_and_clock, next_change, next_turn, opens, turn_at
from compliance.licences.rules import Item, Kind, Status, Suspension
from policies.access import Access
from policies.values import Policy
from signatories.facts import OrganisationFacts, standings

from . import reasons as why
from .accounts import MOST_NAMED, Account, accounts, live_clients, people_of
from .book import FOREVER, Action, Book, Right, Standing
from .exceptions.facts import NONE, Exceptions, exceptions
from .reasons import Reason

_NOBODY = Holder()


def open_book(connection: Connection, house: House) -> Book:
    """The whole book. What changes while it is read carries a newer state version, and is read again by it."""
    book = _empty(connection, house)
    _read_everything(connection, house, book)
    return book


def book_of(connection: Connection, house: House, person_ids: Collection[UUID]) -> Book:
    """A book of these people alone, as they are now: for who looks at some of them and keeps nothing."""
    book = _empty(connection, house)
    book.closed = closed_cases(connection)
    _fold(connection, house, book, person_ids)
    return book


def _empty(connection: Connection, house: House) -> Book:
    policy = house.the(Policy, connection)
    version = connection.execute(select(LogHead.state_version).where(LogHead.id == HEAD)).scalar_one()
    return Book(
        version,
        {
            name: Action(action.types, action.own_part, action.needs_area)
            for name, action in policy.case_actions.items()
        },
        policy,
    )


def read_changes(connection: Connection, house: House, book: Book, version: int) -> None:
    """Bring the book up to `version`: read again whoever the changes since its own version name."""
    changes = connection.execute(
        select(RightsChange.kind, RightsChange.subject_id)
        .where(RightsChange.state_version > book.state_version)
        .distinct()
    ).all()
    named: dict[str, set[UUID]] = {}
    for kind, subject in changes:
        named.setdefault(kind, set()).add(subject)
    policy = house.the(Policy, connection)
    if named.keys() - {"person", "organisation", "client", "closed_case"} or book.policy.version != policy.version:
        _read_everything(connection, house, book)
    else:
        if "client" in named:
            book.clients = live_clients(connection, house.clock.now())
        if "closed_case" in named:
            book.closed = closed_cases(connection)
        people = named.get("person", set()) | people_of(connection, named.get("organisation", set()))
        read_again(connection, house, book, [str(person) for person in people])
    book.state_version = version


def read_again(connection: Connection, house: House, book: Book, person_ids: Iterable[str]) -> None:
    """Read these people again as they are now."""
    wanted = [UUID(person) for person in person_ids]
    for person in wanted:
        book.strike(str(person))
    if wanted:
        _fold(connection, house, book, wanted)


def _read_everything(connection: Connection, house: House, book: Book) -> None:
    book.people.clear()
    book.policy = house.the(Policy, connection)
    book.clients = live_clients(connection, house.clock.now())
    book.closed = closed_cases(connection)
    _fold(connection, house, book, None)


def _fold(connection: Connection, house: House, book: Book, person_ids: Collection[UUID] | None) -> None:
    policy, access, at = book.policy, house.the(Access), house.clock.now()
    with _nothing_to_collect(everybody=person_ids is None):
        held = holders(connection, at, person_ids)
        beside = exceptions(connection, at, person_ids)
        found = accounts(connection, at, person_ids)
        # One person's change must not cost a look at every organisation: a hub may have twenty thousand.
        only = _theirs(found, held) if person_ids is not None else None
        organisations = standings(
            connection, at, only if only is None or len(only) <= MOST_NAMED else None, policy=policy
        )
        folding = _Folding(policy, access, organisations, at)
        for account in found:
            book.enter(folding.standing(account, held.get(account.id, _NOBODY), beside.get(account.id, NONE)))


def _theirs(found: Sequence[Account], held: Mapping[UUID, Holder]) -> set[UUID]:
    """The organisations these people work for, and those they hold licences of."""
    employers = {account.organisation_id for account in found if account.organisation_id is not None}
    return employers.union(licence.organisation_id for holder in held.values() for licence in holder.licences)


@contextmanager
def _nothing_to_collect(*, everybody: bool) -> Iterator[None]:
    """Keep the collector from walking a book that only grows while everybody is read, and out of it afterwards."""
    if not everybody or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Folding:
    """Makes one person's standing after another, from one look at the organisations."""

    def __init__(
        self, policy: Policy, access: Access, organisations: dict[UUID, OrganisationFacts], at: datetime
    ) -> None:
        self._policy = policy
        self._at = at
        self._organisations = organisations
        self._brought = {
            one: eligibility.of_organisation(facts, policy, at, given=True) for one, facts in organisations.items()
        }
        self._actions = cache(lambda roles: frozenset().union(*(access.case_actions(role) for role in roles)))
        # Every code by which a case can name one of these areas: the one it has now, and those it had before a merger.
        self._areas = cache(lambda areas: frozenset(areas).union(*map(policy.area_codes, areas)))

    def standing(self, account: Account, holder: Holder, beside: Exceptions) -> Standing:
        """Everything a decision needs of one person, and until when it holds without anybody acting."""
        person_id = str(account.id)
        failing, until = self._account(account)
        invited = {
            invitation.reference: invitation.until.timestamp() if invitation.until else FOREVER
            for invitation in holder.invitations
        }
        until = min([until, *invited.values(), *(opened.until for opened in beside.opened.values())])
        rights = []
        for licence in holder.licences:
            right = self._right(account, holder, licence, failing)
            until = min(until, right.until)
            rights.append(right)
        if not rights:
            rights.append(self._without_licence(account, failing))
            until = min(until, rights[0].until)
        rights.sort(key=lambda right: len(right.failing))
        for right in rights:
            right.until = until
        organisation = str(account.organisation_id) if account.organisation_id else None
        names = (person_id, account.email)
        return Standing(person_id, organisation, until, tuple(rights), invited, names, beside.opened, beside.kept)

    def _account(self, account: Account) -> tuple[tuple[Reason, ...], float]:
        failing = []
        until = FOREVER
        if account.closed_at is not None:
            failing.append(why.CLOSED_ACCOUNT)
        if account.locked_at is not None:
            failing.append(why.LOCKED)
        if account.password_set_at is None:
            failing.append(why.PASSWORD_NEVER)
        else:
            expires = account.password_set_at + timedelta(days=self._policy.password.max_age_days)
            if expires <= self._at:
                failing.append(why.PASSWORD_EXPIRED)
            else:
                until = expires.timestamp()
            if account.compromised_at is not None:
                failing.append(why.PASSWORD_COMPROMISED)
        if not account.enrolled:
            failing.append(why.NO_MFA)
        if account.roles_until is not None:
            until = min(until, account.roles_until.timestamp())
        return tuple(failing), until

    def _right(self, account: Account, holder: Holder, licence: Held, failing: tuple[Reason, ...]) -> Right:
        organisation = self._organisations[licence.organisation_id]
        items = [
            *self._brought[licence.organisation_id],
            *eligibility.of_person(holder, account.email, organisation, self._policy, self._at),
        ]
        against = [*failing, *_licence(licence, self._at)]
        until = _earliest(items, organisation)
        if licence.turns is not None and (change := next_change(licence.turns, self._at)) is not None:
            until = min(until, change.timestamp())
        if licence.ends_on is not None:
            last = end_of(licence.ends_on)
            if last <= self._at:
                against.append(why.PAST_ITS_END)
            else:
                until = min(until, last.timestamp())
        against.extend(why.SIGNATORY[rule] for rule in organisation.failing)
        required = self._policy.signatories.required_instruments
        against.extend(why.lapsed(item.code) for item in items if not item.met and item.code not in required)
        in_use = opens(licence.status, licence.suspension, licence.turns, self._at)
        roles = ("licence_holder", *account.roles) if in_use else account.roles
        return Right(
            str(licence.id),
            str(organisation.id),
            organisation.code,
            tuple(against),
            self._areas(tuple(licence.areas)),
            self._actions(roles),
            frozenset(licence.cases or ()) if licence.kind == Kind.BY_INVITE else None,
            until,
        )

    def _without_licence(self, account: Account, failing: tuple[Reason, ...]) -> Right:
        """Somebody who holds no licence is refused by that, and by where their organisation stands."""
        against = [*failing, why.NO_LICENCE]
        until = FOREVER
        organisation = self._organisations.get(account.organisation_id) if account.organisation_id else None
        if organisation is not None:
            against.extend(why.SIGNATORY[rule] for rule in organisation.failing)
            until = _earliest((), organisation)
        return Right("", str(account.organisation_id), "", tuple(against), frozenset(), frozenset(), None, until)


def _licence(licence: Held, at: datetime) -> list[Reason]:
    if licence.turns is not None and by_turns(licence.status, licence.suspension):
        return _turn(licence.turns, at)
    if licence.status == Status.ACTIVE:
        return []
    if licence.status != Status.SUSPENDED:
        return [why.LICENCE_WAITING]
    if licence.suspension == Suspension.ROTA:
        return [why.LICENCE_SUSPENDED, why.OUT_OF_TURN]
    return [why.LICENCE_SUSPENDED]


def _turn(turns: Sequence[Turn], at: datetime) -> list[Reason]:
    """The timetable at this instant, whatever the row says, which follows it a moment later (LIC-6)."""
    if turn_at(turns, at) is not None:
        return []
    next_one = next_turn(turns, at)
    return [why.NO_TURN if next_one is None else why.out_of_turn(day_and_clock(next_one[0]))]


def _earliest(items: Iterable[Item], organisation: OrganisationFacts) -> float:
    """The next instant at which any of this may change by itself."""
    moments = [item.until for item in items if item.until is not None]
    if organisation.until is not None:
        moments.append(organisation.until)
    return min(moments).timestamp() if moments else FOREVER

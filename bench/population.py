"""A hub of any size, put straight into the tables: for measuring, where the road through the use cases is not the question."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from compliance.identity.models import Authenticator, Password, Person
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences.models import Licence, LicenceArea, Training, Vetting
from policies.values import Policy
from signatories.models import (
    Instrument,
    InstrumentVersion,
    KeyContact,
    Organisation,
    OrganisationArea,
    OrganisationDomain,
    PolicyDocument,
    Signature,
    Upload,
)

AT_ONCE = 5000


def populate(house: House, people: int, *, organisations: int = 44, seed: int = 1) -> list[str]:
    """Fill an empty store with signatories and licence holders; gives everybody's id. Repeatable by `seed`."""
    dice = random.Random(seed)
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        partners = _organisations(connection, house, dice, organisations)
        return _people(connection, house, dice, partners, people)


def _organisations(connection: Connection, house: House, dice: random.Random, count: int) -> list[UUID]:
    now, today = house.clock.now(), house.clock.now().date()
    policy = house.the(Policy)
    upload = _id(dice)
    connection.execute(
        insert(Upload),
        [{"id": upload, "file_name": "op.pdf", "media_type": "application/pdf", "size": 4, "sha256": "0" * 64,
          "content": b"%PDF", "received_at": now}],
    )  # fmt: skip
    versions = []
    for code in policy.signatories.required_instruments:
        instrument, version = _id(dice), _id(dice)
        connection.execute(insert(Instrument), [{"id": instrument, "revision": 1, "code": code, "title": code}])
        connection.execute(
            insert(InstrumentVersion),
            [{"id": version, "revision": 1, "instrument_id": instrument, "label": "1", "upload_id": upload,
              "sha256": "0" * 64, "effective_on": date(2025, 4, 1), "published_at": now}],
        )  # fmt: skip
        versions.append((instrument, version))
    ids = [_id(dice) for _ in range(count)]
    rows: dict[type, list[dict[str, Any]]] = {
        kind: [] for kind in (Organisation, OrganisationArea, OrganisationDomain, PolicyDocument, KeyContact, Signature)
    }
    for number, one in enumerate(ids):
        rows[Organisation].append(
            {"id": one, "revision": 1, "code": f"partner-{number}", "name": f"Partner {number}", "sector": "Health",
             "kind": "standing", "takes_licences": True, "created_at": now}
        )  # fmt: skip
        rows[OrganisationArea].extend({"organisation_id": one, "area": area} for area in policy.areas)
        rows[OrganisationDomain].append(
            {"id": _id(dice), "revision": 1, "organisation_id": one, "domain": f"partner-{number}.example",
             "added_at": now}
        )  # fmt: skip
        rows[PolicyDocument].extend(
            {"id": _id(dice), "revision": 1, "organisation_id": one, "kind": kind, "title": kind, "owner": "owner",
             "dated_on": today, "next_review_on": today + timedelta(days=365), "recorded_at": now}
            for kind in policy.licences.required_policies
        )  # fmt: skip
        rows[KeyContact].extend(
            {"id": _id(dice), "revision": 1, "organisation_id": one, "kind": kind, "name": kind,
             "email": f"{kind}@partner-{number}.example", "since": now}
            for kind in policy.licences.required_contacts
        )  # fmt: skip
        rows[Signature].extend(
            {"id": _id(dice), "revision": 1, "organisation_id": one, "instrument_id": instrument,
             "version_id": version, "signed_name": "n", "signed_role": "r", "method": "paper", "signed_at": now,
             "document_sha256": "0" * 64, "recorded_at": now}
            for instrument, version in versions
        )  # fmt: skip
    for kind, lines in rows.items():
        connection.execute(insert(kind), lines)
    return ids


def _people(connection: Connection, house: House, dice: random.Random, partners: list[UUID], count: int) -> list[str]:
    now, today = house.clock.now(), house.clock.now().date()
    policy = house.the(Policy)
    areas = list(policy.areas)
    ids = []
    for numbers in _in_parts(iter(range(count))):
        rows: dict[type, list[dict[str, Any]]] = {
            kind: [] for kind in (Person, Password, Authenticator, Licence, LicenceArea, Training, Vetting)
        }
        for number in numbers:
            person, licence, partner = _id(dice), _id(dice), number % len(partners)
            ids.append(str(person))
            rows[Person].append(
                {"id": person, "revision": 1, "full_name": f"Person {number}", "hub_team": False, "created_at": now,
                 "email": f"person.{number}@partner-{partner}.example", "organisation_id": partners[partner]}
            )  # fmt: skip
            rows[Password].append({"id": _id(dice), "revision": 1, "person_id": person, "hash": "-", "set_at": now})
            rows[Authenticator].append(
                {"id": _id(dice), "revision": 1, "person_id": person, "secret": b"-", "made_in": person,
                 "created_at": now, "confirmed_at": now}
            )  # fmt: skip
            rows[Licence].append(
                {"id": licence, "revision": 1, "person_id": person, "organisation_id": partners[partner],
                 "kind": "standing", "status": "active", "reason": "-", "requested_by": "-", "requested_at": now,
                 "activated_at": now}
            )  # fmt: skip
            rows[LicenceArea].extend(
                {"licence_id": licence, "area": area} for area in dice.sample(areas, dice.randint(1, 3))
            )
            rows[Training].extend(
                {"id": _id(dice), "revision": 1, "person_id": person, "module": module, "done_on": today,
                 "recorded_by": "-"}
                for module in policy.licences.required_training
            )  # fmt: skip
            rows[Vetting].append(
                {"id": _id(dice), "revision": 1, "person_id": person, "level": "NPPV 2",
                 "holds_until": today + timedelta(days=365), "recorded_by": "-"}
            )  # fmt: skip
        for kind, lines in rows.items():
            connection.execute(insert(kind), lines)
    connection.execute(text("UPDATE log_head SET state_version = state_version + 1"))
    return ids


def _in_parts(numbers: Iterator[int]) -> Iterator[list[int]]:
    while part := list(islice(numbers, AT_ONCE)):
        yield part


def _id(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)

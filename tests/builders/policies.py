"""The policy in force, changed for tests: by two people, or behind the service's back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from compliance.identity import use_cases
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from policies.in_force import PolicyChange
from tests.builders.identity import Acting, someone

WHY = "The steering group asked for it."


def proposed(house: House, by: Acting, name: str, value: Any) -> Proposal:
    """Another value for the policy, proposed."""
    with house.work(*by) as ctx:
        return use_cases.propose_policy_change(ctx, name, value, reason=WHY)


def changed(house: House, name: str, value: Any) -> None:
    """A value changed by two people."""
    proposal = proposed(house, someone(house, "hub_manager"), name, value)
    with house.work(*someone(house, "steering_member")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)


def behind_the_back(house: House, name: str, after: str, number: int = 1) -> None:
    """A change written by somebody with the rights of the database and without anybody's agreement."""
    row = {"revision": 1, "name": name, "before": "0", "after": after, "proposal_id": uuid4()}
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(insert(PolicyChange).values(id=uuid4(), number=number, changed_at=house.clock.now(), **row))

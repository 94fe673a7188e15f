"""The acts that take two people. Each room names its own; the way they are proposed and decided is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from compliance.kernel.context import Context
from policies.permissions import Permission

from .models import Proposal

CarryOut = Callable[[Context, Proposal, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Hidden:
    """From whom proposals of a kind are kept, whatever their role: to them there is none (DEC-6).

    `unseen` is the condition, over proposals of the kind, that the actor may not know of one; `kept` says of one
    proposal who may not be told of it. What the log says of such a proposal names nobody.
    """

    unseen: Callable[[Context], ColumnElement[bool]]
    kept: Callable[[Context, Proposal], frozenset[UUID]]


@dataclass(frozen=True)
class Act:
    """One kind of thing: who may propose it, who may be the second person, and how it is done once both agree."""

    kind: str
    propose: Permission
    approve: Permission
    carry_out: CarryOut
    hidden: Hidden | None = None


ACTS: dict[str, Act] = {}


def permissions() -> frozenset[Permission]:
    """Every permission by which somebody proposes or decides on any act: what menus go by."""
    return frozenset(permission for act in ACTS.values() for permission in (act.propose, act.approve))


def takes_two(
    kind: str, *, propose: Permission, approve: Permission, hidden: Hidden | None = None
) -> Callable[[CarryOut], CarryOut]:
    """Name an act that takes two people. The function does it, as the second person, and looks at no permission."""

    def register(carry_out: CarryOut) -> CarryOut:
        if kind in ACTS:
            raise TypeError(f"the act {kind} is named twice")
        ACTS[kind] = Act(kind, propose, approve, carry_out, hidden)
        return carry_out

    return register

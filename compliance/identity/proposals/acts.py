"""The acts that take two people. Each room names its own; the way they are proposed and decided is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.kernel.context import Context
from policies.permissions import Permission

from .models import Proposal

CarryOut = Callable[[Context, Proposal, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Act:
    """One kind of thing: who may propose it, who may be the second person, and how it is done once both agree."""

    kind: str
    propose: Permission
    approve: Permission
    carry_out: CarryOut


ACTS: dict[str, Act] = {}


def permissions() -> frozenset[Permission]:
    """Every permission by which somebody proposes or decides on any act: what menus go by."""
    return frozenset(permission for act in ACTS.values() for permission in (act.propose, act.approve))


def takes_two(kind: str, *, propose: Permission, approve: Permission) -> Callable[[CarryOut], CarryOut]:
    """Name an act that takes two people. The function does it, as the second person, and looks at no permission."""

    def register(carry_out: CarryOut) -> CarryOut:
        if kind in ACTS:
            raise TypeError(f"the act {kind} is named twice")
        ACTS[kind] = Act(kind, propose, approve, carry_out)
        return carry_out

    return register

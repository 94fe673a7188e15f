"""Who may do what, compiled once from Casbin and then only looked up.

Casbin is asked about roles, never about people, once for each role, permission and reach; its answers are
kept in a table that is never changed afterwards. Anything that goes wrong while asking breaks the policy,
and with a broken policy the service does not start (DEC-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import casbin

from compliance.kernel.context import Actor, Context, Holding
from compliance.kernel.errors import Forbidden, NotFound

from .permissions import Permission
from .values import BrokenPolicy, Policy

ROLES = (
    "hub_manager", "hub_supervisor", "hub_coordinator", "licence_holder", "authorised_signatory", "delegate",
    "escalation_contact", "ig_officer", "steering_member", "executive_chair", "case_system", "operator", "job",
)  # fmt: skip
HUB_ROLES = frozenset({"hub_manager", "hub_supervisor", "hub_coordinator"})
REACHES = ("hub", "organisation", "area")
_NARROWED_BY = (1, 2)
"""Where permission and reach stand in a line and in a question."""

_ASKED_FOR = frozenset({"r_permission == p_permission", "r_reach == p_reach"})


@dataclass(frozen=True)
class Access:
    """The table of answers: for each role, the permissions it has and how far each reaches."""

    table: dict[str, frozenset[tuple[str, str]]]

    @classmethod
    def load(cls, directory: Path, policy: Policy) -> Access:
        """Ask Casbin everything there is to ask; raises BrokenPolicy."""
        permissions = [*Permission, *policy.case_actions]
        try:
            enforcer = _enforcer(directory)
            _check_lines(enforcer, set(permissions))
            questions = sorted({(permission, distance) for _, permission, distance in enforcer.get_policy()})
            table = {
                role: frozenset(question for question in questions if enforcer.enforce(role, *question))
                for role in ROLES
            }
        except BrokenPolicy:
            raise
        except Exception as problem:
            raise BrokenPolicy(f"access_policy.csv: {problem}") from problem
        return cls(table)

    def allows(self, holding: Holding, permission: str, organisation_id: UUID | None) -> bool:
        """Whether one holding of a role permits this, upon a thing of this organisation (None: the hub's)."""
        granted = self.table.get(holding.role, frozenset())
        if (permission, "hub") in granted:
            return True
        return (
            (permission, "organisation") in granted
            and holding.organisation_id is not None
            and organisation_id == holding.organisation_id
        )

    def permits(self, actor: Actor, permission: str, organisation_id: UUID | None) -> bool:
        """Whether anything the actor holds permits this, upon a thing of this organisation (None: the hub's)."""
        return any(self.allows(holding, permission, organisation_id) for holding in actor.holdings)

    def could(self, actor: Actor, permission: str) -> bool:
        """Whether anything the actor holds permits this upon anything at all."""
        return any(
            granted == permission
            for holding in actor.holdings
            for granted, _reach in self.table.get(holding.role, frozenset())
        )

    def case_actions(self, role: str) -> frozenset[str]:
        """What a role may do in the case system, within the areas of a licence."""
        return frozenset(permission for permission, reach in self.table.get(role, ()) if reach == "area")


def may(ctx: Context, permission: Permission, *, organisation: UUID | None = None) -> bool:
    """Whether the actor may do this to a thing of this organisation."""
    return ctx.the(Access).permits(ctx.actor, permission, organisation)


def require(ctx: Context, permission: Permission, *, organisation: UUID | None = None) -> None:
    """Refuse unless the actor may: NotFound where the thing is another organisation's (ROL-4), else Forbidden."""
    if may(ctx, permission, organisation=organisation):
        return
    if organisation is not None and could(ctx, permission):
        raise NotFound()
    raise Forbidden()


def reach(ctx: Context, permission: Permission) -> frozenset[UUID] | None:
    """How far a list may go: None for everything, or these organisations; raises Forbidden for neither."""
    access = ctx.the(Access)
    organisations = set()
    for holding in ctx.actor.holdings:
        granted = access.table.get(holding.role, frozenset())
        if (permission, "hub") in granted:
            return None
        if (permission, "organisation") in granted and holding.organisation_id:
            organisations.add(holding.organisation_id)
    if not organisations:
        raise Forbidden()
    return frozenset(organisations)


def could(ctx: Context, permission: Permission) -> bool:
    """The coarse look of a door: whether any role the actor holds permits this upon anything at all."""
    return ctx.the(Access).could(ctx.actor, permission)


def _enforcer(directory: Path) -> casbin.FastEnforcer:
    """Casbin, looking at those lines alone that name the permission and the reach asked about.

    Which is a twentieth of the work, at the start of every process, and the same answer so long as the matcher asks
    for both to be equal; a model that does not is refused.
    """
    model, lines = str(directory / "access_model.conf"), str(directory / "access_policy.csv")
    enforcer = casbin.FastEnforcer(model, lines, cache_key_order=_NARROWED_BY)
    matcher = enforcer.model["m"]["m"].value
    if "||" in matcher or not {part.strip() for part in matcher.split("&&")} >= _ASKED_FOR:
        raise BrokenPolicy("access_model.conf: its matcher has to ask for the same permission and the same reach")
    return enforcer


def _check_lines(enforcer: casbin.FastEnforcer, permissions: set[str]) -> None:
    for role, permission, distance in enforcer.get_policy():
        if role not in ROLES or permission not in permissions or distance not in REACHES:
            raise BrokenPolicy(f"access_policy.csv: {role}, {permission}, {distance} names nothing we know")

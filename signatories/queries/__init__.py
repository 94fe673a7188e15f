"""What can be read of the register: one organisation, one version, the whole register as at an instant."""

from __future__ import annotations

from .records import (
    Line,
    WithdrawalRow,
    current_version,
    history,
    key_contacts,
    names,
    opened,
    organisation,
    organisation_by_code,
    policy_documents,
    sectors,
    version,
    versions,
    withdrawal,
    withdrawals,
)
from .register import AsAt, IsaCell, RegisterRow, instant_of, isa_cell, isa_checks_due, register
from .standing import InstrumentStanding, Standing, facts, signable, standing, withdrawn

__all__ = [
    "AsAt", "InstrumentStanding", "IsaCell", "Line", "RegisterRow", "Standing", "WithdrawalRow",
    "current_version", "facts", "history", "instant_of", "isa_cell", "isa_checks_due", "key_contacts", "names", "opened",
    "organisation", "organisation_by_code", "policy_documents", "register", "sectors", "signable", "standing",
    "version", "versions", "withdrawal", "withdrawals", "withdrawn",
]  # fmt: skip

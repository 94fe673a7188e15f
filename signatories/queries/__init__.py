"""What can be read of the register: one organisation, one version, the whole register as at an instant."""

from __future__ import annotations

from .history import Line, history
from .isa import IsaCell, isa_cell, isa_checks_waiting
from .records import (
    MOST,
    WithdrawalRow,
    current_version,
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
)
from .register import AsAt, Look, RegisterRow, instant_of, isa_checks_due, look, register
from .standing import InstrumentStanding, Standing, facts, reading, signable, standing, to_sign, withdrawn

__all__ = [
    "MOST", "AsAt", "InstrumentStanding", "IsaCell", "Line", "Look", "RegisterRow", "Standing", "WithdrawalRow",
    "current_version", "facts", "history", "instant_of", "isa_cell", "isa_checks_due", "isa_checks_waiting",
    "key_contacts", "look", "names", "opened", "organisation", "organisation_by_code", "policy_documents", "reading",
    "register", "sectors", "signable", "standing", "to_sign", "version", "versions", "withdrawal", "withdrawn",
]  # fmt: skip

"""Everything a person can decide to do with the register of signatories."""

from __future__ import annotations

from .assurance import end_key_contact, name_key_contact, read_policy, record_isa_check, record_policy_document
from .paper import record_paper_signature
from .reading import export_register, view_history, view_register
from .registering import add_domain, publish_version, register_instrument, register_organisation
from .signing import open_version, refuse_to_sign, sign
from .withdrawal_register import export_withdrawals, read_letter, view_withdrawals
from .withdrawing import acknowledge_duties, call_off, carry_out, withdraw

__all__ = [
    "acknowledge_duties", "add_domain", "call_off", "carry_out", "end_key_contact", "export_register", "export_withdrawals",
    "name_key_contact", "open_version", "publish_version", "read_letter", "read_policy", "record_isa_check",
    "record_paper_signature", "record_policy_document", "refuse_to_sign", "register_instrument",
    "register_organisation", "sign", "view_history", "view_register", "view_withdrawals", "withdraw",
]  # fmt: skip

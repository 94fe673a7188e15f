"""Every permission of this service's own doors, by name. A name without a policy line fails the build."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What somebody may be allowed to do here; what they may do in the case system stands in `case_actions.toml`."""

    REGISTER_READ = "register.read"
    REGISTER_SEED = "register.seed"
    DOMAIN_MANAGE = "domain.manage"
    CONTACT_MANAGE = "contact.manage"
    POLICY_DOCUMENT_RECORD = "policy_document.record"
    INSTRUMENT_OPEN = "instrument.open"
    INSTRUMENT_SIGN = "instrument.sign"
    INSTRUMENT_REFUSE = "instrument.refuse"
    REFUSAL_RECORD = "refusal.record"
    SIGNATURE_RECORD_PAPER = "signature.record_paper"
    ISA_CHECK_RECORD = "isa_check.record"
    WITHDRAWAL_RECORD = "withdrawal.record"
    WITHDRAWAL_READ = "withdrawal.read"
    LICENCE_READ = "licence.read"
    LICENCE_REQUEST = "licence.request"
    LICENCE_APPROVE = "licence.approve"
    LICENCE_REFUSE = "licence.refuse"
    LICENCE_SUSPEND = "licence.suspend"
    LICENCE_RESUME = "licence.resume"
    LICENCE_DEACTIVATE = "licence.deactivate"
    LICENCE_REALLOCATE = "licence.reallocate"
    LICENCE_END_OWN = "licence.end_own"
    TRAINING_RECORD = "training.record"
    VETTING_RECORD = "vetting.record"
    CASE_ACCESS_INVITE = "case_access.invite"
    PERSON_INVITE = "person.invite"
    ROLE_GRANT = "role.grant"
    ROLE_APPROVE = "role.approve"
    ACCOUNT_RESET = "account.reset"
    ACCOUNT_RECOVER = "account.recover"
    RECOVERY_APPROVE = "recovery.approve"
    PASSWORD_COMPROMISED = "password.compromised"  # noqa: S105 - a permission, not a password
    POLICY_PROPOSE = "policy.propose"
    POLICY_APPROVE = "policy.approve"
    NOTICE_READ = "notice.read"
    CLIENT_MANAGE = "client.manage"
    AUDIT_READ = "audit.read"

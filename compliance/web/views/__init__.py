"""The pages, by what people come to do."""

from __future__ import annotations

from . import (
    access_audits,
    account,
    assurance,
    audit,
    bulk,
    capacity,
    certificates,
    challenges,
    concerns,
    distribution,
    evidence,
    factors,
    flags,
    home,
    information_assets,
    instruments,
    licences,
    notices,
    organisations,
    people,
    policy,
    proposals,
    register,
    rotas,
    second_step,
    sessions,
    sign_in,
    signing,
    use_audit,
    waiting,
    withdrawals,
)
from . import audit_files as _audit_files  # noqa: F401 - its routes stand on the blueprint of `audit`
from . import audit_looks as _audit_looks  # noqa: F401 - its routes stand on the blueprint of `audit`
from . import audit_searches as _audit_searches  # noqa: F401 - its routes stand on the blueprint of `audit`
from . import licence_steps as _licence_steps  # noqa: F401 - its routes stand on the blueprint of `licences`
from . import ways_back as _ways_back  # noqa: F401 - its routes stand on the blueprint of `people`
from . import withdrawal_register as _withdrawal_register  # noqa: F401 - its routes stand on that of `withdrawals`

ALL = (
    sign_in.pages,
    second_step.pages,
    account.pages,
    factors.pages,
    home.pages,
    register.pages,
    capacity.pages,
    organisations.pages,
    instruments.pages,
    assurance.pages,
    signing.pages,
    certificates.pages,
    challenges.pages,
    evidence.pages,
    withdrawals.pages,
    distribution.pages,
    information_assets.pages,
    licences.pages,
    bulk.pages,
    use_audit.pages,
    waiting.pages,
    rotas.pages,
    people.pages,
    proposals.pages,
    policy.pages,
    sessions.pages,
    notices.pages,
    audit.pages,
    access_audits.pages,
    flags.pages,
    concerns.pages,
)

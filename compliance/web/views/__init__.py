"""The pages, by what people come to do."""

from __future__ import annotations

from . import (
    access_audits,
    account,
    assurance,
    audit,
    breaches,
    break_glass,
    bulk,
    capacity,
    certificates,
    challenges,
    complaints,
    concerns,
    conflicts,
    data_breaches,
    data_complaints,
    distribution,
    escalations,
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
from . import breach_steps as _breach_steps  # noqa: F401 - its routes stand on the blueprint of `breaches`
from . import audit_searches as _audit_searches  # noqa: F401 - its routes stand on the blueprint of `audit`
from . import complaint_steps as _complaint_steps  # noqa: F401 - its routes stand on the blueprint of `complaints`
from . import data_breach_steps as _data_breach_steps  # noqa: F401 - its routes stand on that of `data_breaches`
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
    breaches.pages,
    data_breaches.pages,
    conflicts.pages,
    break_glass.pages,
    complaints.pages,
    concerns.pages,
    data_complaints.pages,
    escalations.pages,
)

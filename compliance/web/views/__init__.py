"""The pages, by what people come to do."""

from __future__ import annotations

from . import (
    account,
    assurance,
    audit,
    certificates,
    factors,
    home,
    instruments,
    licences,
    notices,
    organisations,
    people,
    policy,
    proposals,
    register,
    second_step,
    sessions,
    sign_in,
    signing,
    waiting,
    withdrawals,
)
from . import licence_steps as _licence_steps  # noqa: F401 - its routes stand on the blueprint of `licences`
from . import withdrawal_register as _withdrawal_register  # noqa: F401 - its routes stand on that of `withdrawals`
from . import ways_back as _ways_back  # noqa: F401 - its routes stand on the blueprint of `people`

ALL = (
    sign_in.pages,
    second_step.pages,
    account.pages,
    factors.pages,
    home.pages,
    register.pages,
    organisations.pages,
    instruments.pages,
    assurance.pages,
    signing.pages,
    certificates.pages,
    withdrawals.pages,
    licences.pages,
    waiting.pages,
    people.pages,
    proposals.pages,
    policy.pages,
    sessions.pages,
    notices.pages,
    audit.pages,
)

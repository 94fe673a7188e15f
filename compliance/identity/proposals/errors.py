"""How a proposal, or a decision on one, is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class WaitsAlready(Conflict):
    code = "proposal-waits-already"
    rule = "ROL-3"
    detail = "The same thing has been proposed already and waits for a second person."


class ProposalOver(Conflict):
    code = "proposal-over"
    rule = "ROL-3"
    detail = (
        "This proposal has been decided, taken back, or was left for too long. Propose it again if it is still wanted."
    )


class NotWhatWasAsked(Conflict):
    """The decision names another digest than the proposal has: somebody looked at something else."""

    code = "proposal-not-what-was-asked"
    rule = "ROL-3"
    detail = "What you decided on is not what the proposal asks for now. Look at it again, then decide."


class ProposerGone(Conflict):
    """Whoever proposed it could not propose it now, so it is void, whoever would agree."""

    code = "proposal-void"
    rule = "ROL-3"
    detail = (
        "Whoever proposed this may do so no longer: their role has ended, or their account is locked or closed. "
        "Refuse it; if it is still wanted, somebody else can propose it."
    )


class OwnProposal(Forbidden):
    code = "proposal-own"
    rule = "ROL-3"
    detail = "You proposed this yourself. Somebody else has to decide on it."


class ForOneself(Forbidden):
    code = "proposal-for-oneself"
    rule = "ROL-3"
    detail = "This is about you. Somebody else has to decide on it."


class TooNew(Forbidden):
    code = "proposal-too-new"
    rule = "ROL-3"
    detail = "Whoever proposed this made your account or gave you a role a short while ago. Somebody else has to decide on it."


class NotTheProposer(Forbidden):
    code = "proposal-not-yours"
    rule = "ROL-3"
    detail = "Only whoever proposed this can take it back. You can refuse it."

"""How a step about an outage, its packs or their passphrase is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, StaleForm


class NoPassphrase(Conflict):
    code = "outage-passphrase-missing"
    rule = "GOV-3"
    detail = "There is no passphrase yet, so no pack can be made. A manager of the hub makes the first one."


class TooFewHolders(Conflict):
    code = "outage-holders-too-few"
    rule = "GOV-3"
    detail = "Too few people would hold the passphrase. Name another holder first."


class HolderAlready(Conflict):
    code = "outage-holder-already"
    rule = "GOV-3"
    detail = "This person holds the passphrase already."


class NotAHolder(Forbidden):
    code = "outage-not-a-holder"
    rule = "GOV-3"
    detail = "The passphrase is shown to its named holders alone. A manager of the hub names them."


class TurnedMeanwhile(StaleForm):
    code = "outage-passphrase-turned-meanwhile"
    rule = "GOV-3"
    detail = "The passphrase was turned while you were looking at it. Look at it as it is now."


class PackGone(Conflict):
    code = "outage-pack-gone"
    rule = "GOV-3"
    detail = "This pack does not lie in its folder any more, or is not what was made. Take a newer one."


class OutageOpen(Conflict):
    code = "outage-open-already"
    rule = "GOV-3"
    detail = "An outage is declared already. Go on with that one."


class OutageOver(Conflict):
    code = "outage-over"
    rule = "GOV-3"
    detail = "This outage is closed. Declare another one if the case system is down again."


class StillDown(Conflict):
    code = "outage-still-down"
    rule = "GOV-3"
    detail = "The case system is not said to be back yet. Say first since when it is."


class BackAlready(Conflict):
    code = "outage-back-already"
    rule = "GOV-3"
    detail = "The case system is said to be back already."


class NotTranscribed(Conflict):
    code = "outage-not-transcribed"
    rule = "GOV-3"
    detail = "Something that was taken by hand is neither entered into the case system nor given a reason. Finish the list first."


class TranscribedAlready(Conflict):
    code = "outage-entry-settled"
    rule = "GOV-3"
    detail = "This was settled already: entered into the case system, or given a reason."


class PackRefused(Conflict):
    """A pack that would not serve. Whoever asked reads what to do; `problem`, which names folders, is for the log alone."""

    rule = "GOV-3"

    def __init__(self, problem: str = "") -> None:
        super().__init__()
        self.problem = problem

    def __str__(self) -> str:
        return self.problem or self.words

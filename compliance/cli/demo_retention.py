"""The demo's scene of retention: records of every group, some due, some held, and a disposal at each of its stages (RET-1 to RET-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from uuid import UUID

from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import london_date
from compliance.kernel.context import Actor, Holding
from compliance.kernel.jobs import run_now
from policies.values import Policy
from retention import use_cases as records
from retention.disposals import use_cases as disposals
from retention.disposals.jobs import JOBS as INSTRUCT
from retention.disposals.models import DisposalManifest
from retention.disposals.queries import instructions
from retention.holds import use_cases as holds
from retention.reviews import deciding, queries
from retention.reviews.deciding import Found
from retention.reviews.jobs import JOBS as REVIEWS
from retention.reviews.jobs import MAKE
from retention.reviews.queries import Which
from retention.use_cases import Registered

from .demo_stage import Somebody, Stage

_YEAR = 365
GONE = ("0311", "0087")
TOLD = ("0204", "0019")
AGREED = ("0133",)
ASKED = ("0340", "0055")
FREE = ("0102",)
"""Numbers of records of group 3 whose time is over: disposed of, instructed, agreed to, proposed, and free to go."""
EVENTS = ("new_offence", "suspected_offence", "risk_of_harm")


class Retention:
    """The case system as it registers records, and the two who say that some may go."""

    def __init__(self, stage: Stage, client_id: str, supervisor: Somebody) -> None:
        self.stage, self.supervisor = stage, supervisor
        self.officer = stage.the("ig_officer")
        self.called: dict[str, str] = {}
        self.program = Actor("client", client_id, holdings=frozenset({Holding("case_system")}))

    def begins(self) -> None:
        """Records come in, with what happened on them; what is due is reviewed, and some of it proposed to go."""
        self._go_their_way()
        self._of_every_group()
        run_now(self.stage.house, MAKE)
        self._review(GONE + TOLD + AGREED + ASKED + FREE, "dispose", "no", "Its time is over, and nobody needs it.")
        self._review(("0277",), "retain", "yes", "It is part of a pattern that goes on.")
        self._hold("death_review", "subject", "P-0007", "The review has asked for all that concerns this person.", 200)
        self._agreed(self._proposed(GONE))

    def goes_on(self) -> None:
        """A second manifest is agreed to, and a hold of last year is to be looked at soon."""
        self._agreed(self._proposed(TOLD))
        self._hold("inquiry", "record", self.called["0045"], "Named in a letter of the inquiry.", 29)

    def is_told(self) -> None:
        """The first manifest's waiting is over: the case system is told, and confirms."""
        run_now(self.stage.house, INSTRUCT[0])
        with self.stage.house.work(self.program) as ctx:
            told = [item.id for item in instructions(ctx)]
        for item_id in told:
            with self.stage.house.work(self.program) as ctx:
                disposals.confirm(ctx, item_id, method="erased", disposed_on=london_date(ctx.now()))

    def ends(self) -> None:
        """The second is told and not confirmed yet, a third waits for its time, a fourth for somebody's agreement."""
        run_now(self.stage.house, INSTRUCT[0])
        self._agreed(self._proposed(AGREED))
        self._proposed(ASKED)
        for job in REVIEWS:
            run_now(self.stage.house, job)

    def _go_their_way(self) -> None:
        for place, number in enumerate(GONE + TOLD + AGREED + ASKED + FREE):
            self._registers(number, 3, self._ago(8 * _YEAR + 40 * place))

    def _of_every_group(self) -> None:
        """Three dozen more, so that every year to come has some of them."""
        places = [self.stage.organisation_id(code) for code in ("swale", "kmpt", "clarion")]
        self._registers("0277", 2, self._ago(10 * _YEAR + 30), places[0])
        self._registers("0045", 3, self._ago(7 * _YEAR), places[1])
        self._registers("0512", 2, self._ago(10 * _YEAR - 55), places[2])
        for number in range(36):
            group = 1 + number % 3
            opened = self._ago(90 + 97 * number)
            born = self._ago(_YEAR * (30 + number)) if group == 1 and number % 2 == 0 else None
            self._registers(f"{600 + number:04}", group, opened, places[number % 3], born, f"P-{number // 3:04}")
            if number % 5 == 0:
                self._happens(f"{600 + number:04}", opened + timedelta(days=60), EVENTS[number % 3])

    def _registers(
        self, number: str, group: int, opened_on: date, place: UUID | None = None, born_on: date | None = None,
        subject: str | None = None,
    ) -> None:  # fmt: skip
        self.called[number] = f"KM-{opened_on.year}-{number}"
        said = Registered([group], opened_on, born_on=born_on, subject=subject, organisation_id=place)
        with self.stage.house.work(self.program) as ctx:
            records.register(ctx, self.called[number], said)

    def _happens(self, number: str, on: date, kind: str) -> None:
        with self.stage.house.work(self.program) as ctx:
            records.tell(ctx, self.called[number], event_id=f"{number}-1", kind=kind, happened_on=on)

    def _review(self, numbers: Iterable[str], decision: str, answer: str, reason: str) -> None:
        for number in numbers:
            with self.stage.as_(self.officer) as ctx:
                [listed] = queries.reviews(ctx, search=self.called[number]).rows
                answers = dict.fromkeys(ctx.the(Policy).retention_questions, answer)
                deciding.decide(ctx, listed.review.id, Found(answers, decision, reason))

    def _hold(self, ground: str, reach: str, value: str, reason: str, days: int) -> None:
        with self.stage.as_(self.officer) as ctx:
            review_on = london_date(ctx.now()) + timedelta(days=days)
            holds.place(ctx, ground=ground, reach=reach, value=value, reason=reason, review_on=review_on)

    def _proposed(self, numbers: Iterable[str]) -> DisposalManifest:
        with self.stage.as_(self.supervisor) as ctx:
            found = (queries.reviews(ctx, which=Which.PROPOSED, search=self.called[each]).rows for each in numbers)
            ids = [rows[0].record.id for rows in found]
            return disposals.propose(ctx, ids, reason="Reviewed; nothing speaks for keeping them.")

    def _agreed(self, manifest: DisposalManifest) -> None:
        with self.stage.as_(self.officer) as ctx:
            asked = ctx.session.get_one(Proposal, manifest.proposal_id)
            proposals.approve(ctx, asked.id, digest=asked.digest)

    def _ago(self, days: int) -> date:
        return london_date(self.stage.clock.now()) - timedelta(days=days)


def begins(stage: Stage, client_id: str, supervisor: Somebody, say: Callable[[str], None]) -> Retention:
    """Play the first part of the scene; the others follow in their time."""
    say("Records of the case system: their reviews, holds and disposals")
    scene = Retention(stage, client_id, supervisor)
    scene.begins()
    return scene

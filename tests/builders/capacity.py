"""A hub whose seats are all taken, one of them by somebody who never came, while two wait."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.licences.models import Licence
from compliance.licences.quarterly.models import UseExemption
from tests.builders.licences import a_licence, acting, an_organisation, rows_made, seats
from tests.builders.use import used
from tests.builders.waiting import vetted_until, waits


class Hub:
    """Two seats, taken a hundred days ago: one was never used, one eight days ago; two wait, the first not ready."""

    def __init__(self, house: House, clock: FixedClock) -> None:
        self.house = house
        seats(house, standing=2, by_invite=1)
        self.swale = an_organisation(house, "swale", review_in_days=400)
        self.thanet = an_organisation(house, "thanet", review_in_days=400)
        self.never = a_licence(house, self.swale, "never@swale.gov.uk")
        self.lately = a_licence(house, self.swale, "lately@swale.gov.uk", areas=("mid-kent", "medway"))
        clock.move(timedelta(days=100))
        used(house, self.lately.id, at=clock.now() - timedelta(days=5))
        self.first = waits(house, self.thanet, "first@thanet.gov.uk")
        self.second = waits(house, self.thanet, "second@thanet.gov.uk")
        vetted_until(house, self.first, date(2027, 3, 2))
        clock.move(timedelta(days=3))

    def exempts(self, licence: Licence) -> None:
        with acting(self.house) as ctx:
            exemption = UseExemption(
                id=ctx.new_id(), licence_id=licence.id, reason="Maternity", ends_on=date(2027, 12, 1),
                granted_by="-", granted_at=ctx.now(),
            )  # fmt: skip
            rows_made(ctx, exemption)

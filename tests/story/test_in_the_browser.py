"""From a signed agreement to a permitted decision, and to a refusal the moment a right ends: by pages, in a browser."""

from __future__ import annotations

import pytest

from tests.story import asking, licensing, overseeing, signing
from tests.story.conftest import Story


@pytest.mark.rule(
    "SIG-1", "SIG-2", "SIG-6", "SIG-7", "SIG-8", "LIC-1", "LIC-2", "LIC-3", "LIC-5", "LIC-12", "IDN-1", "IDN-3", "IDN-4",
    "IDN-6", "IDN-8", "DEC-1", "DEC-2", "DEC-3", "DEC-4", "DEC-7", "ROL-2", "AUD-1",
)  # fmt: skip
def test_from_a_signed_agreement_to_a_permitted_decision_and_to_the_end_of_it(story: Story) -> None:
    # 1. The hub manager, invited by a single-use link, sets a password, enrols an app, signs in with both.
    hub = signing.the_hub_manager_comes_in(story)

    # 2. The register shows every organisation that OP 11 lists, in its sector, with its areas and state.
    signing.the_register_shows_every_organisation(hub)

    # 3. A partner's authorised person opens each version and signs it after a fresh code.
    signatory = signing.the_partner_signs(hub, story)

    # 4. A delegate asks for a licence for a colleague; complete, it is approved; the colleague begins.
    licensed = licensing.a_colleague_is_licensed(hub, story)

    # 5. The case system asks; the licence is suspended; the organisation withdraws.
    case_system = asking.the_case_system(story)
    asking.the_case_system_asks(case_system)
    asking.the_licence_is_suspended(hub, licensed, case_system)
    asking.the_organisation_withdraws(signatory, licensed, story, case_system)
    asking.nothing_of_it_is_left(hub, signatory, licensed, case_system)

    # 6. The information governance officer reads all of it, and is refused everything else.
    officer = overseeing.the_officer_reads_the_log(hub, story)
    overseeing.the_officer_reads_every_register(officer)
    swale = licensing.organisation_of(hub, licensed.page)
    overseeing.the_officer_is_refused_everything_else(officer, licensed.page, swale)
    overseeing.the_hub_manager_cannot_read_the_log(hub)

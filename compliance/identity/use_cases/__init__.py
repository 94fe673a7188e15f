"""What people decide to do about accounts: each public function is one act, named as the protocol names it.

Three of these acts cost an Argon2id hash of some 40 ms: signing in, using a link, changing a password. SQLite
has one writer at a time, so a hash inside a unit of work would hold up everybody's changes and every
decision's audit entry. Therefore the hash is always verified or made *before* the unit of work takes its turn:

* `sign_in(house, origin, …)` opens its own look and its own unit of work, in this order: `ask` (a look),
  `check` (the hash, no transaction at all), `settle` (the unit of work, which looks again at everything the
  answer stands on). The door then waits `Outcome.wait_seconds`, outside any transaction, before it answers.
* `accept_invitation(ctx, …)` and `change_password(ctx, …)` look and hash before they first touch `ctx.session`,
  whose transaction begins only then; whoever calls them does so as the first thing in a unit of work.
"""

from __future__ import annotations

from compliance.identity.clients.queries import check_client
from compliance.identity.clients.use_cases import end_client, register_client

from .compromise import password_compromised
from .email_codes import send_code, send_first_code
from .enrolling import Enrolment, confirm_email, confirm_enrolment, start_enrolment
from .forgetting import forget_sign_ins
from .invitations import accept_invitation, end_links, invite, invite_person, look_at_invitation, make_invitation
from .passkeys import (
    ask_for_passkey,
    end_passkey,
    freshen_by_passkey,
    give_passkey,
    make_passkey,
    start_passkey,
)
from .passwords import change_password
from .people import add_person
from .policy_changes import propose_policy_change
from .resetting import identity_check_of, propose_recovery, recover_alone, reset_account
from .roles import close_role, end_role, end_roles_at, grant_role
from .sessions import Opened, end_sessions, sign_out
from .signing_in import Outcome, freshen, give_code, sign_in
from .signing_out import end_own_session, end_sessions_of, sign_out_everywhere
from .warning import warn_of_expiry

__all__ = [
    "Enrolment", "Opened", "Outcome", "accept_invitation", "add_person", "ask_for_passkey", "change_password",
    "check_client", "close_role", "confirm_email", "confirm_enrolment", "end_client",
    "end_links", "end_own_session", "end_passkey", "end_role", "end_roles_at", "end_sessions", "end_sessions_of", "forget_sign_ins", "freshen", "freshen_by_passkey", "give_code", "give_passkey",
    "grant_role", "identity_check_of", "invite", "invite_person", "look_at_invitation", "make_invitation",
    "make_passkey", "password_compromised", "propose_policy_change", "propose_recovery", "recover_alone", "register_client",
    "reset_account", "send_code", "send_first_code", "sign_in", "sign_out", "sign_out_everywhere", "start_enrolment",
    "start_passkey", "warn_of_expiry",
]  # fmt: skip

"""Everything a person can decide to do about licences; each is one function, named by the protocol's verb."""

from .asking import move, request, request_of
from .case_access import end_case_invitation, invite_to_case
from .deciding import Approved, approve, reallocate, refuse, wait_for_seat
from .keeping import deactivate, expire, keep_eligibility, resume, suspend
from .recording import record_training, record_vetting, set_seats
from .withdrawing import confirm_withdrawal, preview_withdrawal

__all__ = [
    "Approved", "approve", "confirm_withdrawal", "deactivate", "end_case_invitation", "expire", "invite_to_case", "keep_eligibility", "move",
    "preview_withdrawal", "reallocate", "record_training", "record_vetting", "refuse", "request", "request_of", "resume", "set_seats", "suspend", "wait_for_seat",
]  # fmt: skip

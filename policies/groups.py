"""Which numbers and lists the protocol has, group by group: each class is a file beside this module, each field a value in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PasswordValues:
    """What a password must be and how long it lasts (IDN-1, IDN-2)."""

    min_length: int
    max_length: int
    character_kinds: tuple[str, ...]
    history: int
    max_age_days: int
    warn_days: tuple[int, ...]


@dataclass(frozen=True)
class SecondFactorValues:
    """Which second factors may be used, and how long a code opens (IDN-3)."""

    partner_methods: tuple[str, ...]
    hub_methods: tuple[str, ...]
    code_drift_steps: int
    email_code_minutes: int
    email_code_tries: int
    email_codes_most: int


@dataclass(frozen=True)
class SignInValues:
    """How guessing is met, and how long a first link opens (IDN-4, IDN-8)."""

    failures_to_slow: int
    slowest_answer_seconds: int
    failures_to_lock: int
    source_failures: int
    source_window_minutes: int
    source_failures_day: int
    device_days: int
    half_open_minutes: int
    invitation_hours: int


@dataclass(frozen=True)
class SessionValues:
    """How long a sign-in lasts, a repeated second factor counts, and what is left of it is kept (IDN-6, RET-9)."""

    idle_minutes: int
    session_hours: int
    fresh_minutes: int
    kept_days: int


@dataclass(frozen=True)
class CountryValues:
    """Where nobody signs in from, and whose word on where a request came from is believed (IDN-7)."""

    refused_countries: tuple[str, ...]
    trusted_proxies: tuple[str, ...]


@dataclass(frozen=True)
class TwoPeopleValues:
    """How long the second person may take, and who is too new to be one (ROL-3)."""

    proposal_days: int
    newcomer_days: int


@dataclass(frozen=True)
class LicenceValues:
    """What LIC-1 asks for, its days of grace, and how long a by-invite licence may last (LIC-7, LIC-13)."""

    required_policies: tuple[str, ...]
    required_training: tuple[str, ...]
    required_contacts: tuple[str, ...]
    policy_grace_days: int
    by_invite_longest_days: int
    runs_out_warn_days: tuple[int, ...]
    unused_warning_days: int
    use_exemption_longest_days: int
    waiting_order: tuple[str, ...]
    offer_working_days: int
    bulk_rows: int
    bulk_bytes: int


@dataclass(frozen=True)
class CapacityValues:
    """From when a seat counts as idle or lightly used, and what a proposal to free seats leaves alone (LIC-11)."""

    idle_days: int
    light_days: int
    young_days: int
    rota_people: int


@dataclass(frozen=True)
class ClientValues:
    """How long what programs show and are shown counts, and how they are told that a sign-in ended (DEC-3, DEC-4)."""

    overlap_days: int
    assertion_seconds: int
    code_seconds: int
    id_token_minutes: int
    logout_first_pause_seconds: int
    logout_longest_pause_minutes: int
    logout_hours: int
    calls_a_minute: int
    decisions_a_minute: int


@dataclass(frozen=True)
class DecisionValues:
    """How long a permit and a token may be relied on, and how many questions fit a batch (DEC-7)."""

    permit_seconds: int
    token_minutes: int
    batch_most: int


@dataclass(frozen=True)
class SignatoryValues:
    """What is signed, reviewed and checked how often, and of what an organisation is told when (SIG-4 to SIG-12)."""

    required_instruments: tuple[str, ...]
    isa_check_days: int
    letter_bytes: int
    policy_review_most_years: int
    withdrawal_most_days: int
    roles_kept: tuple[str, ...]
    policy_warn_days: tuple[int, ...]
    policy_grace_warn_days: tuple[int, ...]
    resign_remind_days: tuple[int, ...]
    go_live: date
    review_after_months: tuple[int, ...]
    review_every_months: int
    review_early_days: int


@dataclass(frozen=True)
class ChangeValues:
    """How long a program may wait for a change of rights, and how one that is sent is sent again (DEC-4)."""

    wait_seconds: int
    first_pause_seconds: int
    longest_pause_minutes: int
    whole_seconds: int
    answer_bytes: int
    told_after_minutes: int
    told_again_hours: int
    overlap_hours: int
    shown_days: int
    endpoints_most: int


@dataclass(frozen=True)
class NoticeValues:
    """How soon a letter that could not be sent is tried again, and when one that waits is late (GOV-5)."""

    first_pause_seconds: int
    longest_pause_minutes: int
    late_minutes: int


@dataclass(frozen=True)
class AuditValues:
    """What may be reported and read, what counts as out of hours, and how often the log is witnessed (AUD-1 to AUD-6)."""

    events_most: int
    event_late_days: int
    event_early_seconds: int
    purpose_needed_for: tuple[str, ...]
    answers_kept_hours: int
    office_from_hour: int
    office_until_hour: int
    personal_days: int
    saved_searches_most: int
    export_rows_most: int
    sheet_rows_most: int
    proofs_most: int
    witness_every_minutes: int
    witness_late_hours: int
    audit_sign_off_working_days: int
    audit_reminder_working_days: int
    flag_review_working_days: int
    flag_reminder_working_days: int
    flag_explained_days: int
    concerns_most: int


@dataclass(frozen=True)
class ExceptionValues:
    """How long break-glass lasts, and by when it is reviewed (DEC-5)."""

    break_glass_hours: int
    break_glass_review_working_days: int


@dataclass(frozen=True)
class BreachValues:
    """How long each step of a breach may take, and the clock of a personal-data breach (BRE-2, BRE-3)."""

    raise_working_days: int
    partner_working_days: int
    judge_working_days: int
    manager_working_days: int
    steering_working_days: int
    reminder_working_days: int
    notify_hours: int
    notify_warn_hours: tuple[int, ...]
    reports_most: int
    words_most: int
    draft_days: int


@dataclass(frozen=True)
class ComplaintValues:
    """How long each stage of a complaint may take, and when one about data is acknowledged (COM-8, COM-9)."""

    stage_working_days: tuple[int, ...]
    reminder_working_days: int
    words_most: int
    report_words_most: int
    acknowledge_days: int
    acknowledge_warn_days: int


@dataclass(frozen=True)
class EscalationValues:
    """How long an organisation that does not take part has to answer each group (GOV-2)."""

    steering_working_days: int
    tactical_working_days: int
    executive_working_days: int
    reminder_working_days: int
    words_most: int


@dataclass(frozen=True)
class ComplaintTheme:
    """What complaints are about, so that they can be counted (COM-6)."""

    code: str
    name: str
    means: str
    clause: str


@dataclass(frozen=True)
class DataCategory:
    """A kind of personal data that a breach can touch, as the regulator is told (UK GDPR Article 33(3)(a))."""

    code: str
    name: str
    clause: str


@dataclass(frozen=True)
class ReadingPurpose:
    """One reason for which the log is read (AUD-1): whoever reads it names one, and every reading carries its code."""

    code: str
    name: str
    means: str
    clause: str


@dataclass(frozen=True)
class AccessPurpose:
    """One reason for which somebody looks at a case or hands something out of it, by its code (DPA 2018 s.62)."""

    code: str
    means: str
    clause: str


@dataclass(frozen=True)
class InformationAsset:
    """Something this service keeps, as the Information Asset Register lists it (OP 11.1, SIG-8).

    `page` is where it stands in the service, `export` where it leaves it as a spreadsheet; both empty where it does not.
    """

    code: str
    name: str
    holds: str
    owner: str
    purpose: str
    basis: str
    clause: str
    kept: str
    page: str
    export: str


@dataclass(frozen=True)
class Area:
    """One area MARAC: its code, its name and its districts (OP 4.4); `formerly` are codes of areas that became part of it."""

    code: str
    name: str
    districts: tuple[str, ...]
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseAction:
    """One thing the case system can ask about: `case.view`, the resource types it is asked on, what it needs."""

    name: str
    types: frozenset[str]
    own_part: bool
    needs_area: bool

"""The policy in force: every number and list of the protocol, read from files beside this module.

A value is a table in a TOML file with what it `means`, its `clause` and its `rule`; the classes of `groups` say
which values there are. A file with one too many or too few does not load, and the service does not start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from compliance.kernel.calendar import Calendar

from . import files, own
from .accountability_groups import AccountabilityValues, Measure, checked_measures
from .files import STANDARDS as STANDARDS
from .files import Provenance as Provenance
from .files import in_kind as in_kind
from .floors import BrokenPolicy as BrokenPolicy
from .floors import below_the_floor
from .groups import (
    AccessPurpose,
    Area,
    AuditValues,
    BreachValues,
    CapacityValues,
    CaseAction,
    ChangeValues,
    ClientValues,
    ComplaintTheme,
    ComplaintValues,
    CountryValues,
    DataCategory,
    DecisionValues,
    EscalationValues,
    ExceptionValues,
    InformationAsset,
    LicenceValues,
    NoticeValues,
    PasswordValues,
    ReadingPurpose,
    SecondFactorValues,
    SessionValues,
    SignatoryValues,
    SignInValues,
    TwoPeopleValues,
)
from .growth_groups import GrowthValues
from .keeping import DisposalValues, HoldGround, RetentionEvent, RetentionQuestion, RetentionValues
from .need_to_know import NeedToKnowRule, checked_rules
from .outage_groups import OutagePackValues, OutageStep, OutageValues, checked_packs, checked_steps
from .own import OwnRule, OwnTable
from .reports import ReportKind, ReportValues, checked_kinds
from .sharing_groups import FactCounter, LawfulBasis, SharingChoice, SharingValues, checked_bodies, checked_counters
from .support_groups import HelpChoice, SupportValues
from .training_groups import TrainingModule, WelcomeItem, checked_modules

T = TypeVar("T")

CHANGEABLE = ("password", "second_factor", "sign_in", "sessions", "countries", "two_people")
"""The groups whose values two people may change while the service runs; the others change with their files (IDN-9)."""


@dataclass(frozen=True)
class Policy:
    """Everything the files say, and `version`: the first 16 hex digits of the SHA-256 over all of them."""

    version: str
    password: PasswordValues
    second_factor: SecondFactorValues
    sign_in: SignInValues
    sessions: SessionValues
    countries: CountryValues
    two_people: TwoPeopleValues
    licences: LicenceValues
    capacity: CapacityValues
    decisions: DecisionValues
    clients: ClientValues
    changes: ChangeValues
    signatories: SignatoryValues
    notices: NoticeValues
    audit: AuditValues
    exceptions: ExceptionValues
    breaches: BreachValues
    complaints: ComplaintValues
    escalations: EscalationValues
    accountability: AccountabilityValues
    outage_packs: OutagePackValues
    outages: OutageValues
    reports: ReportValues
    growth: GrowthValues
    support: SupportValues
    retention: RetentionValues
    disposal: DisposalValues
    sharing: SharingValues
    calendar: Calendar
    need_to_know: dict[str, NeedToKnowRule]
    access_purposes: dict[str, AccessPurpose]
    reading_purposes: dict[str, ReadingPurpose]
    complaint_themes: dict[str, ComplaintTheme]
    data_categories: dict[str, DataCategory]
    retention_events: dict[str, RetentionEvent]
    retention_questions: dict[str, RetentionQuestion]
    hold_grounds: dict[str, HoldGround]
    lawful_bases: dict[str, LawfulBasis]
    reuse_purposes: dict[str, SharingChoice]
    reuse_overrides: dict[str, SharingChoice]
    disclosure_bodies: dict[str, SharingChoice]
    disclosure_materials: dict[str, SharingChoice]
    fact_counters: dict[str, FactCounter]
    help_subjects: dict[str, HelpChoice]
    help_checks: dict[str, HelpChoice]
    measures: dict[str, Measure]
    report_kinds: dict[str, ReportKind]
    training: dict[str, TrainingModule]
    welcome: dict[str, WelcomeItem]
    outage_steps: dict[str, OutageStep]
    own_records: dict[str, OwnRule]
    own_tables: dict[str, OwnTable]
    areas: dict[str, Area]
    assets: dict[str, InformationAsset]
    case_actions: dict[str, CaseAction]
    seats: dict[str, int]
    personal_email_providers: frozenset[str]
    public_suffixes: frozenset[str]
    context_words: frozenset[str]
    provenance: tuple[Provenance, ...]

    @classmethod
    def load(cls, directory: Path) -> Policy:
        """Read the whole directory; raises BrokenPolicy naming the file and what is wrong in it."""
        provenance: list[Provenance] = []
        own_records, own_tables = _own(directory)
        counters = checked_counters(files.tables(directory, "fact_counters.toml", FactCounter))

        def values(file: str, shape: type[T]) -> T:
            return files.values(directory, file, shape, provenance)

        licences = values("licences.toml", LicenceValues)
        loaded = cls(
            version=files.version(directory),
            password=values("password.toml", PasswordValues),
            second_factor=values("second_factor.toml", SecondFactorValues),
            sign_in=values("sign_in.toml", SignInValues),
            sessions=values("sessions.toml", SessionValues),
            countries=values("countries.toml", CountryValues),
            two_people=values("two_people.toml", TwoPeopleValues),
            licences=licences,
            capacity=values("capacity.toml", CapacityValues),
            decisions=values("decisions.toml", DecisionValues),
            clients=values("clients.toml", ClientValues),
            changes=values("changes.toml", ChangeValues),
            signatories=values("signatories.toml", SignatoryValues),
            notices=values("notices.toml", NoticeValues),
            audit=values("audit.toml", AuditValues),
            exceptions=values("exceptions.toml", ExceptionValues),
            breaches=values("breaches.toml", BreachValues),
            complaints=values("complaints.toml", ComplaintValues),
            escalations=values("escalations.toml", EscalationValues),
            accountability=values("accountability.toml", AccountabilityValues),
            outage_packs=checked_packs(values("outage_packs.toml", OutagePackValues)),
            outages=values("outages.toml", OutageValues),
            reports=values("reports.toml", ReportValues),
            growth=values("growth.toml", GrowthValues),
            support=values("support.toml", SupportValues),
            retention=values("retention.toml", RetentionValues),
            disposal=values("disposal.toml", DisposalValues),
            sharing=values("sharing.toml", SharingValues),
            calendar=values("calendar.toml", Calendar),
            need_to_know=checked_rules(files.tables(directory, "need_to_know.toml", NeedToKnowRule)),
            access_purposes=files.tables(directory, "access_purposes.toml", AccessPurpose),
            reading_purposes=files.tables(directory, "reading_purposes.toml", ReadingPurpose),
            complaint_themes=files.tables(directory, "complaint_themes.toml", ComplaintTheme),
            data_categories=files.tables(directory, "data_categories.toml", DataCategory),
            retention_events=files.tables(directory, "retention_events.toml", RetentionEvent),
            retention_questions=files.tables(directory, "retention_questions.toml", RetentionQuestion),
            hold_grounds=files.tables(directory, "hold_grounds.toml", HoldGround),
            lawful_bases=files.tables(directory, "lawful_bases.toml", LawfulBasis),
            reuse_purposes=files.tables(directory, "reuse_purposes.toml", SharingChoice),
            reuse_overrides=files.tables(directory, "reuse_overrides.toml", SharingChoice),
            disclosure_bodies=checked_bodies(files.tables(directory, "disclosure_bodies.toml", SharingChoice)),
            disclosure_materials=files.tables(directory, "disclosure_materials.toml", SharingChoice),
            fact_counters=counters,
            help_subjects=files.tables(directory, "help_subjects.toml", HelpChoice),
            help_checks=files.tables(directory, "help_checks.toml", HelpChoice),
            measures=checked_measures(files.tables(directory, "accountability_measures.toml", Measure), counters),
            report_kinds=checked_kinds(files.tables(directory, "report_kinds.toml", ReportKind)),
            training=checked_modules(
                files.tables(directory, "training.toml", TrainingModule), licences.required_training
            ),
            welcome=files.tables(directory, "welcome.toml", WelcomeItem),
            outage_steps=checked_steps(files.tables(directory, "outage_steps.toml", OutageStep)),
            own_records=own_records,
            own_tables=own_tables,
            areas=_areas(files.read(directory, "areas.toml")),
            assets=files.tables(directory, "information_assets.toml", InformationAsset),
            case_actions=_case_actions(files.read(directory, "case_actions.toml")),
            seats={kind: terms["seats"] for kind, terms in files.read(directory, "contract.toml").items()},
            personal_email_providers=files.lines(directory, "personal_email_providers.txt"),
            public_suffixes=files.lines(directory, "public_suffixes.txt"),
            context_words=files.lines(directory, "context_words.txt"),
            provenance=tuple(provenance),
        )
        loaded.stand_on_the_floor()
        return loaded

    @cached_property
    def area_now(self) -> dict[str, str]:
        """For each code that an area has or had: the one it has now. What was written under an old one is the area's still."""
        return {code: area.code for area in self.areas.values() for code in (area.code, *area.formerly)}

    def areas_now(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The areas these codes stand for now, each once; a code that no area has or had stays as it is."""
        return tuple(dict.fromkeys(self.area_now.get(code, code) for code in codes))

    def area_codes(self, area: str) -> tuple[str, ...]:
        """Every code that the area of this code has or had; none for an area that there is not."""
        wanted = self.area_now.get(area)
        return tuple(code for code, now in self.area_now.items() if now == wanted)

    def area_name(self, code: str) -> str:
        """The name of the area that a code stands for now; the code itself where there is none."""
        area = self.areas.get(self.area_now.get(code, code))
        return area.name if area else code

    def stand_on_the_floor(self) -> None:
        """Raises BrokenPolicy naming the value that is weaker than anybody may make it (IDN-9)."""
        for known in self.provenance:
            says = below_the_floor(known.name, known.value)
            if says:
                raise BrokenPolicy(f"{known.file}: {known.key} {says}")

    def with_changes(self, changes: Mapping[str, Any], version: str) -> Policy:
        """The same with these values in the place of the files', by name; raises BrokenPolicy for what cannot be."""
        changed: dict[str, Any] = {}
        for group in CHANGEABLE:
            held = getattr(self, group)
            new = {key: changes[f"{group}.{key}"] for key in _keys(held) if f"{group}.{key}" in changes}
            changed[group] = replace(held, **new) if new else held
        provenance = tuple(
            replace(known, value=changes[known.name]) if known.name in changes else known for known in self.provenance
        )
        whole = replace(self, version=version, provenance=provenance, **changed)
        whole.stand_on_the_floor()
        return whole

    def known(self, name: str) -> Provenance | None:
        """Where the value of this name comes from; None for a name that no change can have (IDN-9)."""
        if name.partition(".")[0] not in CHANGEABLE:
            return None
        return next((known for known in self.provenance if known.name == name), None)

    def kind_of(self, name: str) -> Any:
        """The type that a value of this name has."""
        group, _, key = name.partition(".")
        return get_type_hints(type(getattr(self, group)))[key]


@cache
def packaged() -> Policy:
    """The policy as these files have it, read once: for whoever asks a rule from outside the service.

    Inside it, the policy in force is handed in: an installation may have files of its own.
    """
    return Policy.load(Path(__file__).parent)


def _keys(group: Any) -> list[str]:
    return [each.name for each in fields(group)]


def _own(directory: Path) -> tuple[dict[str, OwnRule], dict[str, OwnTable]]:
    try:
        rules = own.rules_of(files.tables(directory, "own_records.toml", OwnRule))
        return rules, own.tables_of(files.read(directory, "own_tables.toml"), rules)
    except ValueError as problem:
        raise BrokenPolicy(f"own records: {problem}") from problem


def _areas(tables: dict[str, Any]) -> dict[str, Area]:
    areas = {
        code: Area(code, area["name"], tuple(area["districts"]), tuple(area.get("formerly", ())))
        for code, area in tables.items()
    }
    former = [code for area in areas.values() for code in area.formerly]
    if len({*former, *areas}) < len(former) + len(areas):
        raise BrokenPolicy("areas.toml: a code that an area had formerly is one area's alone, and no present one's")
    return areas


def _case_actions(groups: dict[str, Any]) -> dict[str, CaseAction]:
    actions = {}
    for prefix, group in groups.items():
        for verb in group["actions"]:
            name = f"{prefix}.{verb}"
            actions[name] = CaseAction(
                name,
                frozenset(group["types"]),
                own_part=verb in group.get("own_part", ()),
                needs_area=verb not in group.get("no_area", ()),
            )
    return actions

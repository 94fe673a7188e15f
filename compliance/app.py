"""Putting the house together: the only module that knows all the rooms."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask
from flask_migrate import Migrate

from audit.guard import PolicyVersion
from policies.access import Access
from policies.in_force import VERSION_IN_FORCE, PolicyInForce
from policies.values import Policy
from retention import models as _retention  # noqa: F401
from retention.disposals import models as _disposals  # noqa: F401
from retention.holds import models as _holds  # noqa: F401
from retention.reviews import models as _retention_reviews  # noqa: F401
from signatories.challenges import models as _challenges  # noqa: F401
from signatories.reviews import models as _reviews  # noqa: F401
from signatories.welcome import models as _welcome  # noqa: F401
from signatories.withdrawals import models as _withdrawals  # noqa: F401

from .accesses.audits import models as _access_audits  # noqa: F401
from .accesses.flags import models as _flags  # noqa: F401
from .accesses.reading import models as _searches  # noqa: F401
from .accesses.reporting import models as _reported  # noqa: F401
from .api import document as contract
from .api import doors as api
from .api.allowances import Allowance
from .api.evaluation import DecisionDoor
from .api.metrics import Measured
from .breaches import models as _incidents  # noqa: F401
from .breaches.notifying import models as _data_breaches  # noqa: F401
from .changes import models as _time_marks  # noqa: F401
from .changes.waiting import Bell
from .changes.webhooks import use_cases as _webhooks  # noqa: F401 - its tables, and the act that takes two people
from .complaints import models as _complaints  # noqa: F401
from .complaints.data_protection import models as _data_complaints  # noqa: F401
from .decisions.desk import Desk
from .decisions.exceptions import use_cases as _exceptions  # noqa: F401 - its tables, and acts that take two people
from .governance.escalations import models as _escalations  # noqa: F401
from .governance.facts import models as _facts  # noqa: F401
from .governance.growth import models as _growth  # noqa: F401
from .governance.outages import models as _outages  # noqa: F401
from .governance.reports import models as _reports  # noqa: F401
from .governance.support import models as _support  # noqa: F401
from .identity.clients import use_cases as _clients  # noqa: F401 - its tables, and acts that take two people
from .identity.countries import Countries
from .identity.patience import Patience
from .identity.proposals import models as _proposals  # noqa: F401 - its table is the store's, whoever proposes
from .kernel import idempotency as _idempotency  # noqa: F401
from .kernel.clock import Clock, SystemClock
from .kernel.context import House
from .kernel.contract import Contract
from .kernel.db import db, engine_options, teach_manners
from .kernel.secrets import KeyRing
from .kernel.settings import REPOSITORY, Settings
from .licences import consequences as _licences_react  # noqa: F401
from .licences.quarterly import models as _quarterly  # noqa: F401
from .licences.rotas import consequences as _rotas_react  # noqa: F401
from .licences.rotas import models as _rotas  # noqa: F401
from .licences.waiting import models as _waiting  # noqa: F401
from .notices import models as _notices  # noqa: F401 - their table is the store's, whoever writes one
from .notices.ways import Post
from .papers.typesetting import Press
from .sharing import models as _sharing  # noqa: F401
from .sharing.disclosures import models as _disclosed  # noqa: F401
from .sharing.reuse import models as _reuse  # noqa: F401
from .sharing.statement import models as _statement  # noqa: F401
from .web import doors as web
from .witnesses import models as _witnesses  # noqa: F401
from .witnesses import use_cases as _rollbacks  # noqa: F401 - the act that takes two people
from .witnesses.watch import Watch

MIGRATIONS = REPOSITORY / "migrations"


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The whole service as a WSGI application; raises Misconfigured or BrokenPolicy rather than start unsafely."""
    app = furnished(settings, clock)
    api.register(app)
    web.register(app)
    house_of(app).fixtures[Desk] = Desk(house_of(app))
    app.wsgi_app = Measured(DecisionDoor(house_of(app), app.wsgi_app))  # type: ignore[method-assign]
    return app


def furnished(settings: Settings, clock: Clock | None = None) -> Flask:
    """The house without its doors: all that a command, a job or the scheduler needs. Raises as `create_app` does."""
    keys = KeyRing.load(settings.key_file)
    policy, access = _rules(settings.policy_dir)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        # Flask would take it from the environment; a debugger here would be a door.
        DEBUG=False,
        SECRET_KEY=keys.cookies,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.wait_seconds, settings.threads),
    )
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        engine = db.engine
    teach_manners(engine, settings.wait_seconds)
    app.extensions["compliance"] = House(
        settings,
        clock or SystemClock(),
        engine,
        {
            KeyRing: keys,
            Access: access,
            Patience: Patience(settings.threads),
            Policy: policy,
            PolicyVersion: VERSION_IN_FORCE,
            Countries: Countries(settings.countries_file),
            Post: Post.of(settings),
            Press: Press(),
            Watch: Watch(),
            Bell: Bell.of(settings.threads),
            Allowance: Allowance("calls"),
            Contract: Contract(contract.FILE),
        },
    )
    return app


def house_of(app: Flask) -> House:
    """The house that an application was put together for."""
    return cast(House, app.extensions["compliance"])


def _rules(directory: Path) -> tuple[PolicyInForce, Access]:
    policy = Policy.load(directory)
    return PolicyInForce(policy), _access(directory, policy.version)


@cache
def _access(directory: Path, _version: str) -> Access:
    return Access.load(directory, Policy.load(directory))

"""What the service counts of itself, for whoever watches it (Prometheus): how much is asked, how long it takes, how it is.

Nothing in it is anybody's: no names, no ids, no addresses. It is answered only to the networks that the settings name,
and to nothing that came through a proxy, because behind one everybody has the proxy's address.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from audit.models import HEAD, LogHead
from compliance.identity.whence import address_of
from compliance.kernel.context import House, house
from compliance.kernel.errors import NotFound
from compliance.kernel.jobs import last_beat

from .access import open_door
from .health import checks
from .replies import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

metrics = Blueprint("metrics", __name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy says that it is one with."""

SEVERAL = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `compliance serve`: where each of its processes counts, to be added up."""

DOORS = (
    ("/access/", "decisions"), ("/api/v1/changes", "changes"), ("/api/", "api"), ("/oauth2/", "oauth"),
    ("/.well-known/", "oauth"), ("/static/", "files"), ("/live", "health"), ("/ready", "health"), ("/metrics", "health"),
)  # fmt: skip
"""By which door a request came, told from how its path begins; whatever else is a page."""

OURS = CollectorRegistry()
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_answers = Counter(
    "compliance_answers", "Answers given, by door and class of status.", ["door", "status"], registry=OURS
)
_seconds = Histogram(
    "compliance_answer_seconds", "Seconds from a request to its answer.", ["door"], buckets=_BUCKETS, registry=OURS
)
_counted = {
    (door, status): _answers.labels(door, f"{status}xx")
    for door in {"pages", *(name for _, name in DOORS)}
    for status in range(1, 6)
}
_timed = {door: _seconds.labels(door) for door in {"pages", *(name for _, name in DOORS)}}


class Measured:
    """WSGI middleware: counts what goes by, and how long it took."""

    def __init__(self, onward: WSGIApplication) -> None:
        self._onward = onward

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status = 5

        def begin(line: str, *more: object) -> object:
            nonlocal status
            status = int(line[0])
            return start_response(line, *more)  # type: ignore[arg-type]

        began = perf_counter()
        try:
            return self._onward(environ, begin)  # type: ignore[arg-type]
        finally:
            door = door_of(environ["PATH_INFO"])
            _counted[door, status].inc()
            _timed[door].observe(perf_counter() - began)


def door_of(path: str) -> str:
    """The name of the door that this path leads to."""
    return next((name for start, name in DOORS if path.startswith(start)), "pages")


@metrics.get("/metrics")
@open_door
def read() -> Reply:
    """What is counted, in the text format of Prometheus; to everybody else there is nothing here."""
    if not _may_look():
        raise NotFound()
    registry = OURS
    if SEVERAL in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    now.register(_Now(house()))
    return Response(generate_latest(registry) + generate_latest(now), 200, content_type=CONTENT_TYPE_LATEST)


def _may_look() -> bool:
    address = address_of(request.remote_addr)
    if address is None or any(name in request.environ for name in FORWARDED):
        return False
    return any(address in network for network in house().settings.metrics_networks)


class _Now(Collector):
    """How the service is at this moment, asked of the store."""

    def __init__(self, here: House) -> None:
        self._here = here

    def collect(self) -> Iterator[Metric]:
        fit = GaugeMetricFamily(
            "compliance_fit", "1 where a check of /ready is well, 0 where it is not.", labels=["check"]
        )
        for name, check in checks(self._here).items():
            fit.add_metric([name], float(check.status == "ok"))
        yield fit
        try:
            with self._here.engine.connect() as connection:
                size = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar()
            beat = last_beat(self._here, "scheduler")
        except SQLAlchemyError:
            return
        yield GaugeMetricFamily("compliance_log_entries", "Entries in the audit log.", value=float(size or 0))
        if beat is not None:
            seconds = (self._here.clock.now() - beat).total_seconds()
            yield GaugeMetricFamily(
                "compliance_scheduler_silent_seconds", "Seconds since the scheduler was heard.", value=seconds
            )

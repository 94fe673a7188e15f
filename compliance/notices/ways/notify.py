"""Sending by GOV.UK Notify, in the place of SMTP: the optional extra `notify`.

Notify sends what a template of the service's own account says. One template does for every letter: its subject is
`((subject))` and its message `((body))`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Misconfigured

from . import Letter, NotSent

ADDRESS = "https://api.notifications.service.gov.uk"
ANSWER_SECONDS = 20


@dataclass(frozen=True)
class Notify:
    """An account at GOV.UK Notify: its key, its one template, and where it is asked."""

    key: str = field(repr=False)
    template: str
    address: str = ADDRESS

    @classmethod
    def of(cls, key: str, template: str | None) -> Notify:
        """From COMPLIANCE_NOTIFY_KEY and COMPLIANCE_NOTIFY_TEMPLATE; raises Misconfigured."""
        try:
            UUID(template or "")
            UUID(key[-36:])
            UUID(key[-73:-37])
        except ValueError:
            raise Misconfigured(
                "COMPLIANCE_NOTIFY_KEY is the API key, and COMPLIANCE_NOTIFY_TEMPLATE the id of the template, as "
                "GOV.UK Notify shows them."
            ) from None
        try:
            import notifications_python_client as _  # noqa: F401
        except ImportError:
            raise Misconfigured(
                "For GOV.UK Notify install the extra: pip install 'marac-compliance[notify]'."
            ) from None
        return cls(key, template or "")

    def send(self, letter: Letter, stopping: Stopping) -> None:
        """Hand the letter to Notify, which knows it by its id; raises NotSent."""
        from notifications_python_client.errors import APIError
        from notifications_python_client.notifications import NotificationsAPIClient

        client = NotificationsAPIClient(self.key, base_url=self.address, timeout=ANSWER_SECONDS)
        try:
            client.send_email_notification(
                email_address=letter.to,
                template_id=self.template,
                personalisation={"subject": letter.subject, "body": letter.body},
                reference=str(letter.id),
            )
        except APIError as problem:
            raise NotSent(_kind_of(problem)) from problem
        finally:
            client.request_session.close()


def _kind_of(problem: Exception) -> str:
    """The kind of failure by the status that was answered with, if any was."""
    status = getattr(getattr(problem, "response", None), "status_code", None)
    if status is None:
        return "no_answer" if "Timeout" in type(problem.__cause__).__name__ else "not_reached"
    if status in (401, 403):
        return "sign_in_refused"
    if status == 429 or status >= 500:
        return "asked_to_wait"
    return "refused"

"""What somebody types to come in."""

from __future__ import annotations

from .fields import Email, Line, Secret
from .plain import Needed, PlainForm


class SignIn(PlainForm):
    email = Email("E-mail address", [Needed("Enter your e-mail address.")])
    password = Secret("Password", [Needed("Enter your password.")])


class Code(PlainForm):
    code = Line(
        "6-digit code",
        [Needed("Enter the 6-digit code that your authenticator app shows.")],
        description="It changes every 30 seconds, and each one works once.",
    )


class FreshCode(PlainForm):
    fresh_code = Line(
        "6-digit code",
        [Needed("Enter the 6-digit code that your authenticator app shows.")],
        description="It changes every 30 seconds, and each one works once. If you have just used one, wait for the next.",
    )


class FirstPassword(PlainForm):
    password = Secret("New password", [Needed("Enter a password.")])
    again = Secret("The same password again", [Needed("Enter the password a second time.")])

    def same_twice(self) -> bool:
        """Whether it was typed the same both times; tells the form where not."""
        if self.password.data == self.again.data:
            return True
        self.tell_at("again", "The two passwords are not the same. Enter it again.")
        return False


class NewPassword(FirstPassword):
    current = Secret("Current password", [Needed("Enter your current password.")])

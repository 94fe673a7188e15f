"""What somebody types to come in."""

from __future__ import annotations

from .fields import Email, Secret
from .plain import Needed, PlainForm


class SignIn(PlainForm):
    email = Email("E-mail address", [Needed("Enter your e-mail address.")])
    password = Secret("Password", [Needed("Enter your password.")])


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

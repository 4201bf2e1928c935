"""Lists the demo people who can sign in by one click."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal import demo


class Command(BaseCommand):
    help = "Lists the demo's accounts, which sign in by one click on the sign-in page."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line a person."""
        self.stdout.write("Sign in by one click as one of these:")
        for person in demo.people():
            self.stdout.write(f"  {person.email:34} {person.role:10} {person.can_try}")

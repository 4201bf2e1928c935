"""Loads the demo company; a second time it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from config import env
from config.seeding import company, pagerduty, story
from volunteers.models import Engineer

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Loads the demo company into an empty database, in demo and test mode only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How large a company."""
        parser.add_argument("--profile", choices=["small"], default="small")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Tell the company's story, and give its people accounts in the simulator.

        Raises:
            CommandError: in production mode, or when the database holds other people.
        """
        if settings.ROTA_MODE is env.Mode.PRODUCTION:
            raise CommandError("The demo company is loaded in demo mode only.")
        names = [each.email for each in (*company.ENGINEERS, *company.STAFF)]
        present = Engineer.objects.filter(email__in=names).count()
        if present == 0 and Engineer.objects.exists():
            raise CommandError("This database holds other people; the demo needs an empty one.")
        if present == 0:
            self.stdout.write("loading the demo company")
            story.tell(clock.now())
        try:
            people = Engineer.objects.filter(is_active=True).order_by("pk")
            pagerduty.make_accounts(
                people, url=settings.PAGERDUTY_API_URL, only_by_email=company.ONLY_BY_EMAIL
            )
        except pagerduty.NotThereError as error:
            self.stderr.write(f"The PagerDuty simulator was not told about the people: {error}")

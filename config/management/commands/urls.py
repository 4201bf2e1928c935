"""Lists every route with its name and methods."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from config.routes import routes

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Lists every route with its name and the methods that it answers."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to print."""
        parser.add_argument("--json", action="store_true", help="one JSON list")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print them."""
        if options["json"]:
            self.stdout.write(
                json.dumps([dataclasses.asdict(route) for route in routes()], indent=1)
            )
            return
        for route in routes():
            self.stdout.write(f"{route.path}  {route.name or '-'}  {' '.join(route.methods)}")

#!/usr/bin/env python
"""Django's command line for Rota."""

from __future__ import annotations

import importlib
import os
import secrets
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# This signs nothing and asks no database, so it runs without any configuration.
NEED_NO_SECRET = {"urls"}
# This needs no app and no setting either: it starts in half the time without them.
NEED_NO_APPS = {"solve_schedule": "rotation.management.commands.solve_schedule"}


def run(arguments: list[str]) -> None:
    """Run the command that the arguments name."""
    name = arguments[1] if len(arguments) > 1 else ""
    if name in NEED_NO_APPS:
        settings.configure()
        importlib.import_module(NEED_NO_APPS[name]).Command().run_from_argv(arguments)
    else:
        execute_from_command_line(arguments)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in NEED_NO_SECRET:
        os.environ.setdefault("ROTA_SECRET_KEY", secrets.token_urlsafe(64))
    try:
        run(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"manage.py: {error}\n")
        sys.exit(2)

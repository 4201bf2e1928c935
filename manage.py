#!/usr/bin/env python
"""Django's command line for Rota."""

from __future__ import annotations

import os
import secrets
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# These sign nothing and ask no database, so they run without any configuration.
NEED_NO_SECRET = {"solve_schedule", "urls"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in NEED_NO_SECRET:
        os.environ.setdefault("ROTA_SECRET_KEY", secrets.token_urlsafe(64))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"manage.py: {error}\n")
        sys.exit(2)

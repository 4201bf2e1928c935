"""The real parts that tests start: PostgreSQL, Redis, a browser, the whole running product."""

from __future__ import annotations

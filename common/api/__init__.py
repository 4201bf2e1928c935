"""What every route of the REST API shares: how bodies are read, lists paged, refusals answered."""

from __future__ import annotations

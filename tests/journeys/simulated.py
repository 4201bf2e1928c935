"""The simulator of a running copy: its hooks, and what it shows."""

from __future__ import annotations

import dataclasses
import json
import urllib.request
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Simulated:
    """PagerDuty as the copy sees it."""

    address: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer; the token is the one that every copy's simulator takes."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.address}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Token token=simulator",
                "Content-Type": "application/json",
                "Accept": "application/vnd.pagerduty+json;version=2",
            },
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def schedules(self) -> list[Any]:
        """All schedules, without their layers."""
        found: list[Any] = self.call("GET", "/schedules?limit=100")["schedules"]
        return found

    def writes(self) -> list[str]:
        """Method and path of every write that it answered, oldest first."""
        return [
            f"{each['method']} {each['path']}"
            for each in self.call("GET", "/_sim/requests")["requests"]
            if each["method"] != "GET" and "/_sim/" not in each["path"]
        ]

    def final(self, ref: str, since: str, until: str) -> list[tuple[str, str, str]]:
        """The final schedule as (name, start, end)."""
        answer = self.call("GET", f"/schedules/{ref}?since={since}&until={until}&time_zone=Etc/UTC")
        entries = answer["schedule"]["final_schedule"]["rendered_schedule_entries"]
        return [(each["user"]["summary"], each["start"], each["end"]) for each in entries]

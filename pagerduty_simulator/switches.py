"""Named switches: one for each question about PagerDuty that its documentation leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field

from pagerduty_simulator import shapes

Value = str | int


class UnknownSwitchError(ValueError):
    """No such switch, or a value that it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One open question: the answer assumed by default, and the other possible ones."""

    default: Value
    others: tuple[Value, ...] = ()
    question: str

    def takes(self, value: object) -> bool:
        """Whether the value is one of the answers; for figures any whole number from 0."""
        if isinstance(self.default, int) and not self.others:
            return shapes.is_whole(value) and value >= 0
        return not isinstance(value, bool) and value in {self.default, *self.others}


SWITCHES: dict[str, Switch] = {
    "turns": Switch(
        default="wall_clock",
        others=("fixed_seconds",),
        question="Does a turn's handoff keep its wall-clock time over a clock change?",
    ),
    "restrictions": Switch(
        default="wall_clock",
        others=("fixed_seconds",),
        question="Does the end of a restriction keep its wall-clock time over a clock change?",
    ),
    "overlapping_restrictions": Switch(
        default="accepted",
        others=("refused",),
        question="May two restrictions of a layer overlap? (They then count as one.)",
    ),
    "left_out_layers": Switch(
        default="kept",
        others=("ended", "refused"),
        question="What does a PUT do with a layer that it leaves out?",
    ),
    "request_layer_order": Switch(
        default="lowest_first",
        others=("highest_first",),
        question="Which end of the layers in a request has precedence? (GET: highest first.)",
    ),
    "past_layer_start": Switch(
        default="now",
        others=("kept",),
        question="What becomes of a new layer's start that lies in the past?",
    ),
    "past_override_start": Switch(
        default="now",
        others=("kept",),
        question="What becomes of an override's start that lies in the past?",
    ),
    "past_overrides": Switch(
        default="refused",
        others=("accepted",),
        question="Is an override taken whose end lies in the past?",
    ),
    "touching_entries": Switch(
        default="joined",
        others=("separate",),
        question="Are touching entries of one user one entry in rendered schedules?",
    ),
    "schedule_names": Switch(
        default="free", others=("unique",), question="May two schedules have the same name?"
    ),
    "empty_layers": Switch(
        default="accepted", others=("refused",), question="May a schedule have no layer at all?"
    ),
    "unknown_layer_user": Switch(
        default=2001,
        others=(2013, 3001),
        question="Which error code names an unknown user in a layer?",
    ),
    "repeated_layer_users": Switch(
        default="accepted",
        others=("refused",),
        question="May one user stand more than once in a layer's list?",
    ),
    "layer_users_limit": Switch(
        default=0, question="How many entries may a layer's list have? (0: no limit.)"
    ),
    "stakeholders": Switch(
        default="refused",
        others=("accepted",),
        question="Is a stakeholder (read-only user) taken into a layer or an override?",
    ),
    "user_query": Switch(
        default="name_and_email",
        others=("name",),
        question="Does the query of GET /users look at e-mail addresses too?",
    ),
    "included_types": Switch(
        default="reference",
        others=("whole",),
        question="Which type has what include[] adds to a user? (The schema: references.)",
    ),
    "override_ids": Switch(
        default="editable_only",
        others=("always",),
        question="Does GET overrides tell ids without editable=true?",
    ),
    "overrides_status": Switch(
        default=200, others=(201,), question="Which status does GET overrides answer?"
    ),
    "overrides_window_days": Switch(
        default=0, question="How many days may GET overrides span? (0: no limit.)"
    ),
    "schedule_window_days": Switch(
        default=0, question="How many days may a rendered schedule span? (0: ten years.)"
    ),
    "answer_times": Switch(
        default="zone",
        others=("utc",),
        question="Are instants answered with the schedule's offset, or in UTC?",
    ),
    "virtual_start_offset": Switch(
        default="kept",
        others=("shifted",),
        question="Is a rotation_virtual_start with an offset answered that much later?",
    ),
    "upgraded_schedule": Switch(
        default=400,
        others=(404, 200),
        question="What does GET /schedules/{id} answer for an upgraded (schedule_v3) one?",
    ),
    "policy_names": Switch(
        default="free",
        others=("unique",),
        question="May two escalation policies have the same name?",
    ),
    "stale_reads_seconds": Switch(
        default=0,
        question="For how long after a write does a schedule answer as before? (0: never.)",
    ),
    "override_audit": Switch(
        default="none",
        others=("recorded",),
        question="Do overrides leave audit records?",
    ),
    "audit_of_deleted": Switch(
        default="missing",
        others=("kept",),
        question="Are the audit records of a deleted schedule still told?",
    ),
    "webhook_retries": Switch(
        default="48_hours",
        others=("five_attempts",),
        question="How long is an event tried again? (An older text: 5 attempts in 20 minutes.)",
    ),
    "rate_limit": Switch(
        default=960, question="How many requests a minute may a token make? (0: no limit.)"
    ),
}


@dataclass(slots=True)
class Switches:
    """The values in force: those that were set, the defaults for the rest."""

    changed: dict[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value of a switch whose answers are words."""
        return str(self.changed.get(name, SWITCHES[name].default))

    def number(self, name: str) -> int:
        """The value of a switch whose answers are numbers."""
        return int(self.changed.get(name, SWITCHES[name].default))

    def all(self) -> dict[str, Value]:
        """Every switch with its value, in the order of the list."""
        return {name: self.changed.get(name, switch.default) for name, switch in SWITCHES.items()}

    def change(self, wanted: dict[str, object]) -> None:
        """Set the named switches and leave the others; nothing changes when one is wrong.

        Raises:
            UnknownSwitchError: a name or a value that does not exist.
        """
        accepted: dict[str, Value] = {}
        for name, value in wanted.items():
            if name not in SWITCHES:
                raise UnknownSwitchError(f"there is no switch {name!r}")
            if not isinstance(value, str | int) or not SWITCHES[name].takes(value):
                raise UnknownSwitchError(f"switch {name!r} does not know {value!r}")
            accepted[name] = value
        self.changed.update(accepted)

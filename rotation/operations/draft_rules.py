"""Rules by hand: this person in this week of a draft, or anybody but them. Then solve again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from rotation.domain import hand_rules, planning
from rotation.models import Draft, DraftRule, Level, LevelName
from rotation.operations.drafts import ANSWERED, DraftMovedOnError
from rotation.queries import planning as facts
from volunteers.queries import contacts

if TYPE_CHECKING:
    from audit.operations import Actor

TICK = dt.timedelta(microseconds=1)


class DraftRuleInvalidError(RefusedError):
    """Nobody can keep the rule; `fields` says whether the person, the week or the level is it."""

    code = "DRAFT_RULE_INVALID"


class DraftRuleClashError(RefusedError):
    """Another rule by hand of the same week says otherwise."""

    code = "DRAFT_RULE_CLASH"
    status = 409


def add_rule(  # noqa: PLR0913 - a cell, a person and a kind, beside what every operation takes
    *,
    draft_id: int,
    level: str,
    week_date: dt.date,
    engineer_id: int,
    kind: DraftRule.Kind,
    actor: Actor,
    now: dt.datetime,
) -> DraftRule:
    """Fix somebody in a week of a draft, or keep them from it; it counts once solved again.

    Raises:
        DraftMovedOnError: the draft is being made, published or put aside.
        DraftRuleInvalidError: the draft has no such week or level, it has started or has an agreed
            cover; the person does not serve at the level; to be fixed, they are away, out of term
            or would not have their rest from a week that stands.
        DraftRuleClashError: the week has the same rule, its opposite, or another one fixed.
    """
    with transaction.atomic():
        draft = _held(draft_id)
        rule = planning.HandRule(
            level=level, week_date=week_date, engineer_id=engineer_id, kind=str(kind)
        )
        name = _name(engineer_id)
        _refuse_clash(draft, rule, name)
        _refuse_impossible(draft, rule, name, now)
        row = DraftRule.objects.create(
            draft=draft,
            level=Level.objects.get(rotation_id=draft.rotation_id, name=level),
            week_date=week_date,
            engineer_id=engineer_id,
            kind=kind,
            added_by=actor.name,
            added_at=max(now, draft.requested_at + TICK),
        )
        verb = "fixed" if kind == DraftRule.Kind.PIN else "kept away"
        _note(row, verb, actor=actor, now=now)
    return row


def remove_rule(*, rule_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take a rule by hand back; the draft's weeks change only once it is solved again.

    Raises:
        DraftRule.DoesNotExist: there is none with this id.
        DraftMovedOnError: the draft is being made, published or put aside.
    """
    with transaction.atomic():
        drafts = DraftRule.objects.filter(pk=rule_id).values_list("draft_id", flat=True)
        draft_id = drafts.first()
        if draft_id is None:
            raise DraftRule.DoesNotExist
        _held(draft_id)
        rows = DraftRule.objects.select_related("draft__rotation__team", "level")
        row = rows.get(pk=rule_id)
        verb = "no longer fixed" if row.kind == DraftRule.Kind.PIN else "no longer kept away"
        _note(row, verb, actor=actor, now=now)
        row.delete()


def _held(draft_id: int) -> Draft:
    """The draft, held: it is not solved again, published or put aside meanwhile."""
    rows = Draft.objects.select_for_update(of=("self",))
    draft = rows.select_related("rotation__team", "policy").get(pk=draft_id)
    if draft.state in ANSWERED:
        return draft
    if draft.state in {Draft.State.QUEUED, Draft.State.SOLVING}:
        raise DraftMovedOnError(f"Draft {draft.number} is being made; wait or cancel it.")
    raise DraftMovedOnError(f"Draft {draft.number} is {draft.state} by now.")


def _name(engineer_id: int) -> str:
    found = contacts.contacts(engineer_ids=[engineer_id]).get(engineer_id)
    if found is None:
        raise _invalid("engineer", "Choose somebody of the team.")
    return found.name


def _refuse_clash(draft: Draft, rule: planning.HandRule, name: str) -> None:
    rows = draft.rules.filter(level__name=rule.level, week_date=rule.week_date)
    for row in rows.select_related("engineer").order_by("pk"):
        is_own = row.engineer_id == rule.engineer_id
        words = "fixed in" if row.kind == DraftRule.Kind.PIN else "kept from"
        if is_own and row.kind == rule.kind:
            raise DraftRuleClashError(f"{name} is {words} this week already.")
        if is_own or row.kind == rule.kind == DraftRule.Kind.PIN:
            raise DraftRuleClashError(
                f"{row.engineer.name} is {words} this week by hand. Take that back first."
            )


def _refuse_impossible(draft: Draft, rule: planning.HandRule, name: str, now: dt.datetime) -> None:
    plan = facts.plan_of_draft_with(draft, rules=facts.hand_rules(draft.rules.all()))
    if rule.level not in {level.level for level in plan.levels}:
        raise _invalid("level", "Choose primary or escalation.")
    week = next((each for each in plan.weeks if each.week_date == rule.week_date), None)
    if week is None:
        raise _invalid(
            "week_date",
            f"Draft {draft.number} has no week of {wording.day(rule.week_date)}.",
        )
    if week.period.starts_at <= now:
        raise _invalid(
            "week_date", f"The week of {wording.day(rule.week_date)} has started and stays."
        )
    found = hand_rules.objection(plan, rule)
    if found is not None:
        raise _invalid(found.field, f"{name} {found.why}.")


def _invalid(field: str, message: str) -> DraftRuleInvalidError:
    return DraftRuleInvalidError(message, fields={field: message})


def _note(row: DraftRule, verb: str, *, actor: Actor, now: dt.datetime) -> None:
    draft = row.draft
    person = contacts.contacts(engineer_ids=[row.engineer_id])[row.engineer_id]
    level = LevelName(row.level.name).label.lower()
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"{person.name}, {level}, week of {wording.day(row.week_date)} in draft "
        f"{draft.number} of {draft.rotation.name}",
        team=draft.rotation.team.slug,
        concerned=[person.email],
        about=[draft],
        after={"level": row.level.name, "week": str(row.week_date), "engineer": person.email},
    )

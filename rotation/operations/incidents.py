"""Incidents, services and pages, made anew from all that PagerDuty told of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from rotation.domain import incident_records, incidents
from rotation.models import Incident, Page, PagerDutyPerson, Rotation, Service, WebhookEvent
from rotation.queries import page_places
from volunteers.models import Team

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from typing import Any

    from rotation.domain.incidents import Paged, Story, Told


def rebuild(*, ref: str, now: dt.datetime) -> Incident | None:
    """Write the incident's rows from everything told of it; None when nothing readable was.

    The same things told give the same rows, whatever order they came in: a page that PagerDuty's
    log does not know goes, one that only the log knows comes.
    """
    with transaction.atomic():
        incident = _locked(ref, now)
        story = _story(incident)
        if story is None:
            if incident.pk and not incident.record and not incident.told:
                incident.delete()
            return None
        _fill(incident, story)
        incident.save()
        _write_pages(incident, story)
    return incident


def keep_record(*, ref: str, record: list[dict[str, Any]], now: dt.datetime) -> Incident | None:
    """Keep PagerDuty's log of an incident, read at `now`, and make its rows by it."""
    with transaction.atomic():
        incident = _locked(ref, now)
        incident.record, incident.filled_at = record, now
        incident.save()
        return rebuild(ref=ref, now=now)


def give_up_record(*, ref: str, now: dt.datetime) -> None:
    """PagerDuty knows the incident no more: what events told stays."""
    Incident.objects.filter(ref=ref).update(filled_at=now)


def keep_told(*, ref: str, event_ids: list[int], now: dt.datetime) -> int:
    """Keep with the incident what those of its events told, and cut their bodies; how many.

    The incident's rows stay as they are: what was told is the same.
    """
    with transaction.atomic():
        incident = _locked(ref, now)
        events = WebhookEvent.objects.select_for_update().filter(
            pk__in=event_ids, incident_ref=ref, state=WebhookEvent.State.DONE, cut_at__isnull=True
        )
        news = [incidents.told_by_event(event.body) for event in events]
        incident.told = incident_records.with_told(incident.told, news)
        incident.save(update_fields=["told"])
        return events.update(body={}, cut_at=now)


def set_owner(*, service_ref: str, names: tuple[str, ...]) -> None:
    """Give a service without an owner the home team that PagerDuty's team is called like."""
    found = Team.objects.filter(name__in=names).order_by("pk").first()
    if found is not None:
        Service.objects.filter(ref=service_ref, owner__isnull=True).update(owner=found)


def _locked(ref: str, now: dt.datetime) -> Incident:
    row = Incident.objects.select_for_update().filter(ref=ref).first()
    if row is not None:
        return row
    try:
        with transaction.atomic():
            return Incident.objects.create(ref=ref, title="", triggered_at=now)
    except IntegrityError:
        return Incident.objects.select_for_update().get(ref=ref)


def _story(incident: Incident) -> Story | None:
    events = WebhookEvent.objects.filter(incident_ref=incident.ref, cut_at__isnull=True)
    told: list[Told] = incident_records.told(incident.record)
    told += incident_records.told_by_events(incident.told)
    for body in events.order_by("pk").values_list("body", flat=True):
        try:
            told.append(incidents.told_by_event(body))
        except incidents.BadEventError:
            continue  # it failed on its own and says so
    return incidents.story(told) if told else None


def _fill(incident: Incident, story: Story) -> None:
    about = story.about
    rotations = _rotations_by_policy(story.policy_refs)
    ours = [policy for policy in story.policy_refs if policy in rotations]
    incident.number = about.number
    incident.title = about.title
    incident.urgency = about.urgency
    incident.html_url = about.html_url if about.html_url.startswith(("https://", "http://")) else ""
    incident.service = _service(story) if about.service_ref else None
    incident.policy_ref = (ours or list(story.policy_refs) or [""])[0]
    incident.rotation = rotations[ours[0]] if ours else None
    incident.triggered_at = story.triggered_at
    incident.acknowledged_at = story.acknowledged_at
    incident.resolved_at = story.resolved_at
    incident.escalations = story.escalations


def _rotations_by_policy(refs: tuple[str, ...]) -> dict[str, Rotation]:
    rows = Rotation.objects.filter(pagerduty_policy_ref__in=refs).exclude(pagerduty_policy_ref="")
    return {row.pagerduty_policy_ref: row for row in rows}


def _service(story: Story) -> Service:
    about = story.about
    try:
        with transaction.atomic():
            service, made = Service.objects.get_or_create(
                ref=about.service_ref,
                defaults={
                    "name": about.service_name or about.service_ref,
                    "policy_ref": about.policy_ref,
                    "seen_at": story.told_at,
                },
            )
    except IntegrityError:
        service, made = Service.objects.get(ref=about.service_ref), False
    if made or service.owner_id is None:
        set_owner(service_ref=service.ref, names=about.teams)
    if not made and about.service_name:
        Service.objects.filter(pk=service.pk, seen_at__lt=story.told_at).update(
            name=about.service_name, policy_ref=about.policy_ref, seen_at=story.told_at
        )
    return service


def _write_pages(incident: Incident, story: Story) -> None:
    people = _engineers([page.user.ref for page in story.pages])
    placing = page_places.placing(
        rotation=incident.rotation, people=people, pages=[page.paged_at for page in story.pages]
    )
    present = {page.user_ref: page for page in incident.pages.all()}
    for paged in story.pages:
        row = present.pop(paged.user.ref, None) or Page(incident=incident, user_ref=paged.user.ref)
        _fill_page(row, paged, placing, people)
        row.save()
    Page.objects.filter(pk__in=[row.pk for row in present.values()]).delete()


def _fill_page(
    row: Page, paged: Paged, placing: page_places.Placing, people: Mapping[str, int]
) -> None:
    engineer_id = people.get(paged.user.ref)
    place = placing.at(paged.paged_at, engineer_id=engineer_id)
    row.user_name = paged.user.name
    row.engineer_id = engineer_id
    row.level_id = place.level_id
    row.shift_id = place.shift_id
    row.paged_at = paged.paged_at
    row.acknowledged_at = paged.acknowledged_at
    row.in_on_call_hours = place.in_on_call_hours
    row.in_sleep_hours = place.in_sleep_hours


def _engineers(refs: list[str]) -> dict[str, int]:
    rows = PagerDutyPerson.objects.filter(user_ref__in=refs)
    return dict(rows.values_list("user_ref", "engineer_id"))

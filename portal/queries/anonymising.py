"""What keeps a leaver from being anonymised, and the words that would stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from common import wording
from common.erasing import Words
from compensation.models import Entry, PayPeriod, PayQuestion
from rotation.models import Cover, PagerDutyPerson, Shift
from volunteers.models import Application, Engineer, Term
from volunteers.queries.former import is_anonymous, pseudonym, pseudonym_email

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

# What two people decided about money is never changed, reasons and evidence included.
_DECIDED = {
    f"compensation.{model}.{column}"
    for model in ("Correction", "Adjustment", "RateProposal", "Reopening")
    for column in ("reason", "decision_note")
}

# Pay's records name who set a rate or a day off and who released a file, as books have to; what
# a closed month's file says stays as payroll got it.
KEPT = frozenset(
    {
        *_DECIDED,
        "compensation.Correction.evidence",
        "compensation.Adjustment.document",
        "compensation.ExportLayoutVersion.content",
        "compensation.ExportLayoutVersion.made_by",
        "compensation.Rate.added_by",
        "compensation.PayPeriod.closed_by",
        "compensation.Export.created_by",
        "compensation.Export.sent_by",
        "volunteers.CalendarVersion.made_by",
        "volunteers.CalendarVersion.reason",
        "volunteers.CalendarVersion.added",
        "volunteers.CalendarVersion.removed",
    }
)


ONLY_ADMINS = "Only admins anonymise somebody who has left."


def hindrances(*, engineer: Engineer, now: dt.datetime) -> list[str]:
    """Why the person cannot be anonymised now and what to do, in sentences."""
    if is_anonymous(engineer.email):
        return ["This person was anonymised already."]
    found = []
    if engineer.is_active:
        found.append("The account is open. Deactivate it first, on the person’s page there.")
    terms = Term.objects.filter(engineer=engineer).filter(
        Q(left_on__isnull=True, ends_on__isnull=True)
        | Q(left_on__gt=now.date())
        | Q(left_on__isnull=True, ends_on__gt=now.date())
    )
    found += [f"A term in {name} is not over. End it first." for name in _teams(terms)]
    waiting = Application.objects.filter(engineer=engineer, decided_at__isnull=True)
    found += [f"An application to {name} waits. Decide it first." for name in _teams(waiting)]
    if weeks := _unpaid(engineer):
        are = "is" if weeks == 1 else "are"
        found.append(
            f"{wording.counted(weeks, 'week')} {are} not completed. Wait until they have ended and "
            "are posted, or publish a schedule without this person."
        )
    if PayQuestion.objects.filter(asked_by=engineer, answer="").exists():
        found.append("A question of theirs about pay waits. Finance answers it first.")
    months = Entry.objects.filter(engineer=engineer, period__state=PayPeriod.State.OPEN)
    names = months.order_by("period__month").values_list("period__month", flat=True).distinct()
    found += [f"{name} has entries and is not closed. Finance closes it first." for name in names]
    return found


def words_of(engineer: Engineer) -> Words:
    """What is replaced by what: the e-mail, PagerDuty's id, and the name where it is theirs alone.

    A name of one word, or one that others here have in theirs too, may mean something else.
    """
    by = {engineer.email: pseudonym_email(engineer)}
    person = PagerDutyPerson.objects.filter(engineer=engineer).first()
    if person is not None and person.user_ref:
        by[person.user_ref] = f"former-{engineer.pk}"
    others = Engineer.objects.exclude(pk=engineer.pk).filter(name__icontains=engineer.name)
    if " " in engineer.name and not others.exists():
        by[engineer.name] = pseudonym(engineer)
    return Words(by=by)


def _teams(rows: QuerySet[Any]) -> list[str]:
    names = rows.order_by("team__name").values_list("team__name", flat=True)
    return list(dict.fromkeys(names))


def _unpaid(engineer: Engineer) -> int:
    covered = Q(covers__to_engineer=engineer, covers__state=Cover.State.ACCEPTED)
    rows = Shift.objects.filter(Q(holder=engineer) | covered)
    return rows.filter(completed_at__isnull=True, cancelled_at__isnull=True).distinct().count()

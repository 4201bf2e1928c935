"""A leaver's name and words taken out of Rota; what was worked, earned and decided stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from knox.models import AuthToken

from audit.models import AuditEvent, Erasure, Mention
from audit.operations import Area, record
from audit.queries import key_of_person
from common.erasing import Words, erase
from common.refusals import RefusedError
from compensation.models import PayQuestion
from outbox.models import Message
from portal.queries.anonymising import KEPT, hindrances, words_of
from rotation.models import (
    CalendarFeed,
    Cover,
    HandoverNote,
    Page,
    PagerDutyPerson,
)
from volunteers.models import Absence, Application, ApplicationDraft, Engineer
from volunteers.queries.former import pseudonym, pseudonym_email

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor

REMOVED = "Removed with the account."
BATCH = 500


class CannotAnonymiseError(RefusedError):
    """Something still needs the person's name, or they were anonymised already."""

    code = "CANNOT_ANONYMISE"
    status = 409


class NotConfirmedError(RefusedError):
    """The e-mail that was typed is not the person's."""

    code = "NOT_CONFIRMED"


def anonymise_engineer(
    *, engineer_id: int, typed_email: str, actor: Actor, now: dt.datetime
) -> Engineer:
    """Replace a leaver's name and e-mail everywhere, and remove what they wrote. For good.

    The employee number, cost centres, shifts, covers, pages, terms, entries and closed files stay.

    Raises:
        CannotAnonymiseError: the account is open, or a term, a week or pay is not over.
        NotConfirmedError: the e-mail typed is another.
    """
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        if reasons := hindrances(engineer=engineer, now=now):
            raise CannotAnonymiseError(" ".join(reasons))
        if typed_email.strip().casefold() != engineer.email:
            message = "This is not the e-mail of this person."
            raise NotConfirmedError(message, fields={"email": message})
        words, name = words_of(engineer), engineer.name
        stands_for = pseudonym_email(engineer)
        erasure = Erasure.objects.create(pseudonym=stands_for, began_at=now)
        _remove(engineer)
        _reword_events(engineer, name)
        changed = erase(words, kept=KEPT)
        engineer.name, engineer.email = pseudonym(engineer), stands_for
        engineer.set_unusable_password()
        engineer.last_login = None
        engineer.save(update_fields=["name", "email", "password", "last_login"])
        Erasure.objects.filter(pk=erasure.pk).update(
            ended_at=now, events=changed.get("audit.AuditEvent", 0)
        )
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="anonymised",
            subject=stands_for,
            concerned=[stands_for],
        )
    return engineer


def _remove(engineer: Engineer) -> None:
    """What the person wrote, was sent, and could come in with."""
    Message.objects.filter(to=engineer.email).delete()
    AuthToken.objects.filter(user=engineer).delete()
    EmailAddress.objects.filter(user=engineer).delete()
    for session in Session.objects.iterator(chunk_size=BATCH):
        if session.get_decoded().get("_auth_user_id") == str(engineer.pk):
            session.delete()
    CalendarFeed.objects.filter(engineer=engineer).delete()
    ApplicationDraft.objects.filter(engineer=engineer).delete()
    Application.objects.filter(engineer=engineer).update(
        motivation=REMOVED, experience="", unsuitable_weeks=[]
    )
    declined = Application.objects.filter(engineer=engineer).exclude(decline_reason="")
    declined.update(decline_reason=REMOVED)
    Absence.objects.filter(engineer=engineer).update(note="")
    Cover.objects.filter(from_engineer=engineer).update(message="")
    HandoverNote.objects.filter(author=engineer).update(text=REMOVED)
    PayQuestion.objects.filter(asked_by=engineer).update(question=REMOVED)
    PayQuestion.objects.filter(asked_by=engineer).exclude(answer="").update(answer=REMOVED)
    PagerDutyPerson.objects.filter(engineer=engineer).delete()
    Page.objects.filter(engineer=engineer).update(
        user_ref=f"former-{engineer.pk}", user_name=pseudonym(engineer)
    )


def _reword_events(engineer: Engineer, name: str) -> None:
    """The name in what was recorded of this person, where it may stand for others elsewhere."""
    words = Words(by={name: pseudonym(engineer)})
    named = Mention.objects.filter(key=key_of_person(engineer.email)).values("event")
    for event in AuditEvent.objects.filter(pk__in=named):
        new = {
            column: words.replaced(getattr(event, column))
            for column in ("subject", "before", "after")
        }
        if any(value != getattr(event, column) for column, value in new.items()):
            AuditEvent.objects.filter(pk=event.pk).update(**new)

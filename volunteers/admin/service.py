"""Applications, terms and absences, to read. An absence's note is its owner's alone."""

from __future__ import annotations

from django.contrib import admin

from common.record_admin import RecordAdmin
from volunteers.models import Absence, Application, Term, TermExtension


@admin.register(Application)
class ApplicationAdmin(RecordAdmin[Application]):
    """Requests to join."""

    list_display = ("engineer", "team", "state", "submitted_at", "earliest_start_on")
    list_filter = ("state", "team")
    list_select_related = ("engineer", "team")
    fields = (
        "engineer",
        "team",
        "state",
        "motivation",
        "earliest_start_on",
        "unsuitable_weeks",
        "told_own_manager",
        "submitted_at",
        "decided_at",
        "decided_by",
        "decline_reason",
    )
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-submitted_at", "pk")


@admin.register(Term)
class TermAdmin(RecordAdmin[Term]):
    """Who serves from when to when."""

    list_display = ("engineer", "team", "level", "starts_on", "ends_on", "left_on")
    list_filter = ("team", "level")
    list_select_related = ("engineer", "team")
    fields = (
        "engineer",
        "team",
        "level",
        "application",
        "starts_on",
        "ends_on",
        "roll_off_confirmed_at",
        "left_on",
        "left_by",
    )
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-starts_on", "pk")


@admin.register(TermExtension)
class TermExtensionAdmin(RecordAdmin[TermExtension]):
    """Weeks that were asked for beyond a term's end, and what a manager decided."""

    list_display = ("engineer", "term", "weeks", "state", "asked_at")
    list_filter = ("state",)
    list_select_related = ("engineer", "term")
    fields = (
        "engineer",
        "term",
        "weeks",
        "state",
        "asked_by",
        "asked_at",
        "decided_at",
        "decided_by",
        "reason",
    )
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-asked_at", "pk")


@admin.register(Absence)
class AbsenceAdmin(RecordAdmin[Absence]):
    """Days away, without the note."""

    list_display = ("engineer", "starts_on", "ends_on", "cancelled_at")
    list_select_related = ("engineer",)
    fields = ("engineer", "starts_on", "ends_on", "created_at", "cancelled_at")
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-starts_on", "pk")

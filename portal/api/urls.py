"""The API's routes of applications, terms and wishes."""

from __future__ import annotations

from django.urls import path

from portal.api import (
    absence_calendars,
    absences,
    anonymising,
    applications,
    audit,
    joining,
    own_data,
    term_ends,
    terms,
    wishes,
)

_ONE = "applications/<int:application_id>/"

urlpatterns = [
    path("applications/", applications.ApplicationsView.as_view(), name="api-applications"),
    path(_ONE, applications.ApplicationView.as_view(), name="api-application"),
    path(
        f"{_ONE}withdraw/",
        applications.ApplicationWithdrawView.as_view(),
        name="api-application-withdraw",
    ),
    path(
        f"{_ONE}accept/",
        applications.ApplicationAcceptView.as_view(),
        name="api-application-accept",
    ),
    path(
        f"{_ONE}decline/",
        applications.ApplicationDeclineView.as_view(),
        name="api-application-decline",
    ),
    path(f"{_ONE}change/", joining.ApplicationChangeView.as_view(), name="api-application-change"),
    path(
        f"{_ONE}history/", joining.ApplicationHistoryView.as_view(), name="api-application-history"
    ),
    path(f"{_ONE}effect/", joining.ApplicationEffectView.as_view(), name="api-application-effect"),
    path(f"{_ONE}waiting-list/", joining.WaitingListView.as_view(), name="api-application-list"),
    path(
        f"{_ONE}waiting-list/leave/",
        joining.WaitingListLeaveView.as_view(),
        name="api-application-unlist",
    ),
    path(
        f"{_ONE}waiting-list/move/",
        joining.WaitingListMoveView.as_view(),
        name="api-application-move",
    ),
    path("rotations/<slug:slug>/places/", joining.PlacesView.as_view(), name="api-rotation-places"),
    path(
        "me/application-drafts/<slug:slug>/",
        joining.DraftView.as_view(),
        name="api-me-application-draft",
    ),
    path("absences/", absences.AbsencesView.as_view(), name="api-absences"),
    path("absences/effect/", absences.AbsenceEffectView.as_view(), name="api-absences-effect"),
    path(
        "absences/busy-days/",
        absence_calendars.BusyDaysView.as_view(),
        name="api-absences-busy-days",
    ),
    path(
        "absences/<int:absence_id>/cancel/",
        absences.AbsenceCancelView.as_view(),
        name="api-absence-cancel",
    ),
    path("me/data/", own_data.OwnDataView.as_view(), name="api-me-data"),
    path("me/wishes/", wishes.WishesView.as_view(), name="api-me-wishes"),
    path(
        "people/<int:engineer_id>/anonymise/",
        anonymising.PersonAnonymiseView.as_view(),
        name="api-person-anonymise",
    ),
    path("audit-events/", audit.AuditEventsView.as_view(), name="api-audit-events"),
    path("terms/", terms.TermsView.as_view(), name="api-terms"),
    path("terms/<int:term_id>/end/", terms.TermEndView.as_view(), name="api-term-end"),
    path("terms/<int:term_id>/leave/", term_ends.TermLeaveView.as_view(), name="api-term-leave"),
    path("terms/<int:term_id>/stay/", term_ends.TermStayView.as_view(), name="api-term-stay"),
    path(
        "terms/<int:term_id>/roll-off/",
        term_ends.TermRollOffView.as_view(),
        name="api-term-roll-off",
    ),
    path("terms/<int:term_id>/extend/", term_ends.TermExtendView.as_view(), name="api-term-extend"),
    path("term-extensions/", term_ends.ExtensionsView.as_view(), name="api-term-extensions"),
    path(
        "term-extensions/<int:extension_id>/confirm/",
        term_ends.ExtensionConfirmView.as_view(),
        name="api-term-extension-confirm",
    ),
    path(
        "term-extensions/<int:extension_id>/decline/",
        term_ends.ExtensionDeclineView.as_view(),
        name="api-term-extension-decline",
    ),
    path(
        "term-extensions/<int:extension_id>/withdraw/",
        term_ends.ExtensionWithdrawView.as_view(),
        name="api-term-extension-withdraw",
    ),
    path("me/service/", term_ends.ServiceView.as_view(), name="api-me-service"),
]

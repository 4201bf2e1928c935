"""The API's routes of people, on-call teams and absences."""

from __future__ import annotations

from django.urls import path

from volunteers.api import absences, people

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="api-people"),
    path("on-call-teams/", people.OnCallTeamsView.as_view(), name="api-on-call-teams"),
    path("on-call-teams/<slug:slug>/", people.OnCallTeamView.as_view(), name="api-on-call-team"),
    path("absences/", absences.AbsencesView.as_view(), name="api-absences"),
    path(
        "absences/<int:absence_id>/cancel/",
        absences.AbsenceCancelView.as_view(),
        name="api-absence-cancel",
    ),
]

"""The API's routes of people, offices and on-call teams."""

from __future__ import annotations

from django.urls import path

from volunteers.api import mails, me, people

urlpatterns = [
    path("me/", me.MeView.as_view(), name="api-me"),
    path("me/mails/", mails.MailsView.as_view(), name="api-me-mails"),
    path("people/", people.PeopleView.as_view(), name="api-people"),
    path("people/<int:engineer_id>/", people.PersonView.as_view(), name="api-person"),
    path("offices/", people.OfficesView.as_view(), name="api-offices"),
    path("on-call-teams/", people.OnCallTeamsView.as_view(), name="api-on-call-teams"),
    path("on-call-teams/<slug:slug>/", people.OnCallTeamView.as_view(), name="api-on-call-team"),
]

"""The API's routes of applications, terms and wishes."""

from __future__ import annotations

from django.urls import path

from portal.api import applications, terms, wishes

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
    path("me/wishes/", wishes.WishesView.as_view(), name="api-me-wishes"),
    path("terms/", terms.TermsView.as_view(), name="api-terms"),
    path("terms/<int:term_id>/end/", terms.TermEndView.as_view(), name="api-term-end"),
]

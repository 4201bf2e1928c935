"""Pages that join apps, and those that everybody has."""

from __future__ import annotations

from django.urls import path

from portal.views import (
    absences,
    anonymising,
    applications,
    apply,
    audit,
    cover_asking,
    cover_by_mail,
    cover_requests,
    demo,
    health,
    home,
    how,
    mail_choices,
    people,
    service,
    settings,
    sign_in,
    term_by_mail,
    term_ends,
    term_leaving,
    terms,
    volunteer,
    wishes,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:absence_id>/cancel/", absences.cancel, name="absence-cancel"),
    path("wishes/", wishes.wishes, name="wishes"),
    path("shifts/<int:shift_id>/cover/", cover_asking.ask, name="cover-ask"),
    path("covers/<int:request_id>/", cover_requests.detail, name="cover-detail"),
    path("covers/<int:request_id>/take/", cover_requests.take, name="cover-take"),
    path("covers/<int:request_id>/decline/", cover_requests.decline, name="cover-decline"),
    path("covers/<int:request_id>/withdraw/", cover_requests.withdraw, name="cover-withdraw"),
    path("covers/<int:request_id>/give-back/", cover_requests.give_back, name="cover-give-back"),
    path("covers/by-mail/<str:signed>/", cover_by_mail.by_mail, name="cover-by-mail"),
    path("apply/", apply.teams, name="apply"),
    path("volunteer/<slug:slug>/", volunteer.volunteer, name="volunteer"),
    path("rotations/<slug:slug>/apply/", apply.team, name="apply-team"),
    path("rotations/<slug:slug>/apply/keep/", apply.keep, name="apply-keep"),
    path("rotations/<slug:slug>/apply/change/", apply.change, name="apply-change"),
    path("rotations/<slug:slug>/apply/withdraw/", apply.withdraw, name="apply-withdraw"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("how/", how.how, name="how"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/demo/", demo.sign_in, name="sign-in-demo"),
    path("demo/clock/", demo.move_clock, name="demo-clock"),
    path("settings/", settings.settings, name="settings"),
    path("settings/mails/", mail_choices.mail_choices, name="settings-mails"),
    path("settings/theme/", settings.theme, name="settings-theme"),
    path("settings/password/", settings.change_password, name="account_change_password"),
    path("settings/tokens/", settings.make_token, name="settings-token-make"),
    path("settings/tokens/revoke/", settings.revoke_token, name="settings-token-revoke"),
    path("applications/", applications.application_list, name="applications"),
    path(
        "applications/<int:application_id>/accept/", applications.accept, name="application-accept"
    ),
    path(
        "applications/<int:application_id>/decline/",
        applications.decline,
        name="application-decline",
    ),
    path(
        "applications/<int:application_id>/waiting-list/",
        applications.put_on_list,
        name="application-list",
    ),
    path(
        "applications/<int:application_id>/waiting-list/leave/",
        applications.take_off_list,
        name="application-unlist",
    ),
    path(
        "applications/<int:application_id>/waiting-list/move/",
        applications.move_on_list,
        name="application-move",
    ),
    path(
        "rotations/<slug:slug>/applications/",
        applications.of_rotation,
        name="application-of-rotation",
    ),
    path("audit/", audit.audit_log_page, name="audit"),
    path("audit/file.csv", audit.audit_file, name="audit-file"),
    path("people/", people.person_list, name="people"),
    path("people/<int:engineer_id>/", people.person_detail, name="person-detail"),
    path("people/<int:engineer_id>/anonymise/", anonymising.anonymise, name="person-anonymise"),
    path("rotations/<slug:slug>/terms/enter/", terms.enter, name="term-enter"),
    path("terms/<int:term_id>/leave/", term_leaving.leave, name="term-leave"),
    path("terms/<int:term_id>/stay/", term_leaving.stay, name="term-stay"),
    path("terms/<int:term_id>/roll-off/", term_ends.roll_off, name="term-roll-off"),
    path("terms/<int:term_id>/extend/", term_ends.extend, name="term-extend"),
    path(
        "terms/roll-off-by-mail/<str:signed>/",
        term_by_mail.roll_off,
        name="term-roll-off-by-mail",
    ),
    path("terms/extend-by-mail/<str:signed>/", term_by_mail.extend, name="term-extend-by-mail"),
    path("term-extensions/<int:extension_id>/", term_ends.extension, name="extension-detail"),
    path(
        "term-extensions/<int:extension_id>/confirm/", term_ends.confirm, name="extension-confirm"
    ),
    path(
        "term-extensions/<int:extension_id>/decline/", term_ends.decline, name="extension-decline"
    ),
    path(
        "term-extensions/<int:extension_id>/withdraw/",
        term_ends.withdraw,
        name="extension-withdraw",
    ),
    path("service/", service.record, name="service-record"),
]

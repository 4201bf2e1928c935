"""The routes of rotation's pages."""

from __future__ import annotations

from django.urls import path

from rotation.views import (
    calendar,
    calendar_feed,
    cancelling,
    chat,
    comparison,
    covers,
    draft_making,
    draft_rules,
    drafts,
    drift,
    fairness,
    handover,
    hooks,
    lookups,
    pages,
    policies,
    questions,
    readiness,
    rotations,
    shifts,
    sync,
    web_hooks,
)

urlpatterns = [
    path("rotations/", rotations.rotation_list, name="rotations"),
    path("rotations/<slug:slug>/", rotations.rotation_detail, name="rotation-detail"),
    path("rotations/<slug:slug>/fairness/", fairness.rotation_fairness, name="rotation-fairness"),
    path("rotations/<slug:slug>/pages/", pages.rotation_pages, name="rotation-pages"),
    path("rotations/<slug:slug>/policy/", policies.policy_detail, name="policy-detail"),
    path("rotations/<slug:slug>/policy/change/", policies.policy_change, name="policy-change"),
    path("rotations/<slug:slug>/draft/", draft_making.draft_make, name="draft-make"),
    path("rotations/<slug:slug>/pagerduty/", sync.rotation_pagerduty, name="rotation-pagerduty"),
    path("rotations/<slug:slug>/pagerduty/plan/", lookups.rotation_plan, name="rotation-plan"),
    path(
        "rotations/<slug:slug>/pagerduty/existing/",
        lookups.rotation_existing,
        name="rotation-existing",
    ),
    path("rotations/<slug:slug>/pagerduty/own/", lookups.rotation_own, name="rotation-own"),
    path("lookups/<int:lookup_id>/", lookups.lookup_detail, name="lookup-detail"),
    path("lookups/<int:lookup_id>/adopt/", lookups.lookup_adopt, name="lookup-adopt"),
    path("rotations/<slug:slug>/drift/check/", drift.check, name="rotation-drift-check"),
    path("rotations/<slug:slug>/drift/<int:drift_id>/adopt/", drift.adopt, name="drift-adopt"),
    path(
        "rotations/<slug:slug>/drift/<int:drift_id>/restore/", drift.restore, name="drift-restore"
    ),
    path("rotations/<slug:slug>/drift/<int:drift_id>/leave/", drift.leave, name="drift-leave"),
    path("rotations/<slug:slug>/sync/", sync.rotation_sync, name="rotation-sync"),
    path(
        "rotations/<slug:slug>/readiness/", readiness.rotation_readiness, name="rotation-readiness"
    ),
    path(
        "rotations/<slug:slug>/readiness/check/",
        readiness.rotation_readiness_check,
        name="rotation-readiness-check",
    ),
    path("readiness/check/", readiness.readiness_check, name="readiness-check"),
    path(
        "rotations/<slug:slug>/pagerduty/<slug:level>/again/",
        sync.schedule_again,
        name="rotation-schedule-again",
    ),
    path(
        "rotations/<slug:slug>/pagerduty/policy-again/",
        sync.policy_again,
        name="rotation-policy-again",
    ),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:feed_id>/replace/", calendar.replace, name="calendar-replace"),
    path("calendar/<int:feed_id>/stop/", calendar.stop, name="calendar-stop"),
    path("calendar/<slug:secret>.ics", calendar_feed.calendar_feed, name="calendar-feed"),
    path("rotations/<slug:slug>/chat/", chat.chat, name="rotation-chat"),
    path("rotations/<slug:slug>/chat/test/", chat.test, name="rotation-chat-test"),
    path("rotations/<slug:slug>/chat/remove/", chat.remove, name="rotation-chat-remove"),
    path("shifts/<int:shift_id>/handover/", handover.handover, name="shift-handover"),
    path("handover-notes/<int:note_id>/confirm/", handover.confirm, name="handover-confirm"),
    path("shifts/<int:shift_id>/", shifts.shift_detail, name="shift-detail"),
    path("shifts/<int:shift_id>/cover/enter/", covers.enter, name="cover-enter"),
    path("shifts/<int:shift_id>/cancel/", cancelling.cancel, name="shift-cancel"),
    path("shifts/<int:shift_id>/restore/", cancelling.restore, name="shift-restore"),
    path("covers/<int:cover_id>/undo/", covers.undo, name="cover-undo"),
    path("web-hooks/", web_hooks.web_hooks, name="web-hooks"),
    path("web-hooks/enable/", web_hooks.enable, name="web-hooks-enable"),
    path("web-hooks/rotate/", web_hooks.rotate, name="web-hooks-rotate"),
    path("web-hooks/again/", web_hooks.again, name="web-hooks-again"),
    path("hooks/pagerduty/", hooks.pagerduty, name="hook-pagerduty"),
    path("drafts/", drafts.draft_list, name="drafts"),
    path("drafts/compare/", comparison.draft_compare, name="draft-compare"),
    path("drafts/<int:draft_id>/", drafts.draft_detail, name="draft-detail"),
    path("drafts/<int:draft_id>/again/", drafts.draft_again, name="draft-again"),
    path("drafts/<int:draft_id>/rules/", draft_rules.rules, name="draft-rules"),
    path("draft-rules/<int:rule_id>/remove/", draft_rules.remove, name="draft-rule-remove"),
    path(
        "drafts/<int:draft_id>/weeks/<str:level>/<str:week>/", draft_rules.week, name="draft-week"
    ),
    path(
        "drafts/<int:draft_id>/weeks/<str:level>/<str:week>/ask/",
        questions.ask_about_week,
        name="draft-week-ask",
    ),
    path("shifts/<int:shift_id>/ask/", questions.ask_about_shift, name="shift-ask"),
    path("questions/<int:question_id>/", questions.question_detail, name="question-detail"),
    path("drafts/<int:draft_id>/publish/", drafts.draft_publish, name="draft-publish"),
    path("drafts/<int:draft_id>/discard/", drafts.draft_discard, name="draft-discard"),
    path("drafts/<int:draft_id>/cancel/", drafts.draft_cancel, name="draft-cancel"),
]

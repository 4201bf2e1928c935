"""The API's routes of rotations."""

from __future__ import annotations

from django.urls import path

from rotation.api import (
    calendar_feeds,
    cancelling,
    chat,
    cover_requests,
    covers,
    draft_rules,
    drafts,
    drift,
    forecasts,
    handover_notes,
    lookups,
    pages,
    policies,
    questions,
    readiness,
    rotations,
    shifts,
    swaps,
    syncs,
    take_over,
    web_hooks,
)

_ONE = "rotations/<slug:slug>/"
_DRIFT = f"{_ONE}drift/<int:drift_id>/"
_SHIFT = "shifts/<int:shift_id>/"
_COVER = "covers/<int:request_id>/"
_SWAP = "swap-offers/<int:offer_id>/"
_DRAFT = "drafts/<int:draft_id>/"
_FEED = "me/calendar-feeds/"

urlpatterns = [
    path(_FEED, calendar_feeds.CalendarFeedsView.as_view(), name="api-me-calendar-feeds"),
    path(
        f"{_FEED}<int:feed_id>/replace/",
        calendar_feeds.CalendarFeedReplaceView.as_view(),
        name="api-me-calendar-feed-replace",
    ),
    path(
        f"{_FEED}<int:feed_id>/stop/",
        calendar_feeds.CalendarFeedStopView.as_view(),
        name="api-me-calendar-feed-stop",
    ),
    path("rotations/", rotations.RotationsView.as_view(), name="api-rotations"),
    path(_ONE, rotations.RotationView.as_view(), name="api-rotation"),
    path(f"{_ONE}shifts/", shifts.ShiftsView.as_view(), name="api-rotation-shifts"),
    path(f"{_ONE}chat/", chat.ChatView.as_view(), name="api-rotation-chat"),
    path(
        f"{_SHIFT}handover-notes/",
        handover_notes.HandoverView.as_view(),
        name="api-shift-handover-notes",
    ),
    path(
        "handover-notes/<int:note_id>/confirm/",
        handover_notes.NoteConfirmView.as_view(),
        name="api-handover-note-confirm",
    ),
    path(f"{_ONE}fairness/", rotations.FairnessView.as_view(), name="api-rotation-fairness"),
    path(f"{_ONE}forecast/", forecasts.ForecastView.as_view(), name="api-rotation-forecast"),
    path(f"{_ONE}on-call-now/", rotations.OnCallNowView.as_view(), name="api-rotation-on-call-now"),
    path(f"{_ONE}handovers/", rotations.HandoversView.as_view(), name="api-rotation-handovers"),
    path(f"{_ONE}pages/", pages.PagesView.as_view(), name="api-rotation-pages"),
    path(f"{_ONE}policies/", policies.PoliciesView.as_view(), name="api-rotation-policies"),
    path(f"{_ONE}drafts/", drafts.RotationDraftsView.as_view(), name="api-rotation-drafts"),
    path(f"{_ONE}sync-runs/", syncs.SyncRunsView.as_view(), name="api-rotation-sync-runs"),
    path(f"{_ONE}lookups/", lookups.LookupsView.as_view(), name="api-rotation-lookups"),
    path(f"{_ONE}own/", lookups.OwnView.as_view(), name="api-rotation-own"),
    path("lookups/<int:lookup_id>/", lookups.LookupView.as_view(), name="api-lookup"),
    path(
        "lookups/<int:lookup_id>/adopt/", lookups.LookupAdoptView.as_view(), name="api-lookup-adopt"
    ),
    path(f"{_ONE}drift/", drift.DriftsView.as_view(), name="api-rotation-drift"),
    path(f"{_ONE}drift/check/", drift.DriftCheckView.as_view(), name="api-rotation-drift-check"),
    path(f"{_DRIFT}adopt/", drift.DriftAdoptView.as_view(), name="api-drift-adopt"),
    path(f"{_DRIFT}restore/", drift.DriftRestoreView.as_view(), name="api-drift-restore"),
    path(f"{_DRIFT}leave/", drift.DriftLeaveView.as_view(), name="api-drift-leave"),
    path(f"{_ONE}sync/", syncs.SyncView.as_view(), name="api-rotation-sync"),
    path(
        f"{_ONE}readiness/",
        readiness.RotationReadinessView.as_view(),
        name="api-rotation-readiness",
    ),
    path("me/readiness/", readiness.MyReadinessView.as_view(), name="api-me-readiness"),
    path(
        f"{_ONE}levels/<slug:level>/schedule-again/",
        syncs.ScheduleAgainView.as_view(),
        name="api-rotation-schedule-again",
    ),
    path(
        f"{_ONE}policy-again/",
        syncs.PolicyAgainView.as_view(),
        name="api-rotation-policy-again",
    ),
    path(_SHIFT, shifts.ShiftView.as_view(), name="api-shift"),
    path(f"{_SHIFT}pages/", pages.ShiftPagesView.as_view(), name="api-shift-pages"),
    path(f"{_SHIFT}covers/", covers.ShiftCoversView.as_view(), name="api-shift-covers"),
    path(
        f"{_SHIFT}cover-candidates/",
        covers.CoverCandidatesView.as_view(),
        name="api-shift-cover-candidates",
    ),
    path(
        f"{_SHIFT}questions/",
        questions.ShiftQuestionsView.as_view(),
        name="api-shift-questions",
    ),
    path(
        f"{_SHIFT}cover-requests/",
        cover_requests.ShiftRequestsView.as_view(),
        name="api-shift-cover-requests",
    ),
    path(
        "me/cover-requests/", cover_requests.MyRequestsView.as_view(), name="api-me-cover-requests"
    ),
    path(_COVER, cover_requests.RequestView.as_view(), name="api-cover-request"),
    path(f"{_COVER}take/", cover_requests.RequestTakeView.as_view(), name="api-cover-take"),
    path(
        f"{_COVER}decline/", cover_requests.RequestDeclineView.as_view(), name="api-cover-decline"
    ),
    path(
        f"{_COVER}withdraw/",
        cover_requests.RequestWithdrawView.as_view(),
        name="api-cover-withdraw",
    ),
    path("me/swap-offers/", swaps.MySwapsView.as_view(), name="api-me-swap-offers"),
    path(f"{_COVER}swap-offers/", swaps.RequestSwapsView.as_view(), name="api-cover-swap-offers"),
    path(
        f"{_SHIFT}swap-proposals/",
        swaps.SwapProposalsView.as_view(),
        name="api-shift-swap-proposals",
    ),
    path(_SWAP, swaps.SwapView.as_view(), name="api-swap-offer"),
    path(f"{_SWAP}agree/", swaps.SwapAgreeView.as_view(), name="api-swap-agree"),
    path(f"{_SWAP}decline/", swaps.SwapDeclineView.as_view(), name="api-swap-decline"),
    path(f"{_SWAP}withdraw/", swaps.SwapWithdrawView.as_view(), name="api-swap-withdraw"),
    path(f"{_SHIFT}take-over/", take_over.TakeOverView.as_view(), name="api-take-over"),
    path(
        f"{_SHIFT}take-over/offer/",
        take_over.TakeOverOfferView.as_view(),
        name="api-take-over-offer",
    ),
    path(
        f"{_COVER}take-over/agree/",
        take_over.TakeOverAgreeView.as_view(),
        name="api-take-over-agree",
    ),
    path(
        f"{_COVER}take-over/close/",
        take_over.TakeOverCloseView.as_view(),
        name="api-take-over-close",
    ),
    path(
        f"{_COVER}give-back/",
        cover_requests.CoverGiveBackView.as_view(),
        name="api-cover-give-back",
    ),
    path("covers/<int:cover_id>/undo/", covers.CoverUndoView.as_view(), name="api-cover-undo"),
    path(f"{_SHIFT}cancel/", cancelling.ShiftCancelView.as_view(), name="api-shift-cancel"),
    path(f"{_SHIFT}restore/", cancelling.ShiftRestoreView.as_view(), name="api-shift-restore"),
    path("sync-runs/<int:run_id>/", syncs.SyncRunView.as_view(), name="api-sync-run"),
    path("questions/<int:question_id>/", questions.QuestionView.as_view(), name="api-question"),
    path("web-hooks/", web_hooks.WebHooksView.as_view(), name="api-web-hooks"),
    path("drafts/", drafts.DraftsView.as_view(), name="api-drafts"),
    path(_DRAFT, drafts.DraftView.as_view(), name="api-draft"),
    path(
        f"{_DRAFT}questions/",
        questions.DraftQuestionsView.as_view(),
        name="api-draft-questions",
    ),
    path(f"{_DRAFT}rules/", draft_rules.DraftRulesView.as_view(), name="api-draft-rules"),
    path(
        f"{_DRAFT}rules/<int:rule_id>/",
        draft_rules.DraftRuleView.as_view(),
        name="api-draft-rule",
    ),
    path(
        f"{_DRAFT}solve-again/",
        draft_rules.DraftSolveAgainView.as_view(),
        name="api-draft-solve-again",
    ),
    path(f"{_DRAFT}compare/", draft_rules.DraftCompareView.as_view(), name="api-draft-compare"),
    path(f"{_DRAFT}publish/", drafts.DraftPublishView.as_view(), name="api-draft-publish"),
    path(f"{_DRAFT}discard/", drafts.DraftDiscardView.as_view(), name="api-draft-discard"),
    path(f"{_DRAFT}cancel/", drafts.DraftCancelView.as_view(), name="api-draft-cancel"),
]

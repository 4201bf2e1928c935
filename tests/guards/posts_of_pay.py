"""Good requests of the routes of one's own pay and of questions about it."""

from __future__ import annotations

from tests.guards.posts import Post


def _post(viewer: str, *typed: str, **fields: object) -> Post:
    return Post(viewer=viewer, fields=lambda _world: dict(fields), typed=typed)


PAGES = {
    "entry-ask": _post("engineer", "question", question="Why is it so little?"),
    "period-question-answer": _post("finance", "answer", answer="Carla had the Sunday."),
}

API_ROUTES = {
    "api-pay-questions": Post(
        viewer="engineer",
        fields=lambda world: {
            "entry": world.arguments["entry_number"],
            "question": "Why is it so little?",
        },
        typed=("question",),
    ),
    "api-pay-question-answer": _post("finance", "answer", answer="Carla had the Sunday."),
}

"""Pages for what went wrong. Each says what is still true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from common.http import request_id

if TYPE_CHECKING:
    from django.http import HttpRequest

NOT_ALLOWED = "This is not yours to do."


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token, or from another site."""
    del reason
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what no browser sends, without a look at the database."""
    del request, exception
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 for a function that the person's roles do not include; the text says who can."""
    return render(request, "403.html", {"reason": str(exception) or NOT_ALLOWED}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for what is not there or not theirs to see: the same page, so that it tells nothing."""
    del exception
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, from a template that needs neither the database nor the person."""
    del request
    return HttpResponse(render_to_string("500.html", {"number": request_id.get()}), status=500)

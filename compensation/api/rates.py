"""Rates: those in force for everybody, their history and additions for finance."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.schema import answers
from compensation import access
from compensation.api import serializers
from compensation.api.once import once
from compensation.forms import RateForm
from compensation.operations import rates, rights
from compensation.queries import rates as queries
from volunteers.api.base import ListView
from volunteers.queries import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rest_framework.request import Request

    from compensation.queries.rates import RateLine
    from volunteers.queries.places import OfficeLine

TAGS = ["rates"]
Function = access.MoneyFunction


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeRate:
    """A rate with the slug of its office."""

    line: RateLine
    office: str


def _with_office(lines: Iterable[RateLine], offices: Iterable[OfficeLine]) -> list[OfficeRate]:
    slugs = {office.office_id: office.slug for office in offices}
    return [OfficeRate(line=line, office=slugs[line.office_id]) for line in lines]


class RatesInForceView(ListView):
    """What a week is worth today."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.RateSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """The rate of each office and level today, by office, then level."""
        del request
        lines = queries.rates_in_force(on=self.today)
        found = _with_office(lines, places.office_lines())
        return self.lines(found, serializers.RateSerializer)


class RatesView(ListView):
    """Every version of every rate, for finance."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.RateVersionSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """All versions by office and level, the newest day first."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_RATES)
        found = _with_office(queries.rate_history(), places.office_lines())
        return self.lines(found, serializers.RateVersionSerializer)

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewRateSerializer,
        responses=answers({201: serializers.RateVersionSerializer}, 400, 403, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Add a rate; it counts for every week that starts on its day or later."""
        del request
        rights.require_finance(
            viewer=self.viewer, function=Function.ADD_RATE, attempt="adding a rate", now=self.now
        )
        offices = places.office_lines()
        rate = new_rate(self.body(serializers.NewRateSerializer), offices)
        version = rates.add_rate(rate=rate, actor=self.actor, now=self.now)
        lines = queries.rate_history(office_id=rate.office_id)
        made = [line for line in lines if line.version == version]
        body = serializers.RateVersionSerializer(_with_office(made, offices)[0]).data
        return Response(body, status=201)


def new_rate(values: dict[str, Any], offices: Sequence[OfficeLine]) -> rates.NewRate:
    """The rate that was sent, its amounts read as the page's form reads them."""
    ids = {office.slug: office.office_id for office in offices}
    if values["office"] not in ids:
        raise ValidationError({"office": "There is no such office."})
    form = RateForm({**values, "office": ids[values["office"]]}, offices=offices)
    if not form.is_valid():
        raise ValidationError({name: str(said[0]) for name, said in form.errors.items()})
    return form.rate()

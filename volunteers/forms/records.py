"""Forms of people and reference data. They clean what was typed; operations check and write it."""

from __future__ import annotations

from django import forms

from volunteers.models import Office, OnCallTeam, RoleGrant, Team
from volunteers.queries.people import account_of

ISO_DAY = ["%Y-%m-%d"]
_DAY = {"type": "date"}


class OfficeForm(forms.Form):
    """An office."""

    name = forms.CharField()
    time_zone = forms.CharField(help_text="As in Europe/Dublin.")
    country = forms.CharField(help_text="Two letters, as in IE; says which public holidays count.")
    subdivision = forms.CharField(required=False, help_text="A part of the country, as in CA.")
    currency = forms.CharField(help_text="Three letters, as in EUR; what people there are paid in.")
    legal_entity = forms.CharField(
        required=False, help_text="The employer there as payroll knows it, for files to payroll."
    )


class LoadHolidaysForm(forms.Form):
    """Years whose public holidays are added."""

    first_year = forms.IntegerField(min_value=2000, max_value=2100)
    last_year = forms.IntegerField(min_value=2000, max_value=2100)


class TeamForm(forms.Form):
    """A home team."""

    name = forms.CharField()


class StatementForm(forms.Form):
    """An on-call team: why it exists and how it is judged."""

    name = forms.CharField()
    problem = forms.CharField(required=False, widget=forms.Textarea)
    success_criteria = forms.CharField(
        required=False, widget=forms.Textarea, help_text="One in a line."
    )
    owner = forms.CharField(required=False, help_text="The e-mail of who answers for it.")
    next_review_on = forms.DateField(
        required=False, input_formats=ISO_DAY, widget=forms.DateInput(attrs=_DAY)
    )
    people_on_call_before = forms.IntegerField(required=False, min_value=0)

    def clean_owner(self) -> int | None:
        """The person's id, None without one.

        Raises:
            forms.ValidationError: nobody has the e-mail.
        """
        email = self.cleaned_data["owner"]
        if not email:
            return None
        account = account_of(email=email)
        if account is None:
            raise forms.ValidationError("Nobody has this e-mail.")
        return account.engineer_id


class PersonForm(forms.Form):
    """Somebody new."""

    name = forms.CharField()
    email = forms.CharField(label="E-mail")
    employee_number = forms.CharField(required=False)


class NameForm(forms.Form):
    """A name."""

    name = forms.CharField()


class EmployeeNumberForm(forms.Form):
    """The number that payroll knows somebody by."""

    employee_number = forms.CharField(required=False, help_text="Empty takes it away.")


class PostingForm(forms.Form):
    """Where somebody works, from a day on."""

    starts_on = forms.DateField(
        label="From", input_formats=ISO_DAY, widget=forms.DateInput(attrs=_DAY)
    )
    office = forms.ModelChoiceField(Office.objects.order_by("name", "pk"))
    team = forms.ModelChoiceField(Team.objects.order_by("name", "pk"), required=False)
    cost_centre = forms.CharField(required=False)


class RoleForm(forms.Form):
    """Finance or admin."""

    role = forms.ChoiceField(choices=RoleGrant.Role.choices)


class ManagedTeamForm(forms.Form):
    """An on-call team to manage."""

    team = forms.ModelChoiceField(OnCallTeam.objects.order_by("name", "pk"))

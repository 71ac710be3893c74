"""What do forms of several pages share?"""

from collections.abc import Iterable

from django import forms


class DayField(forms.DateField):
    """A day, entered with the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def chosen_numbers(values: Iterable[str]) -> list[int]:
    """Return those of the values that are keys; others are nobody's."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]


def explain(form: forms.Form, refusal: Exception) -> None:
    """Show an operation's refusal at the field it names, else above the form."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))

"""The forms for deactivating and moving a person: the new role, and the successors for their open items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.accounts.models import Agency, Invitation, Membership, Role, User
from cpch.accounts.names import name_among
from cpch.accounts.permissions import Place, places_open_to
from cpch.forms import WithoutFormTag
from cpch.isolation import isolate
from diagnostic.actions.handover import key_of
from diagnostic.handover_queries import Left
from diagnostic.models import Action, Assignment

from .review import MarkedField

NOBODY = "none"
ALL_ACTIONS = "actions"


class HandoverForm(WithoutFormTag):
    """The successors for invitations, assignments and actions; `seen` is the stamp of the items on the page.

    If the reader may not see the actions, one choice applies to all of them.
    """

    bound_field_class = MarkedField
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, left: Left, sees_actions: bool, chosen: Mapping[str, str] | None = None):
        """`chosen` holds the choices from an earlier display of the page, selected again."""
        super().__init__(data, initial=dict((chosen or {}).items()) | {"seen": left.stamp})
        self.left = left
        self.is_in_one = bool(left.actions) and not sees_actions
        for invitation in left.invitations:
            people = left.successors_for_invitation(invitation)
            self._offer(key_of(invitation), _say_invitation(invitation), _("Withdraw the invitation"), people)
        for assignment in left.assignments:
            people = left.successors_for_assignment(assignment)
            self._offer(key_of(assignment), _say_assignment(assignment), _("Nobody: end the assignment"), people)
        if self.is_in_one:
            label = gettext("Responsible for the actions from now on")
            self._offer(ALL_ACTIONS, label, _("Leave them to the agency"), left.successors_for_actions(left.actions))
            return
        for action in left.actions:
            people = left.successors_for_actions([action])
            self._offer(key_of(action), _say_action(action), _("Leave it to the agency"), people)

    def _offer(self, name: str, label: str, to_nobody: Any, people: Iterable[Membership]) -> None:
        faults = {
            "required": gettext("Choose what happens: %(item)s.") % {"item": label},
            "invalid_choice": gettext("This person can no longer take it over: %(item)s.") % {"item": label},
        }
        held = list(people)
        users = [item.user for item in held]
        choices = [(str(item.user_id), _say_person(item, users)) for item in held]
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[("", _("Choose")), (NOBODY, to_nobody), *choices],
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages=faults,
        )

    @property
    def choices(self) -> dict[str, int | None]:
        """The choices, by the key of each item; the form must be valid."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if self.is_in_one:
            chosen = given.pop(ALL_ACTIONS)
            given |= {key_of(action): chosen for action in self.left.actions}
        return {name: None if value == NOBODY else int(value) for name, value in given.items()}

    def fields_of(self, model: type[Any]) -> list[forms.BoundField]:
        """The fields of the items of one model, in order."""
        name = model._meta.model_name
        return [self[field] for field in self.fields if field == f"{name}s" or field.startswith(f"{name}-")]

    @property
    def of_invitations(self) -> list[forms.BoundField]:
        return self.fields_of(Invitation)

    @property
    def of_assignments(self) -> list[forms.BoundField]:
        return self.fields_of(Assignment)

    @property
    def of_actions(self) -> list[forms.BoundField]:
        return self.fields_of(Action)


class PlaceForm(WithoutFormTag):
    """The person's new role."""

    bound_field_class = MarkedField
    to = forms.ChoiceField(
        label=_("New role"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the new role."), "invalid_choice": _("Choose one of these roles.")},
    )

    def __init__(self, data: Any = None, *, person: Membership):
        super().__init__(data)
        self.places = {_code(place): place for place in places_open_to(person)}
        self.fields["to"].choices = [(code, say_place(place)) for code, place in self.places.items()]

    @property
    def place(self) -> Place:
        """The chosen role; the form must be valid."""
        return self.places[self.cleaned_data["to"]]


def say_place(place: Place) -> str:
    """A role with its agency, in the reader's language."""
    role = str(Role(place.role).label)
    if not place.agency:
        return role
    agency = str(Agency.Kind(place.agency).label)
    return gettext("%(role)s, %(agency)s") % {"role": role, "agency": agency.lower()}


def _code(place: Place) -> str:
    return "-".join(part for part in (place.role, place.agency) if part)


def _say_person(person: Membership, among: Iterable[User]) -> str:
    place = Place(str(person.role), str(person.agency.kind) if person.agency else "")
    return gettext("%(name)s (%(role)s)") % {"name": isolate(name_among(person.user, among)), "role": say_place(place)}


def _say_invitation(invitation: Invitation) -> str:
    place = Place(str(invitation.role), str(invitation.agency.kind) if invitation.agency else "")
    return gettext("Invitation of %(email)s (%(role)s)") % {"email": invitation.email, "role": say_place(place)}


def _say_assignment(assignment: Assignment) -> str:
    about = assignment.assessment
    return gettext("%(country)s, %(period)s: review due on %(day)s") % {
        "country": about.country.name,
        "period": about.period,
        "day": assignment.due_on.isoformat(),
    }


def _say_action(action: Action) -> str:
    return gettext("Action %(number)d: %(title)s") % {"number": action.number, "title": action.title}

"""Six ways to give one person both keys, and how each is prevented."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cpch.accounts.models import Agency, Invitation, Membership, Role, User
from diagnostic.models import Assessment, Attestation, Side, Submission
from tests import factories
from tests.outbox import deliver

from .steps_attesting import attest
from .steps_browsing import Visitor, visit

pytestmark = pytest.mark.django_db(transaction=True)

VERIFIED = "Called the head of the border police on the number of their own site."
RECORDED = (("name", "Ada Example"), ("function", "Head of Crime Investigation"), ("confirmed", "on"))


@pytest.fixture
def customs(transactional_db: None) -> User:
    """The only coordinator of the country, on a customs device."""
    person = factories.make_user()
    person.email, person.full_name = "nadia.ferrand@customs.example", "Nadia Ferrand"
    person.save()
    return factories.reload(person)


@pytest.fixture
def assessment(customs: User) -> Assessment:
    return factories.fill(factories.start_assessment(customs, period="2026"), customs)


def signed_in(new_page: Callable, user: User) -> Visitor:
    visitor = visit(new_page, user)
    visitor.sign_in()
    return visitor


def without_expected(visitor: Visitor, *statuses: str) -> list[str]:
    """A visitor's faults, without the browser's console messages about the expected refusals."""
    return [fault for fault in visitor.faults if not any(status in fault for status in statuses)]


def link_in_mail(to: str) -> str:
    (message,) = [message for message in mail.outbox if message.to == [to] and "/invitations/" in message.body]
    return re.search(r"(/invitations/\S+/)", message.body)[1]


def test_a_second_mailbox(new_page: Callable, customs: User, assessment: Assessment, run_tasks: Any) -> None:
    """Customs' coordinator wants the police's key for a second mailbox: they can propose it, not invite it."""
    colleague, administrator = factories.make_user(), factories.make_user(Role.ADMINISTRATOR, None, None)
    visitor = signed_in(new_page, customs)
    page = visitor.page
    page.goto(reverse("invitation-create"))
    visitor.look("invite")
    expect(page.get_by_role("radio", name="Police", exact=True)).to_have_count(0)
    visitor.go(page.get_by_role("link", name="Propose a coordinator for an agency that has none"))
    page.get_by_label("Full name").fill("Nadia F.")
    page.get_by_label("E-mail address").fill("n.ferrand@gmail.com")
    page.get_by_label("Why this person").fill("She knows the cases.")
    visitor.look("propose")
    visitor.go(page.get_by_role("button", name="Propose"))
    expect(page.get_by_role("main")).to_contain_text("Waiting for the secretariat")
    visitor.look("people, proposed")
    run_tasks()
    assert {message.to[0] for message in mail.outbox} == {colleague.email, administrator.email}

    desk = signed_in(new_page, administrator)
    desk.page.goto(reverse("inbox"))
    desk.go(desk.page.get_by_role("link", name="Example Country, Police: Nadia F."))
    main = desk.page.get_by_role("main")
    expect(main).to_contain_text("Anyone can open a mailbox at this domain.")
    expect(main).to_contain_text("Nadia Ferrand nadia.ferrand@customs.example, Coordinator, customs")
    desk.look("decide")
    desk.go(desk.page.get_by_role("button", name="Send the invitation"))
    expect(desk.page.get_by_role("alert")).to_contain_text("Say how you made sure who this person is.")
    desk.look("decide, not verified")
    assert not Invitation.objects.exists()
    desk.page.get_by_label("Reason for declining").fill("Nobody of that name works for the police.")
    desk.go(desk.page.get_by_role("button", name="Decline the proposal"))
    expect(main).to_contain_text("Nobody of that name works for the police.")
    desk.look("declined")
    assert not Invitation.objects.exists()

    a_real_officer_gets_in(desk, customs, assessment)
    assert visitor.faults == []
    assert without_expected(desk, "422") == []


def a_real_officer_gets_in(desk: Visitor, customs: User, assessment: Assessment) -> None:
    """Proposed by the administrator and verified; the officer then turns the second key."""
    page = desk.page
    page.goto(reverse("people"))
    desk.look("people, administrator")
    desk.go(page.get_by_role("link", name="Invite a coordinator"))
    page.get_by_label("Country or territory").select_option(label="Example Country")
    page.get_by_role("radio", name="Police").check()
    page.get_by_label("Full name").fill("Tomas Marsh")
    page.get_by_label("E-mail address").fill("tomas.marsh@police.example")
    page.get_by_label("Why this person").fill("Named by the head of the border police.")
    desk.go(page.get_by_role("button", name="Continue"))
    page.get_by_label("How did you verify the person?").fill(VERIFIED)
    desk.go(page.get_by_role("button", name="Send the invitation"))
    expect(page.get_by_role("main")).to_contain_text(VERIFIED)
    deliver()
    link = link_in_mail("tomas.marsh@police.example")
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("Full name").fill("Tomas Marsh")
    page.locator("#id_password1").fill(factories.PASSWORD)
    page.locator("#id_password2").fill(factories.PASSWORD)
    desk.go(page.get_by_role("button", name="Accept and sign in"))
    factories.sign(assessment, customs)
    desk.user = User.objects.get(email="tomas.marsh@police.example")
    page.goto(reverse("assessment-check", args=[assessment.pk]))
    attest(desk, "police")
    keys = dict(Attestation.objects.values_list("agency", "attested_by__email"))
    assert keys == {"customs": customs.email, "police": "tomas.marsh@police.example"}


def test_a_move_to_the_other_agency(new_page: Callable, customs: User, assessment: Assessment) -> None:
    """A person who attested for customs and then became the police's coordinator is refused, with reason and remedy."""
    visitor = signed_in(new_page, customs)
    page = visitor.page
    page.goto(reverse("assessment-check", args=[assessment.pk]))
    attest(visitor, "customs")
    police = Agency.objects.get_or_create(country=factories.make_country(), kind="police")[0]
    Membership.objects.filter(user=customs).update(agency=police)

    page.goto(reverse("assessment-detail", args=[assessment.pk]))
    expect(page.get_by_role("main")).to_contain_text("you cannot act for your present agency")
    visitor.look("moved")
    page.goto(reverse("assessment-check", args=[assessment.pk]))
    expect(page.get_by_role("button", name=re.compile("Attest"))).to_have_count(0)
    visitor.look("check, moved")
    refused = send(page, reverse("assessment-attest", args=[assessment.pk, "police"]))
    assert refused.status == 403
    assert "Ask another coordinator of the police" in refused.text()
    assert list(Attestation.objects.values_list("agency", flat=True)) == ["customs"]
    assert set(Side.objects.values_list("agency", flat=True)) == {"customs"}
    assert visitor.faults == []


def send(page: Any, path: str, **fields: str) -> Any:
    """A form sent without its page, by a reader who knows the URL."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    origin = "/".join(page.url.split("/")[:3])
    return page.request.post(origin + path, form={"csrfmiddlewaretoken": token} | fields, headers={"Referer": page.url})


def test_the_renewal_of_an_old_invitation(new_page: Callable, customs: User) -> None:
    """Customs' coordinator invited a coordinator of the police when that was still allowed; the link expired."""
    police = Agency.objects.get_or_create(country=customs.membership.country, kind="police")[0]
    old = Invitation.objects.create(
        email="n.ferrand@gmail.com",
        role=Role.COORDINATOR,
        country=police.country,
        agency=police,
        invited_by=customs,
        expires_at=timezone.now(),
    )
    visitor = signed_in(new_page, customs)
    page = visitor.page
    page.goto(reverse("people"))
    row = page.get_by_role("row", name=re.compile("n.ferrand@gmail.com"))
    expect(row).to_contain_text("Expired")
    expect(row.get_by_role("button")).to_have_count(0)
    assert send(page, reverse("invitation-resend", args=[old.pk])).status == 403

    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now() + timedelta(days=1))
    stranger = new_page()
    assert stranger.goto(reverse("invitation-accept", args=[old.token])).status == 410
    expect(stranger.get_by_role("main")).to_contain_text("Ask a coordinator of Police, Example Country")
    assert not User.objects.filter(email="n.ferrand@gmail.com").exists()


def test_an_administrator_as_a_member_of_a_country(new_page: Callable, customs: User) -> None:
    """Not their own address, nor a colleague's, and only as coordinator."""
    administrator = factories.make_user(Role.ADMINISTRATOR, None, None)
    reviewer = factories.make_user(Role.REVIEWER, None, None)
    desk = signed_in(new_page, administrator)
    page = desk.page
    page.goto(reverse("invitation-create"))
    for role in ("Respondent", "Observer", "Coordinator"):
        expect(page.get_by_role("radio", name=re.compile(role))).to_have_count(0)
    desk.look("invite, administrator")
    for email in (administrator.email.upper(), reviewer.email):
        page.goto(reverse("proposal-create"))
        page.get_by_label("Country or territory").select_option(label="Example Country")
        page.get_by_role("radio", name="Police").check()
        page.get_by_label("Full name").fill("Somebody Else")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Why this person").fill("To be quick.")
        desk.go(page.get_by_role("button", name="Continue"))
        expect(page.get_by_role("alert")).to_contain_text("A person with this address already has an account.")
        expect(page.get_by_label("Why this person")).to_have_value("To be quick.")
    desk.look("propose, refused")
    assert not Invitation.objects.exists()
    assert without_expected(desk, "422") == []


def test_deactivate_record_reactivate(new_page: Callable, customs: User, assessment: Assessment) -> None:
    """The police's coordinator is deactivated, customs' coordinator records who agreed, and the first is reactivated.

    Whether such a record is accepted at all while the agency had an account is another rule; it submits nothing.
    """
    officer = factories.make_user(agency="police")
    visitor = signed_in(new_page, customs)
    page = visitor.page
    page.goto(reverse("assessment-check", args=[assessment.pk]))
    attest(visitor, "customs")
    factories.deactivate(officer)
    page.goto(reverse("assessment-check", args=[assessment.pk]))
    digest = Attestation.objects.get().digest
    record = {f"police-{name}": value for name, value in (("digest", digest), *RECORDED)}
    send(page, reverse("assessment-attest", args=[assessment.pk, "police"]), **record)
    User.objects.filter(pk=officer.pk).update(is_active=True)

    page.goto(reverse("assessment-check", args=[assessment.pk]))
    expect(page.get_by_role("button", name="Submit the assessment")).to_have_count(0)
    send(page, reverse("assessment-submit", args=[assessment.pk]))
    assert not Submission.objects.exists()
    assert Assessment.objects.get(pk=assessment.pk).state == "draft"
    assert not Attestation.objects.filter(agency="police", agreed_by="").exists()


def test_the_command_line(customs: User) -> None:
    for options in ({"role": "coordinator", "country": "ZZ", "agency": "police"}, {"role": "respondent"}):
        with pytest.raises(CommandError, match="invites administrators only"):
            call_command("invite", "n.ferrand@gmail.com", **options)
    with pytest.raises(CommandError, match="already has an account"):
        call_command("invite", customs.email.upper())
    assert not Invitation.objects.exists()

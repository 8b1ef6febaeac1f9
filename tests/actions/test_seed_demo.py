"""The demonstration: laid once, by the product's own acts, with passwords of its own."""

import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cpch.accounts.models import User
from diagnostic.actions.audit_check import find_breaks, find_contradictions
from diagnostic.actions.revision_check import find_answer_breaks
from diagnostic.core.action_plan import OPEN, STATES, find_level, has_moved
from diagnostic.core.comparison import find_agreement
from diagnostic.core.result import score
from diagnostic.instruments import current_instrument
from diagnostic.models import Action, Assessment, AuditChain, OutboxItem, Submission
from diagnostic.queries import load_agreements, load_previous, load_voices, snapshot_voices

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts():
    call_command("seed_demo", verbosity=0)
    path = Path(settings.DATA_DIR) / "demo-accounts.txt"
    yield path
    path.unlink()


def test_three_years_are_accepted_and_a_fourth_is_under_way(accounts):
    states = list(Assessment.objects.order_by("period").values_list("period", "state"))
    years = [("2023", "accepted"), ("2024", "accepted"), ("2025", "accepted"), ("2026", "draft")]
    assert states == [*years, ("2026, main port", "comparing")]
    assert list(Submission.objects.order_by("submitted_at").values_list("level", flat=True)) == [1, 2, 2, 2]
    assert load_previous(Assessment.objects.get(period="2026")).period == "2025"


def test_its_log_verifies_and_bears_the_dates_of_the_story(accounts):
    chains = list(AuditChain.objects.all())
    assert [words for chain in chains for words in find_breaks(chain)] == []
    for assessment in Assessment.objects.all():
        assert [*find_contradictions(assessment), *find_answer_breaks(assessment)] == []
    chain = AuditChain.objects.get(assessment__period="2023")
    first = chain.entries.order_by("number").first()
    assert first.at.year == 2023


def test_every_account_signs_in_with_its_own_password(accounts):
    lines = [line.split() for line in accounts.read_text(encoding="utf-8").splitlines()]
    passwords = {email: password for email, password, *_rest in lines}
    assert len(set(passwords.values())) == len(passwords) == 8
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    for email, password in passwords.items():
        assert authenticate(None, email=email, password=password) is not None


def test_laying_it_again_changes_nothing(accounts):
    before = accounts.read_text(encoding="utf-8")
    call_command("seed_demo", verbosity=0)
    assert accounts.read_text(encoding="utf-8") == before
    assert Assessment.objects.count() == 5


def test_two_agencies_answer_apart_and_compare(accounts, client):
    apart = Assessment.objects.get(mode="separate")
    voices = load_voices(apart)
    assert {voice: len(answers) for voice, answers in voices.items()}.keys() == {"customs", "police", "national"}
    agreement = find_agreement(current_instrument(), voices)
    assert (agreement.compared >= 15, len(agreement.differences)) == (True, 2), "the comparison has something to show"
    assert set(voices["national"]) < set(voices["customs"]), "and something is left to agree on"
    assert set(load_agreements(apart)) == {"A.2.2", "A.13"}
    client.force_login(User.objects.get(email="elena.ruiz@government.example"))
    page = client.get(reverse("compare", args=[apart.pk])).content.decode()
    for words in ("Police officers sit in the targeting unit", "Two officers visit the targeting unit", "Agreed at 3"):
        assert words in page
    report = client.get(reverse("assessment-report", args=[apart.pk]))
    assert report.status_code == 200
    assert "Customs and police" in report.content.decode()


def test_its_plan_has_every_state_and_moved_levels(accounts):
    actions = Action.objects.order_by("number")
    assert {action.state for action in actions} == set(STATES)
    assert {action.assessment.period for action in actions} == {"2024", "2025"}
    assert actions.filter(state__in=OPEN, due_on__lt="2026-11-01").count() == 2
    last = Submission.objects.filter(assessment__period="2025").first()
    result = score(current_instrument(), snapshot_voices(last))
    moved = [
        action.recommendation
        for action in actions.filter(assessment__period="2024")
        if has_moved(action.state, action.level_before, find_level(result, action.question, action.theme))
    ]
    assert moved == ["S-A.1", "S-A.2.1", "G-A.13"]


def test_it_orders_no_e_mail(accounts):
    """The people of the demonstration have no mailboxes."""
    assert not OutboxItem.objects.exists()
    assert not DBTaskResult.objects.exists()

"""The demonstration: laid once, by the product's own acts, with passwords of its own."""

import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command

from diagnostic.actions.audit import find_breaks
from diagnostic.models import Assessment, AuditChain, Submission
from diagnostic.queries import load_previous

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts():
    call_command("seed_demo", verbosity=0)
    path = Path(settings.DATA_DIR) / "demo-accounts.txt"
    yield path
    path.unlink()


def test_three_years_are_accepted_and_a_fourth_is_under_way(accounts):
    states = list(Assessment.objects.order_by("period").values_list("period", "state"))
    assert states == [("2023", "accepted"), ("2024", "accepted"), ("2025", "accepted"), ("2026", "draft")]
    assert list(Submission.objects.order_by("submitted_at").values_list("level", flat=True)) == [1, 2, 2, 2]
    assert load_previous(Assessment.objects.get(period="2026")).period == "2025"


def test_its_log_verifies_and_bears_the_dates_of_the_story(accounts):
    chains = list(AuditChain.objects.all())
    assert [words for chain in chains for words in find_breaks(chain)] == []
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
    assert Assessment.objects.count() == 4

"""Saving an answer: versions, revisions, conflicts, follow-ups, rules."""

import pytest

from diagnostic.actions import responses
from diagnostic.actions.errors import Invalid, NotAsked, Stale
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response, ResponseRevision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator)


def save(assessment, by, question, version, **members):
    return responses.save(
        assessment_id=assessment.pk,
        voice="national",
        question=question,
        response=Answer(**members),
        base_version=version,
        by=by,
    )


def test_each_save_is_a_version_and_a_revision(assessment, people):
    save(assessment, people.respondent, "A.1", 0, level=2)
    row = save(assessment, people.coordinator, "A.1", 1, level=3, evidence=(Evidence("MOU", "7"),))
    assert row.version == 2
    kept = ResponseRevision.objects.filter(response=row).order_by("version")
    assert [item.content for item in kept] == [
        {"level": 2},
        {"level": 3, "evidence": [{"title": "MOU", "reference": "7"}]},
    ]


def test_what_stands_already_is_not_saved_again(assessment, people):
    save(assessment, people.respondent, "A.1", 0, level=2)
    assert save(assessment, people.respondent, "A.1", 0, level=2).version == 1
    assert ResponseRevision.objects.count() == 1


def test_a_stale_save_changes_nothing_and_says_what_stands(assessment, people):
    save(assessment, people.respondent, "A.1", 0, level=2, narrative="mine")
    with pytest.raises(Stale) as refused:
        save(assessment, people.police_respondent, "A.1", 0, level=4, narrative="yours")
    assert refused.value.row.narrative == "mine"
    assert Response.objects.get(assessment=assessment, question="A.1").level == 2


def test_the_text_that_was_given_up_is_kept_in_the_history(assessment, people):
    save(assessment, people.respondent, "A.1", 0, level=2)
    responses.set_aside(
        assessment_id=assessment.pk,
        voice="national",
        question="A.1",
        response=Answer(level=4, narrative="not chosen"),
        by=people.police_respondent,
    )
    assert ResponseRevision.objects.filter(was_kept=False).get().content["narrative"] == "not chosen"
    assert Response.objects.get(assessment=assessment, question="A.1").version == 1


def test_a_follow_up_is_refused_until_its_parent_asks_for_it(assessment, people):
    with pytest.raises(NotAsked, match=r"A\.3\.2 is not asked"):
        save(assessment, people.respondent, "A.3.2", 0, level=3)
    save(assessment, people.respondent, "A.3.1", 0, level=2)
    save(assessment, people.respondent, "A.3.2", 0, level=3)
    save(assessment, people.respondent, "A.3.1", 1, level=1)
    assert Response.objects.get(assessment=assessment, question="A.3.2").level == 3, "what was written is kept"


@pytest.mark.parametrize(
    ("question", "members", "path"),
    [
        ("A.1", {"level": 6}, "level"),
        ("A.7.1", {"level": 2}, "level"),
        ("A.1", {"basis": "oral"}, "basis"),
        ("A.1", {"authority": {"customs": "own"}}, "authority"),
        ("A.8", {"authority": {"navy": "own"}}, "authority.navy"),
        ("A.8", {"authority": {"customs": "maybe"}}, "authority.customs"),
        ("A.17", {"challenges": ("legal", "legal")}, "challenges[1]"),
        ("A.17", {"challenges": ("weather",)}, "challenges[0]"),
        ("A.1", {"status": "not_applicable", "reason": "no"}, "status"),
        ("A.9", {"status": "not_applicable", "reason": "  "}, "reason"),
        ("A.1", {"status": "unknown", "reason": "why", "level": 2}, "level"),
        ("A.1", {"level": 1, "reason": "why"}, "reason"),
        ("A.1", {"narrative": "x" * 10_001}, "narrative"),
        ("A.1", {"narrative": "bell\x07"}, "narrative"),
        ("A.1", {"narrative": "abc\u202edef"}, "narrative"),
        ("A.1", {"narrative": "line\r\n"}, "narrative"),
        ("A.1", {"evidence": (Evidence(" "),)}, "evidence[0].title"),
    ],
)
def test_what_breaks_the_rules_is_refused_where_it_stands(assessment, people, question, members, path):
    with pytest.raises(Invalid) as refused:
        save(assessment, people.respondent, question, 0, **members)
    assert path in [fault.path for fault in refused.value.faults]
    assert not ResponseRevision.objects.exists()

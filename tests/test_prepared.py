"""A statement that is compiled once does what the queryset does, for other values and in other transactions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, models, transaction
from django.db.models import Count, F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from cpch.accounts.models import Country, Region, User
from cpch.prepared import PreparedInsert, PreparedRead, PreparedUpdate, Slot
from diagnostic.models import Assessment, Response, ResponseRevision
from tests import factories

BY_CODE = PreparedRead(
    lambda: (
        Country.objects.select_related("region")
        .annotate(region_code=F("region__code"))
        .filter(alpha2=Slot("code", models.CharField()))
    )
)
OF_REGION = PreparedRead(
    lambda: Country.objects.filter(region__code=Slot("region", models.CharField())).order_by("-alpha2")
)
LOCKED = PreparedRead(lambda: Country.objects.select_for_update().filter(alpha2=Slot("code", models.CharField())))
BY_ID = PreparedRead(lambda: Assessment.objects.filter(pk=Slot("pk", models.UUIDField())))

pytestmark = pytest.mark.django_db


def test_each_asking_gets_the_row_of_its_own_values_with_what_is_joined():
    for code in ("FR", "KE", "FR"):
        with CaptureQueriesContext(connection) as asked:
            country = BY_CODE.get(code=code)
            assert (country, country.region) == (expected := Country.objects.get(alpha2=code), expected.region)
            assert country.region_code == country.region.code
        assert len(asked) == 3  # one of the read, two of what it is compared with


def test_what_is_joined_may_be_missing():
    Country.objects.filter(alpha2="ZZ").update(region=None)
    country = BY_CODE.get(code="ZZ")
    assert (country.region, country.region_code) == (None, None)


def test_all_keeps_the_order_of_the_queryset():
    region = Region.objects.first()
    expected = list(Country.objects.filter(region=region).order_by("-alpha2"))
    assert OF_REGION.all(region=region.code) == expected
    assert OF_REGION.all(region="nowhere") == []


def test_columns_that_were_left_out_are_read_when_asked_for_and_sums_come_along():
    region = Region.objects.annotate(size=Count("countries")).order_by("-size").first()
    read = PreparedRead(
        lambda: (
            Region.objects.only("code").annotate(size=Count("countries")).filter(pk=Slot("pk", models.BigAutoField()))
        )
    )
    found = read.get(pk=region.pk)
    assert (found.size, found.get_deferred_fields()) == (region.size, {"name", "short_name"})
    assert found.name == region.name


def test_none_and_many_are_errors_of_the_model():
    with pytest.raises(Country.DoesNotExist):
        BY_CODE.get(code="??")
    with pytest.raises(Country.MultipleObjectsReturned):
        OF_REGION.get(region=Region.objects.first().code)


def test_values_are_written_as_the_field_writes_them():
    assessment = factories.start_assessment(factories.make_user())
    assert BY_ID.get(pk=str(assessment.pk)) == BY_ID.get(pk=assessment.pk) == assessment


def test_a_row_that_is_read_can_be_changed_and_saved():
    user = factories.make_user()
    read = PreparedRead(lambda: User.objects.filter(pk=Slot("pk", models.BigAutoField()))).get(pk=user.pk)
    read.full_name = "Another"
    read.save()
    assert User.objects.get(pk=user.pk).full_name == "Another"


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only():
    with transaction.atomic():
        assert LOCKED.get(code="FR").alpha2 == "FR"
    with pytest.raises(TransactionManagementError):
        LOCKED.get(code="FR")


def test_an_update_writes_every_kind_of_value_to_the_rows_it_finds_and_to_no_other():
    assessment = factories.start_assessment(factories.make_user())
    others = Response.objects.exclude(question="A.1")
    before = list(others.order_by("pk").values())
    row = Response.objects.get(assessment=assessment, question="A.1")
    write = PreparedUpdate(
        lambda: Response.objects.filter(
            pk=Slot("pk", models.BigAutoField()), version=Slot("base", models.PositiveIntegerField())
        ),
        columns=("version", "level", "narrative", "authority", "topics", "confirms_id", "saved_at", "saved_by_id"),
    )
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    by = assessment.started_by_id
    for base, level, text, topics in ((0, 3, "It’s 100 % “ours”.", ["laws"]), (1, None, "", [])):
        given = {"version": base + 1, "level": level, "narrative": text, "topics": topics, "confirms_id": None}
        given |= {"authority": {"police": "own"}, "saved_at": at, "saved_by_id": by}
        with CaptureQueriesContext(connection) as asked:
            assert write.run(pk=row.pk, base=base, **given) == 1
        assert len(asked) == 1
        assert Response.objects.filter(pk=row.pk).values(*given).get() == given
    assert write.run(pk=row.pk, base=0, **given) == 0
    assert list(others.order_by("pk").values()) == before


def test_an_insert_is_the_row_that_django_would_make():
    row = Response.objects.filter(assessment=factories.start_assessment(factories.make_user())).first()
    given = {
        "response_id": row.pk,
        "number": 1,
        "version": 1,
        "content": {"level": 3, "narrative": "%s"},
        "agreement": "It’s so.",
    }
    given |= {"confirms_id": None, "saved_by_id": row.assessment.started_by_id, "saved_at": datetime.now(UTC)}
    keep = PreparedInsert(ResponseRevision)
    with CaptureQueriesContext(connection) as asked:
        keep.run(**given)
    assert len(asked) == 1
    ours = ResponseRevision.objects.values().get()
    ResponseRevision.objects.filter(pk=ours["id"]).delete()
    theirs = ResponseRevision.objects.create(**given)
    assert ours | {"id": theirs.pk} == ResponseRevision.objects.values().get()

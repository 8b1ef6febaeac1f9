"""A read that is compiled once gives what the queryset gives, for other values and in other transactions."""

from __future__ import annotations

import pytest
from django.db import connection, models, transaction
from django.db.models import Count, F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from cpch.accounts.models import Country, Region, User
from cpch.prepared import PreparedRead, Slot
from diagnostic.models import Assessment
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

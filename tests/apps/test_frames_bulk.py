"""Do rows go in and come out of the database in bulk exactly as one by one?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from amiable.ledger.models import Customer
from amiable.organisation.bulk import BulkError, one_snapshot, read_frame, staged, update_frame, write_frame
from amiable.organisation.models import AuditEvent, Creditor

NAMED = pl.Schema({"code": pl.String, "name": pl.String, "customer_since": pl.Date})


def acme() -> Creditor:
    return Creditor.objects.create(slug="acme", name="Acme")


def customers(creditor: Creditor, **columns) -> pl.DataFrame:
    return pl.DataFrame(columns).with_columns(creditor_id=pl.lit(creditor.pk))


class BulkTest(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(some.lists(some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)))
    def test_every_text_comes_back_as_it_went_in(self, texts):
        creditor, _ = Creditor.objects.get_or_create(slug="acme", defaults={"name": "Acme"})
        Customer.objects.all().delete()

        write_frame(Customer, customers(creditor, code=[str(n) for n in range(len(texts))], name=texts))

        assert list(Customer.objects.order_by("pk").values_list("name", flat=True)) == texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hostile", ["\\.", "a\n\\.\nb", "\\N", "tab\there", "'); drop table x; --", '"quoted"', "100 %"]
)
def test_text_that_looks_like_an_instruction_is_only_text(hostile):
    write_frame(Customer, customers(acme(), code=["1", "2"], name=[hostile, "next"]))

    assert list(Customer.objects.order_by("code").values_list("name", flat=True)) == [hostile, "next"]
    assert (
        read_frame(
            Customer.objects.filter(name=hostile).values_list("code"), schema=pl.Schema({"code": pl.String})
        ).height
        == 1
    )


@pytest.mark.django_db
def test_columns_left_out_take_the_defaults_of_the_model():
    write_frame(Customer, customers(acme(), code=["1"], name=["One"]))

    one = Customer.objects.get()
    assert (one.country, one.risk, one.segment, one.owner) == ("FR", "unknown", "", None)


@pytest.mark.django_db
def test_a_column_that_has_no_default_is_asked_for():
    with pytest.raises(BulkError, match="creditor_id"):
        write_frame(Customer, pl.DataFrame({"code": ["1"], "name": ["One"]}))
    with pytest.raises(BulkError, match="nickname"):
        write_frame(Customer, customers(acme(), code=["1"], name=["One"], nickname=["Uno"]))


@pytest.mark.django_db
def test_rows_that_are_there_already_are_skipped_on_demand():
    creditor = acme()
    write_frame(Customer, customers(creditor, code=["1"], name=["One"]))

    added = write_frame(Customer, customers(creditor, code=["1", "2"], name=["Other", "Two"]), skip_taken=True)

    assert added == 1
    assert list(Customer.objects.order_by("code").values_list("name", flat=True)) == ["One", "Two"]


@pytest.mark.django_db
def test_skipping_does_not_let_broken_rows_pass():
    with pytest.raises(IntegrityError), transaction.atomic():
        write_frame(Customer, customers(acme(), code=["1"], name=["One"], country=["nowhere"[:2]]), skip_taken=True)


@pytest.mark.django_db
def test_a_frame_comes_in_whole_or_not_at_all():
    with pytest.raises(IntegrityError), transaction.atomic():
        write_frame(Customer, customers(acme(), code=["1", "2", "1"], name=["One", "Two", "One again"]))

    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_an_update_changes_the_named_rows_and_no_other():
    creditor = acme()
    write_frame(Customer, customers(creditor, code=["1", "2", "3"], name=["One", "Two", "Three"]))
    ids = dict(Customer.objects.values_list("code", "pk"))

    changed = update_frame(
        Customer,
        pl.DataFrame(
            {
                "id": [ids["1"], ids["3"], 0],
                "name": ["Uno", "Tre", "?"],
                "customer_since": [date(2020, 2, 29), None, None],
            }
        ),
    )

    assert changed == 2
    assert list(Customer.objects.order_by("code").values_list("name", "customer_since")) == [
        ("Uno", date(2020, 2, 29)), ("Two", None), ("Tre", None),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_staged_frame_can_be_joined_with():
    creditor = acme()
    write_frame(Customer, customers(creditor, code=["1", "2"], name=["One", "Two"]))

    with transaction.atomic(), staged(Customer, pl.DataFrame({"code": ["2", "9"]})) as wanted:
        found = read_frame(
            f"SELECT c.name FROM ledger_customer c JOIN {wanted} w ON w.code = c.code",  # noqa: S608
            schema=pl.Schema({"name": pl.String}),
        )

    assert found["name"].to_list() == ["Two"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", [datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC), datetime(2026, 3, 14, 9, 26, 53, 589, tzinfo=UTC)]
)
def test_moments_are_stored_as_django_stores_them(moment):
    line = pl.DataFrame({"at": [moment], "action": ["tried"], "seal": ["in bulk"], "facts": ['{"n": 1}']})
    write_frame(AuditEvent, line)
    AuditEvent.objects.create(at=moment, action="tried", seal="one by one")

    assert AuditEvent.objects.filter(at=moment).count() == 2
    assert AuditEvent.objects.get(seal="in bulk").facts == {"n": 1}
    kinds = pl.Schema({"at": pl.Datetime("us", "UTC")})
    assert read_frame(AuditEvent.objects.values_list("at"), schema=kinds)["at"].to_list() == [moment, moment]


@pytest.mark.django_db
def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(BulkError, match="time zone"):
        write_frame(AuditEvent, pl.DataFrame({"at": [datetime(2026, 3, 14, 9)], "action": ["x"], "seal": ["x"]}))  # noqa: DTZ001


@pytest.mark.django_db
def test_an_empty_answer_has_the_schema_too():
    assert read_frame(Customer.objects.values_list("code", "name", "customer_since"), schema=NAMED).schema == NAMED
    none = Customer.objects.filter(id__in=[]).values_list("code", "name", "customer_since")
    assert read_frame(none, schema=NAMED).schema == NAMED


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_read_the_same_inside_and_outside_a_transaction():
    creditor = acme()
    since = [None] * 2000 + [date(2019, 12, 31)]  # the first known day comes late: types must not be guessed from nulls
    write_frame(
        Customer,
        customers(creditor, code=[f"{n:04}" for n in range(2001)], name=["O'Hara \\ % é"] * 2001, customer_since=since),
    )
    query = Customer.objects.filter(name="O'Hara \\ % é").order_by("code").values_list("code", "name", "customer_since")

    outside = read_frame(query, schema=NAMED)
    with transaction.atomic():
        inside = read_frame(query, schema=NAMED)

    assert outside.equals(inside)
    assert outside.height == 2001
    assert outside["customer_since"][-1] == date(2019, 12, 31)


@pytest.mark.django_db(transaction=True)
def test_the_frames_of_one_snapshot_agree_with_each_other():
    creditor = acme()
    codes = Customer.objects.values_list("code")
    schema = pl.Schema({"code": pl.String})
    with one_snapshot():
        before = read_frame(codes, schema=schema)
        with ThreadPoolExecutor(1) as somebody_else:
            somebody_else.submit(add_a_customer, creditor).result()
        after = read_frame(codes, schema=schema)

    assert before.height == after.height == 0
    assert read_frame(codes, schema=schema).height == 1


def add_a_customer(creditor: Creditor) -> None:
    """Write over a connection of its own."""
    write_frame(Customer, customers(creditor, code=["1"], name=["One"]))
    connection.close()

"""Does a file made to harm, or just broken, end in a clear word or a harmless row?"""

import io
import random
import tracemalloc
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from amiable.ledger.models import Customer, Item
from amiable.organisation.models import Creditor
from amiable.sources.adapters import open_source, xlsx
from amiable.sources.errors import (
    BrokenWorkbook,
    EmptyFile,
    NotText,
    OldWorkbook,
    TooLarge,
    UnknownFormat,
    UnreadableFile,
)
from amiable.sources.facts import Context
from amiable.sources.models import ImportRun
from amiable.sources.operations import UploadTooLarge, preview_file, receive_upload
from amiable.sources.operations.importing import clean_name
from amiable.sources.progress import folder
from tests.shared_data import shared_data
from tests.sources.conftest import NOW, TODAY

CONTEXT = Context("EUR", "FR", date(2026, 1, 1))
HEADER = "Customer,Invoice,Date,Due date,Amount\n"


def workbook(*rows: tuple) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def swallow(path) -> None:
    """Read a file to its end, or be told why not."""
    try:
        for portion in open_source(path, context=CONTEXT).portions():
            assert all(row.reason and len(row.content) <= 1000 for row in portion.rejected)
    except UnreadableFile as refusal:
        assert str(refusal)


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(write, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_UNPACKED", 99 << 20)
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/a.xml", "w") as part,
    ):
        for _megabyte in range(100):
            part.write(b" " * (1 << 20))
    path = write(content.getvalue())

    tracemalloc.start()
    with pytest.raises(TooLarge):
        open_source(path, context=CONTEXT)
    assert tracemalloc.get_traced_memory()[1] < 5 << 20
    tracemalloc.stop()


def test_an_archive_of_very_many_parts_is_refused(write):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for n in range(xlsx.MOST_PARTS + 1):
            archive.writestr(f"xl/{n}", b"")

    with pytest.raises(TooLarge):
        open_source(write(content.getvalue()), context=CONTEXT)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"PK\x03\x04" + b"\x00" * 500, BrokenWorkbook),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 500, OldWorkbook),
        (b"%PDF-1.7\n" + b"\x00\x01\x02" * 500, UnknownFormat),
        (bytes(range(256)) * 100, NotText),
        (workbook(), EmptyFile),
    ],
)
def test_what_is_no_ledger_is_refused_by_name(write, content, error):
    with pytest.raises(error):
        open_source(write(content), context=CONTEXT)


def test_a_zip_that_is_no_workbook_is_refused(write):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../etc/passwd", b"root")

    with pytest.raises(BrokenWorkbook):
        open_source(write(content.getvalue()), context=CONTEXT)


def test_a_hundred_megabytes_without_a_line_end_take_little_memory(write, tmp_path):
    path = tmp_path / "garbage.csv"
    with path.open("wb") as file:
        file.write(HEADER.encode())
        for _megabyte in range(100):
            file.write(b"garbage " * (1 << 17))
        file.write(b"\nA,1,2026-01-10,2026-02-09,5.00\n")

    tracemalloc.start()
    portions = list(open_source(path, context=CONTEXT).portions())
    assert tracemalloc.get_traced_memory()[1] < 60 << 20
    tracemalloc.stop()

    assert [row.line for portion in portions for row in portion.rejected] == [2]
    assert sum(portion.batch.items.height for portion in portions) == 1


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\windows\\system32\\x.csv", "a\x00b\n.csv", "", "/", "é" * 400]
)
def test_names_are_shown_and_never_followed(name):
    shown = clean_name(name)

    assert shown
    assert len(shown) <= 200
    assert not set(shown) & set("/\\\x00\n")


@pytest.mark.django_db
def test_an_upload_is_kept_under_a_name_of_our_own(creditor, settings, tmp_path):
    settings.FILES = tmp_path / "files"

    run = receive_upload([b"a", b"b"], creditor=creditor, by=None, file_name="../../evil.csv", now=NOW)

    assert (run.file_name, run.status) == ("evil.csv", "uploaded")
    assert [path.name for path in folder().iterdir()] == [run.stored_as]
    assert (folder() / run.stored_as).read_bytes() == b"ab"


@pytest.mark.django_db
def test_an_upload_beyond_the_limit_leaves_nothing(creditor, settings, tmp_path):
    settings.FILES, settings.UPLOAD_MAX_BYTES = tmp_path / "files", 1000

    with pytest.raises(UploadTooLarge):
        receive_upload([b"x" * 600] * 2, creditor=creditor, by=None, file_name="a.csv", now=NOW)

    assert list(folder().iterdir()) == []
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_formulas_scripts_and_control_characters_stay_text(bring_in):
    bring_in(
        "Customer,Invoice,Date,Due date,Amount,Description\n"
        '=HYPERLINK("http://x"),1,2026-01-10,2026-02-09,5.00,<script>alert(1)</script>\n'
        "A\x00\x1b[31m,+1+1,2026-01-10,2026-02-09,5.00,@SUM(A1)\n"
    )

    assert set(Customer.objects.values_list("name", flat=True)) == {'=HYPERLINK("http://x")', "A [31m"}
    assert set(Item.objects.values_list("description", flat=True)) == {"<script>alert(1)</script>", "@SUM(A1)"}


@pytest.mark.django_db
def test_a_workbook_with_formulas_dates_and_numbers_for_codes(bring_in, write):
    content = workbook(
        ("Encours clients",),
        (),
        ("Code client", "Facture", "Date", "Échéance", "Montant"),
        (411001, 2026001, date(2026, 1, 10), date(2026, 2, 9), 0.1 + 0.2),
        ("0042", "F2", "10/01/2026", "9 février 2026", "1 234,56"),
        ("0042", "F3", date(2026, 1, 10), date(2026, 2, 9), "=1+1"),
        ("0042", "F4", date(2026, 1, 10), date(2026, 2, 9), 1e30),
    )

    run = bring_in(write(content, name="x.xlsx"))

    booked = dict(Item.objects.values_list("number", "amount_minor"))
    assert booked["2026001"] == 30
    assert set(Customer.objects.values_list("code", flat=True)) == {"411001", "0042"}
    assert run.counts["rows"]["rejected"] == 4 - len(booked)
    assert not {"F3", "F4"} & set(booked)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=some.one_of(some.binary(max_size=300), some.text(max_size=300).map(lambda t: t.encode("utf-8", "ignore")))
)
def test_any_bytes_after_a_header_are_rows_or_refused(write, content):
    swallow(write(HEADER.encode() + content))
    swallow(write(content))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 10_000))
@pytest.mark.parametrize(
    "name",
    [
        "ledgers/ibm/WA_Fn-UseC_-Accounts-Receivable.csv",
        "ledgers/highradius/open_invoices_2020.csv",
        "fec/neolegal-fr__fec-reader/111111111FEC20221231.TXT",
    ],
)
def test_a_mutated_real_file_is_read_or_refused(write, name, seed):
    chance = random.Random(seed)  # noqa: S311
    content = bytearray(shared_data(name).read_bytes()[:40_000])
    for _mutation in range(chance.randrange(1, 60)):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(200)]
            case 2:
                content[at:at] = bytes(chance.choices(b'",;|\t\n\r\x00\xff09-', k=chance.randrange(1, 40)))
            case _:
                content[at:at] = content[: chance.randrange(400)]

    swallow(write(bytes(content)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 10_000))
def test_a_mutated_workbook_is_read_or_refused(write, seed):
    chance = random.Random(seed)  # noqa: S311
    content = bytearray(
        workbook(("Client", "Facture", "Échéance", "Montant"), *[("A", n, date(2026, 1, 1), n) for n in range(1, 40)])
    )
    for _mutation in range(chance.randrange(1, 20)):
        content[chance.randrange(len(content))] = chance.randrange(256)

    swallow(write(bytes(content), name="x.xlsx"))


def test_a_long_line_with_too_many_cells_is_listed_and_cut(write):
    rows = HEADER + "A,1,2026-01-10,2026-02-09,5.00\n" + "A,2,2026-01-10,2026-02-09,5.00," + "x" * 4000 + ",y\n"

    (row,) = [row for portion in open_source(write(rows), context=CONTEXT).portions() for row in portion.rejected]

    assert len(row.content) == 1000


def test_dates_of_other_ages_are_listed(write):
    preview = preview_file(
        write(
            HEADER + "A,1,0001-01-01,2026-02-09,5.00\nA,2,2026-01-10,9999-12-31,5.00\nA,3,2026-01-10,2026-02-09,5.00\n"
        ),
        creditor=Creditor(currency="EUR", country="FR"),
        as_of=TODAY,
        mapping=open_source(write(HEADER + "A,3,2026-01-10,2026-02-09,5.00\n", name="b.csv"), context=CONTEXT).mapping,
    )

    assert [row.line for row in preview.rejected] == [2, 3]

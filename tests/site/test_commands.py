"""Does each command do what its page says, and say what is wrong?"""

from pathlib import Path

import pytest

from amiable.ledger.models import Item
from amiable.ledger.operations import add_customer
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import create_creditor
from amiable.planning.models import DayPlan
from amiable.site.cli import COMMANDS
from amiable.sources.models import ImportRun
from tests.site.conftest import DAY

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "ledgers"
OPEN_ITEMS = EXAMPLES / "encours-clients.csv"
SIMPLE = "Customer,Invoice,Invoice date,Due date,Amount,Currency\nAcme,F-1,2026-01-05,2026-02-04,120.00,EUR\n"


@pytest.fixture
def simple(tmp_path) -> Path:
    file = tmp_path / "open.csv"
    file.write_text(SIMPLE)
    return file


class TestAnEmptyInstallation:
    @pytest.mark.parametrize("words", [["plan"], ["aging"], ["explain", "Acme"], ["cycle"]], ids=lambda words: words[0])
    def test_says_how_to_begin(self, amiable, words):
        result = amiable(*words)
        assert result.exit_code == 1
        assert "amiable import FILE" in result.output

    def test_gets_its_first_creditor_with_the_first_file(self, amiable, simple):
        result = amiable("import", simple, "--yes", "--creditor", "Atelier Lumière", "--currency", "chf")
        assert result.exit_code == 0
        assert "New creditor: Atelier Lumière (atelier-lumiere)" in result.output
        assert (Creditor.objects.get().currency, Item.objects.get().number) == ("CHF", "F-1")

    def test_stays_empty_after_a_look_at_a_file(self, amiable, simple):
        result = amiable("import", simple, "--dry-run")
        assert result.exit_code == 0
        assert "1 lines: 1 items, 1 customers" in result.output
        assert not Creditor.objects.exists()
        assert not ImportRun.objects.exists()


class TestImport:
    def test_asks_before_it_books(self, amiable, simple):
        result = amiable("import", simple, answers="n\n")
        assert result.exit_code == 1
        assert "Nothing of open.csv was booked." in result.output
        assert not Item.objects.exists()

    def test_ends_with_3_when_lines_were_left_out(self, amiable):
        result = amiable("import", OPEN_ITEMS, "--yes", "--as-of", DAY)
        assert result.exit_code == 3
        assert "This line is a total, not an entry." in result.output
        assert "items new: 6" in result.output

    def test_a_second_time_changes_nothing(self, amiable, simple):
        amiable("import", simple, "--yes")
        result = amiable("import", simple, "--yes")
        assert "open.csv: nothing new, nothing changed." in result.output
        assert Item.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "why"),
        [(b"", "no rows"), (b"\x00\x01\x02" * 50, "open.csv: "), (b"A;B\n1;2\n", "open.csv: ")],
        ids=["empty", "binary", "no known column"],
    )
    def test_refuses_what_it_cannot_read_and_leaves_nothing_behind(self, amiable, simple, content, why):
        simple.write_bytes(content)
        result = amiable("import", simple, "--yes")
        assert result.exit_code == 1
        assert why in result.output
        assert not Creditor.objects.exists()

    def test_refuses_a_missing_file_before_it_books_the_others(self, amiable, simple, tmp_path):
        missing = amiable("import", simple, tmp_path / "none.csv", "--yes")
        folder = amiable("import", simple, tmp_path, "--yes")
        assert (missing.exit_code, folder.exit_code) == (1, 1)
        assert "There is no file" in missing.output
        assert "is a folder, not a file." in folder.output
        assert not Item.objects.exists()

    def test_refuses_a_currency_that_does_not_exist(self, amiable, simple):
        result = amiable("import", simple, "--yes", "--currency", "EURO")
        assert result.exit_code == 1
        assert "“EURO” is not a currency code" in result.output
        assert not Creditor.objects.exists()

    def test_does_not_take_a_slip_of_the_pen_for_a_new_creditor(self, amiable, simple):
        amiable("import", simple, "--yes", "--creditor", "Acme")
        slip = amiable("import", simple, "--yes", "--creditor", "Amce")
        meant = amiable("import", simple, "--yes", "--creditor", "Bolt", "--new-creditor")
        assert (slip.exit_code, meant.exit_code) == (1, 0)
        assert "There is no creditor 'Amce'. Known: acme" in slip.output
        assert list(Creditor.objects.order_by("slug").values_list("slug", flat=True)) == ["acme", "bolt"]


class TestADayAndACreditor:
    @pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "11.03.2026"])
    def test_a_day_that_is_none_is_not_understood(self, amiable, day):
        result = amiable("plan", "--as-of", day)
        assert result.exit_code == 2
        assert "Write it like 2026-03-14." in result.output

    def test_must_be_told_where_there_are_several(self, amiable):
        for slug, name in (("north", "Nord SA"), ("south", "Süd GmbH")):
            create_creditor(by=None, slug=slug, name=name)
        unsaid, by_name = amiable("aging"), amiable("aging", "--creditor", "nord sa")
        assert (unsaid.exit_code, by_name.exit_code) == (1, 0)
        assert "Say which with --creditor: north, south" in unsaid.output
        assert "Nothing is open." in by_name.output


class TestExplain:
    @pytest.fixture(autouse=True)
    def customers(self, amiable):
        creditor = create_creditor(by=None, slug="we", name="We")
        add_customer(creditor, by=None, code="C1", name="Boulangerie Écureuil")
        add_customer(creditor, by=None, code="C2", name="Twin")
        add_customer(creditor, by=None, code="C3", name="Twin")

    @pytest.mark.parametrize("said", ["C1", "c1", "Boulangerie Écureuil", "boulangerie écureuil"])
    def test_finds_a_customer_by_code_or_name_in_any_capitals(self, amiable, said):
        result = amiable("explain", said)
        assert result.exit_code == 0
        assert result.output.startswith("Boulangerie Écureuil follows the scenario")

    @pytest.mark.parametrize("said", ["C9", "Twin", "Boulangerie"])
    def test_refuses_a_name_that_is_unknown_or_means_two(self, amiable, said):
        result = amiable("explain", said)
        assert result.exit_code == 1
        assert f"with the code or name '{said}'" in result.output


class TestMember:
    def test_the_first_is_administrator_the_next_collector(self, amiable):
        first = amiable("member", "ada@example.com", "--name", "Ada Lovelace", answers="a-quiet-river-42\n" * 2)
        second = amiable("member", "bob@example.com", "--password", "another-river-42")
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert list(Member.objects.order_by("pk").values_list("role", flat=True)) == ["administrator", "collector"]

    @pytest.mark.parametrize(
        ("email", "password"), [("not an address", "a-quiet-river-42"), ("ada@example.com", "12345")]
    )
    def test_refuses_a_bad_address_and_a_weak_password(self, amiable, email, password):
        assert amiable("member", email, "--password", password).exit_code == 1
        assert not Member.objects.exists()

    def test_refuses_an_address_twice(self, amiable):
        for expected in (0, 1):
            assert amiable("member", "ada@example.com", "--password", "a-quiet-river-42").exit_code == expected


class TestDoctor:
    def test_ends_with_1_while_nobody_can_administer(self, amiable):
        before = amiable("doctor")
        amiable("member", "ada@example.com", "--password", "a-quiet-river-42")
        after = amiable("doctor")
        assert "BAD   Nobody can administer yet. Run: amiable member you@example.com" in before.output
        assert "Members who can sign in: 1." in after.output
        assert "The audit trail is unbroken." in after.output
        assert (before.exit_code, after.exit_code) == (1, 0)

    def test_tells_of_a_mail_server_and_a_broker_that_do_not_answer(self, amiable, settings):
        settings.MAIL_CONNECTED, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.BROKER_URL = "amqp://127.0.0.1:1//"
        result = amiable("doctor")
        assert "BAD   The mail server does not answer" in result.output
        assert "BAD   The broker does not answer" in result.output


def test_a_plan_can_be_looked_at_without_being_made(amiable):
    amiable("import", OPEN_ITEMS, "--yes", "--as-of", DAY)
    result = amiable("plan", "--as-of", DAY)
    assert result.exit_code == 0
    assert "Wednesday 11 March 2026" in result.output
    assert not DayPlan.objects.exists()


def test_json_is_not_written_where_nobody_may_write(amiable, tmp_path):
    amiable("import", OPEN_ITEMS, "--yes", "--as-of", DAY)
    result = amiable("plan", "--as-of", DAY, "--json", tmp_path / "none" / "plan.json")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_itself(amiable, command):
    result = amiable(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) >= 6

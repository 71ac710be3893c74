"""What do the demo's customers answer, and what does its team do about it?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from amiable.ledger.intake import Batch
from amiable.ledger.models import Hold, HoldKind, Item
from amiable.ledger.operations import add_item, add_note, allocate, end_hold, set_hold
from amiable.outreach.models import Message, Touch
from amiable.outreach.operations import answer_touch, log_touch
from amiable.planning.models import Task
from amiable.planning.operations import close_task
from amiable.site.demo.billing import Bill, Books, credited
from amiable.site.demo.company import Company
from amiable.site.demo.world import Firm

SAID = {
    "fr": {
        "question": (
            "Pouvez-vous me renvoyer la facture {number} ? Je ne la retrouve pas.",
            "À quoi correspond la facture {number} ?",
            "Pourriez-vous ajouter notre numéro de commande sur la facture {number} ?",
        ),
        "promise": (
            "Le virement partira le {day:%d/%m}, notre trésorerie est un peu juste ce mois-ci.",
            "Nous réglons la facture {number} au prochain passage, le {day:%d/%m}.",
        ),
        "dispute": (
            "Il manque deux luminaires sur la livraison de la facture {number}.",
            "Le montant de la facture {number} ne correspond pas au devis.",
        ),
        "paid": ("Nous avons viré la facture {number} hier.",),
        "thanks": ("Merci pour le rappel, c’est parti en paiement.",),
    },
    "en": {
        "question": (
            "Could you send me invoice {number} again? I cannot find it.",
            "What is invoice {number} for, please?",
            "Could you add our purchase-order number to invoice {number}?",
        ),
        "promise": (
            "Cash is a little tight this month; the transfer leaves on {day:%d/%m}.",
            "We will settle invoice {number} in our next run, on {day:%d/%m}.",
        ),
        "dispute": (
            "Two fittings were missing from the delivery on invoice {number}.",
            "The amount of invoice {number} does not match your quote.",
        ),
        "paid": ("We paid invoice {number} yesterday.",),
        "thanks": ("Thank you for the reminder, it is on its way.",),
    },
}
CALLED = {
    "fr": (
        "Appel : interlocutrice jointe, elle regarde avec son responsable.",
        "Appel : message laissé sur le répondeur.",
    ),
    "en": ("Called: reached them, they will check with their manager.", "Called: left a message."),
}
NOTES = {
    "fr": (
        "Nouveau responsable comptable depuis ce mois-ci, très coopératif.",
        "Chantier livré en deux fois : facturer après la seconde réception.",
        "Client de longue date ; préfère être appelé avant tout courrier.",
    ),
    "en": (
        "New head of accounts since this month, very helpful.",
        "Delivered in two lots: they pay after the second acceptance.",
        "A long-standing customer; prefers a call before any letter.",
    ),
}
OUTCOMES = {"fr": "Fait, voir l’historique.", "en": "Done, see the timeline."}
ANSWERED_AFTER_DAYS = (1, 1, 2, 2, 3, 5, 8)  # how long customers wait for a word, as often as it stands here


@dataclass
class Story:
    """The company, its books, and what is still to be answered."""

    company: Company
    books: Books
    waiting: list[tuple[date, Touch]] = field(default_factory=list)  # the day on which we shall answer
    disputes: list[tuple[date, Hold, Bill]] = field(default_factory=list)  # the day on which it is settled
    unbooked: list[Batch] = field(default_factory=list)  # of the week, before it had Amiable
    firm_of: dict[int, Firm] = field(default_factory=dict)  # customer id → firm

    def __post_init__(self) -> None:
        firms = {firm.code: firm for firm in self.books.firms}
        self.firm_of = {customer.pk: firms[code] for code, customer in self.company.customers.items()}


def react(story: Story, sent: Iterable[Message], day: date, now: datetime) -> None:
    """Let the customers who were written to pay, answer, or do nothing, as is their habit."""
    rng = story.books.rng
    for message in sent:
        firm = story.firm_of[message.customer_id]
        bills = list(story.books.open_of[firm.code].values())
        late = [bill for bill in bills if bill.due_on < day] or bills
        if not late:
            continue
        if rng.random() < firm.habit.heeds:
            for bill in late:
                if not bill.contested and (bill.pays_on is None or bill.pays_on > day + timedelta(days=6)):
                    story.books.pay_on(bill, day + timedelta(days=rng.randint(1, 6)))
        if rng.random() < firm.habit.answers or any(bill.contested for bill in late):
            _answer(story, message, firm, late, day, now)


def _answer(story: Story, message: Message, firm: Firm, late: list[Bill], day: date, now: datetime) -> None:
    rng = story.books.rng
    contested = [bill for bill in late if bill.contested]
    kind = "dispute" if contested else rng.choices(("question", "promise", "thanks", "paid"), (35, 40, 20, 5))[0]
    bill = (contested or late)[0]
    pay_day = day + timedelta(days=rng.randint(5, 18))
    text = rng.choice(SAID[firm.language][kind]).format(number=bill.number, day=pay_day)
    touch = log_touch(
        story.company.customers[firm.code],
        by=None,
        channel="email",
        direction="in",
        at=now + timedelta(minutes=rng.randint(10, 300)),
        on=day,
        summary=text[:120],
        text=text,
        contact=message.contact,
        needs_answer=kind in ("question", "dispute", "paid"),
    )
    if touch.needs_answer:
        story.waiting.append((day + timedelta(days=rng.choice(ANSWERED_AFTER_DAYS)), touch))
    if kind == "promise":
        _promise(story, firm, late, day, pay_day, text)
    elif kind == "dispute":
        _dispute(story, firm, bill, day, text)


def _item(bill: Bill, story: Story) -> Item:
    return Item.objects.get(creditor=story.company.creditor, source_key=bill.number)


def _promise(story: Story, firm: Firm, late: list[Bill], day: date, pay_day: date, text: str) -> None:
    rng = story.books.rng
    kept = rng.random() < 0.8
    for bill in late:
        set_hold(
            story.company.customers[firm.code],
            by=story.company.collectors[firm.owner],
            kind=HoldKind.PROMISE,
            reason=text[:200],
            held_from=day,
            held_until=pay_day + timedelta(days=3),
            item=_item(bill, story),
        )
        if kept and not bill.contested:
            story.books.pay_on(bill, pay_day)


def _dispute(story: Story, firm: Firm, bill: Bill, day: date, text: str) -> None:
    hold = set_hold(
        story.company.customers[firm.code],
        by=story.company.collectors[firm.owner],
        kind=HoldKind.DISPUTE,
        reason=text[:200],
        held_from=day,
        item=_item(bill, story),
    )
    bill.contested = False
    if bill.pays_on:
        story.books.arriving[bill.pays_on].discard(bill.number)
        bill.pays_on = None
    story.disputes.append((day + timedelta(days=story.books.rng.randint(8, 40)), hold, bill))


def settle_disputes(story: Story, day: date) -> None:
    """End the disputes whose time has come: half with a credit note, half with an explanation."""
    rng = story.books.rng
    due = [dispute for dispute in story.disputes if dispute[0] <= day]
    story.disputes = [dispute for dispute in story.disputes if dispute[0] > day]
    for _day, hold, bill in due:
        by = story.company.collectors[bill.firm.owner]
        end_hold(hold, by=by, on=day)
        if bill.number not in story.books.open_of[bill.firm.code]:
            continue
        if rng.random() < 0.5:
            _credit(story, bill, day)
        if bill.open_minor:
            story.books.pay_on(bill, day + timedelta(days=rng.randint(4, 15)))


def _credit(story: Story, bill: Bill, day: date) -> None:
    by = story.company.collectors[bill.firm.owner]
    amount_minor = max(1, round(bill.open_minor * story.books.rng.choice((0.1, 0.15, 0.25))))
    note = add_item(
        story.company.creditor,
        by=by,
        customer=story.company.customers[bill.firm.code],
        kind="credit_note",
        number=bill.number.replace("F", "A", 1),
        issued_on=day,
        due_on=day,
        currency=bill.firm.country.currency,
        amount_minor=amount_minor,
        description=bill.description,
    )
    allocate(_item(bill, story), by=by, amount_minor=amount_minor, on=day, credit_note=note)
    credited(story.books, bill, amount_minor)


def answer_customers(story: Story, day: date, now: datetime) -> None:
    """Answer what customers wrote, once its day has come; the newest ones still wait."""
    due = [touch for answer_on, touch in story.waiting if answer_on <= day]
    story.waiting = [(answer_on, touch) for answer_on, touch in story.waiting if answer_on > day]
    for touch in due:
        firm = story.firm_of[touch.customer_id]
        answer_touch(touch, by=story.company.collectors[firm.owner], on=day)
        if story.books.rng.random() < 0.12:
            note = story.books.rng.choice(NOTES["fr" if firm.language == "fr" else "en"])
            add_note(touch.customer, by=story.company.collectors[firm.owner], text=note, at=now)


def work_on_tasks(story: Story, day: date, now: datetime) -> None:
    """Let the team do what is due: most calls by their deadline, the newest tasks are still open."""
    rng = story.books.rng
    open_tasks = Task.objects.filter(creditor=story.company.creditor, status=Task.Status.OPEN, due_on__lte=day)
    for task in open_tasks.select_related("customer", "owner").order_by("id"):
        firm = story.firm_of[task.customer_id]
        by = task.owner or story.company.manager
        if rng.random() < 0.15:
            continue  # a busy day
        if task.kind == Task.Kind.CALL:
            _call(story, firm, by, day, now)
        close_task(task, by=by, outcome=OUTCOMES[firm.language], now=now, status=Task.Status.DONE)


def _call(story: Story, firm: Firm, by: object, day: date, now: datetime) -> None:
    rng = story.books.rng
    reached = rng.random() < 0.65
    log_touch(
        story.company.customers[firm.code],
        by=by,
        channel="phone",
        direction="out",
        at=now,
        on=day,
        summary=CALLED[firm.language][0 if reached else 1],
    )
    if reached and rng.random() < 0.5 + firm.habit.heeds / 2:
        for bill in story.books.open_of[firm.code].values():
            if bill.due_on < day and not bill.contested:
                story.books.pay_on(bill, day + timedelta(days=rng.randint(2, 9)))

"""The planner once more: slow, obvious, row by row. The columnar one must say exactly the same.

It is written from the meaning of planning alone and shares no code with the planner but the plain values of the
policy, the calendar and the exponents of currencies.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from amiable.core.book import Book
from amiable.core.days import is_working_day, next_working_day
from amiable.core.money import to_major, to_minor
from amiable.core.policy.model import Anchor, Condition, Do, Policy, Scenario, Step

Row = dict[str, Any]
PAUSES = {
    "dispute": "disputed",
    "promise": "promised",
    "plan": "payment_plan",
    "deferral": "deferred",
    "in_transit": "in_transit",
    "hold": "item_held",
}


def plan_by_hand(book: Book, policy: Policy) -> dict[str, list[Row]]:
    """Return the frames of a plan as lists of rows."""
    plan: dict[str, list[Row]] = {name: [] for name in ("contacts", "contact_items", "tasks", "task_items", "withheld")}
    for customer in sorted(book.customers.to_dicts(), key=lambda row: row["customer_id"]):
        _OneCustomer(book, policy, customer).decide(plan)
    plan["tasks"].sort(key=lambda row: (row["customer_id"], row["kind"]))
    for name in ("contact_items", "task_items", "withheld"):
        plan[name].sort(key=lambda row: (row["customer_id"], row["item_id"]))
    return plan


class _OneCustomer:
    def __init__(self, book: Book, policy: Policy, customer: Row) -> None:
        self.today = book.as_of
        self.bank_as_of = book.bank_as_of
        self.policy = policy
        self.contact_policy = policy.contact
        self.customer = customer
        self.items = sorted(self._mine(book.items.to_dicts()), key=lambda row: row["item_id"])
        self.routes = self._mine(book.routes.to_dicts())
        self.touches = self._mine(book.touches.to_dicts())
        self.open_tasks = self._mine(book.open_tasks.to_dicts())
        self.credit: dict[str, int] = defaultdict(int)
        for row in self._mine(book.credits.to_dicts()):
            self.credit[row["currency"]] += row["credit_minor"]
        self.done: dict[int, list[Row]] = defaultdict(list)
        for row in book.steps_done.to_dicts():
            self.done[row["item_id"]].append(row)
        self.scenario = self._scenario()

    def _mine(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["customer_id"] == self.customer["customer_id"]]

    # Whose scenario?

    def _scenario(self) -> Scenario:
        for scenario in self.policy.scenarios:
            if scenario.name == self.customer["scenario"]:
                return scenario
        for scenario in self.policy.scenarios[:-1]:
            if self._fits(scenario.when):
                return scenario
        return self.policy.scenarios[-1]

    def _fits(self, when: Condition) -> bool:
        since = self.customer["customer_since"]
        tenure_days = 0 if since is None else (self.today - since).days
        balance = self._largest_balance()
        checks = [
            not when.segments or self.customer["segment"] in when.segments,
            not when.countries or self.customer["country"] in when.countries,
            not when.languages or self.customer["language"] in when.languages,
            not when.risks or self.customer["risk"] in when.risks,
            when.balance_at_least is None or balance >= when.balance_at_least,
            when.balance_below is None or balance < when.balance_below,
            when.tenure_days_at_least is None or tenure_days >= when.tenure_days_at_least,
            when.tenure_days_below is None or tenure_days < when.tenure_days_below,
        ]
        return all(checks)

    def _largest_balance(self) -> Decimal:
        open_minor: dict[str, int] = defaultdict(int)
        for item in self.items:
            open_minor[item["currency"]] += item["open_minor"]
        nets = [to_major(amount - self.credit[currency], currency) for currency, amount in open_minor.items()]
        return max([Decimal(0), *nets])

    # Which step is due?

    def _dunning(self) -> list[Step]:
        steps = [step for step in self.scenario.steps if step.anchor is Anchor.DUE and self._fits(step.when)]
        return sorted(steps, key=lambda step: step.day)

    def _level(self, step: Step) -> int:
        if step.anchor is Anchor.PAID or step.day <= 0:
            return 0
        return [other.day for other in self._dunning() if other.day > 0].index(step.day) + 1

    def _reached(self, item: Row) -> tuple[int | None, date | None]:
        rows = []
        for row in self.done[item["item_id"]]:
            if row["anchor"] != "due":
                continue
            day = row["day"]
            if row["scenario"] == self.scenario.name:
                for step in self.scenario.steps:
                    if step.anchor is Anchor.DUE and step.name == row["step"]:
                        day = step.day
            rows.append((row["done_on"], day))
        if not rows:
            return None, None
        done_on, day = max(rows)
        return day, done_on

    def _age(self, item: Row) -> int:
        return int((self.today - item["due_on"]).days)

    def _due_step(self, item: Row) -> Step | None:
        if item["open_minor"] == 0:
            return self._thanks(item)
        age = self._age(item)
        reached, done_on = self._reached(item)
        reached_late = reached is not None and reached > 0
        for step in self._dunning():
            if step.day > max(reached or 0, 0):
                in_age = age >= step.day
                in_pace = not reached_late or self.today >= done_on + timedelta(days=step.day - reached)
                if in_age and in_pace:
                    return step
                break
        if reached_late:
            return None
        early = [
            step
            for step in self._dunning()
            if step.day <= 0 and step.day <= age and (reached is None or step.day > reached)
        ]
        return early[-1] if early else None

    def _thanks(self, item: Row) -> Step | None:
        if item["paid_on"] is None:
            return None
        done = self.done[item["item_id"]]
        thanked = {row["step"] for row in done if row["anchor"] == "paid"}
        reminded = any(row["anchor"] == "due" and row["day"] > 0 for row in done)
        since = (self.today - item["paid_on"]).days
        for step in sorted(self.scenario.steps, key=lambda step: step.day):
            if (
                step.anchor is Anchor.PAID
                and step.day <= since < step.day + 7
                and step.name not in thanked
                and (reminded or not step.only_if_reminded)
                and self._fits(step.when)
            ):
                return step
        return None

    # What stands in the way?

    def _paused(self, item: Row) -> bool:
        return item["pause"] is not None and (item["pause_until"] is None or self.today < item["pause_until"])

    def _bank_is_stale(self) -> bool:
        oldest = self.contact_policy.bank_data_max_age_days
        if oldest is None:
            return False
        return self.bank_as_of is None or (self.today - self.bank_as_of).days > oldest

    def _refusal_of_item(self, item: Row, step: Step) -> Row | None:
        thanks = step.anchor is Anchor.PAID
        customer = self.customer
        if not thanks and self._paused(item):
            return _reason(PAUSES[item["pause"]], on=item["pause_until"])
        if customer["hold"] is not None and (customer["hold_until"] is None or self.today < customer["hold_until"]):
            return _reason("customer_held", on=customer["hold_until"])
        if step.do is not Do.REVIEW and customer["awaiting_since"] is not None:
            return _reason("awaiting_answer", on=customer["awaiting_since"])
        if not thanks and self._age(item) > 0 and self._bank_is_stale():
            return _reason("bank_data_stale", on=self.bank_as_of, count=self.contact_policy.bank_data_max_age_days)
        return None

    def _minimum_minor(self, currency: str) -> int:
        minimum = self.contact_policy.minimum_balance
        amount = minimum[currency] if currency in minimum else minimum.get("*", Decimal(0))
        return max(to_minor(amount, currency), 1)

    def _refusal_of_contact(self) -> Row | None:
        country = self.customer["country"]
        if not is_working_day(self.today, country):
            return _reason("not_a_working_day", on=next_working_day(self.today, country))
        gap = max(self.contact_policy.minimum_gap_days, 1)
        if self.touches:
            free_on = max(touch["on"] for touch in self.touches) + timedelta(days=gap)
            if free_on > self.today:
                return _reason("too_soon", on=free_on)
        return self._refusal_of_caps()

    def _refusal_of_caps(self) -> Row | None:
        """Try each following day: the first one on which a cap allows one more contact is the free one."""
        refusals = []
        for cap in self.contact_policy.caps:
            if cap.contacts == 0:
                return _reason("cap_reached", on=None, count=0)
            waited = 0
            while self._count(self.today + timedelta(days=waited), cap.days) + 1 > cap.contacts:
                waited += 1
            if waited:
                refusals.append((waited, cap.contacts))
        if not refusals:
            return None
        waited = max(days for days, _ in refusals)
        contacts = next(contacts for days, contacts in refusals if days == waited)
        return _reason("cap_reached", on=self.today + timedelta(days=waited), count=contacts)

    def _count(self, day: date, window_days: int) -> int:
        first = day - timedelta(days=window_days - 1)
        return sum(touch["direction"] == "out" and first <= touch["on"] <= day for touch in self.touches)

    # What happens?

    def decide(self, plan: dict[str, list[Row]]) -> None:
        due = [(item, step) for item in self.items if (step := self._due_step(item)) is not None]
        passed = []
        for item, step in due:
            refusal = self._refusal_of_item(item, step)
            if refusal:
                plan["withheld"].append(self._row(item, step) | refusal)
            else:
                passed.append((item, step))
        passed = self._big_enough(passed, plan)
        reviews = [(item, step) for item, step in passed if step.do is Do.REVIEW]
        outward = [(item, step) for item, step in passed if step.do is not Do.REVIEW]
        if reviews:
            self._task(plan, "review", reviews)
        refusal = self._refusal_of_contact()
        if refusal:
            plan["withheld"] += [self._row(item, step) | refusal for item, step in outward]
        elif outward:
            self._speak(plan, outward, due)

    def _big_enough(self, passed: list[tuple[Row, Step]], plan: dict[str, list[Row]]) -> list[tuple[Row, Step]]:
        owed: dict[str, int] = defaultdict(int)
        for item, step in passed:
            if step.anchor is Anchor.DUE:
                owed[item["currency"]] += item["open_minor"]
        kept = []
        for item, step in passed:
            currency = item["currency"]
            net = owed[currency] - self.credit[currency]
            if step.anchor is Anchor.DUE and net < self._minimum_minor(currency):
                plan["withheld"].append(self._row(item, step) | _reason("below_minimum", minor=net))
            else:
                kept.append((item, step))
        return kept

    def _lead(self, rows: list[tuple[Row, Step]]) -> Step:
        return max((step for _, step in rows), key=lambda step: (step.anchor is Anchor.DUE, step.day))

    def _speak(self, plan: dict[str, list[Row]], rows: list[tuple[Row, Step]], due: list[tuple[Row, Step]]) -> None:
        lead = self._lead(rows)
        along = self._along(lead, due)
        if lead.do is Do.CALL:
            self._task(plan, "call", rows, along)
            return
        route = self._route(lead)
        if route is not None:
            self._contact(plan, lead, route)
            plan["contact_items"] += [self._row(item, step) for item, step in rows] + along
        elif any(task["kind"] == "find_contact" for task in self.open_tasks):
            plan["withheld"] += [self._row(item, step) | _reason("awaiting_contact") for item, step in rows]
        else:
            self._task(plan, "find_contact", rows)

    def _along(self, lead: Step, due: list[tuple[Row, Step]]) -> list[Row]:
        if lead.anchor is Anchor.PAID or self._bank_is_stale():
            return []
        own = {item["item_id"] for item, _ in due}
        return [
            self._row(item, None)
            for item in self.items
            if item["item_id"] not in own and item["open_minor"] > 0 and self._age(item) > 0 and not self._paused(item)
        ]

    def _route(self, lead: Step) -> Row | None:
        for channel in lead.channels:
            if channel not in self.contact_policy.channels:
                continue
            usable = [route for route in self.routes if route["usable"] and route["channel"] == channel]
            if usable:
                place = {role: number for number, role in reversed(list(enumerate(lead.to)))}
                return min(usable, key=lambda r: (place.get(r["role"], 99), r["rank"], r["contact_id"]))
        return None

    def _contact(self, plan: dict[str, list[Row]], lead: Step, route: Row) -> None:
        plan["contacts"].append(
            {
                "customer_id": self.customer["customer_id"],
                "contact_id": route["contact_id"],
                "channel": route["channel"],
                "language": route["language"] or self.customer["language"],
                "scenario": self.scenario.name,
                "step": lead.name,
                "template": lead.template,
                "tone": lead.tone.value,
                "level": self._level(lead),
                "offers": list(lead.offers),
                "copy_to": lead.copy_to,
            }
        )

    def _task(
        self, plan: dict[str, list[Row]], kind: str, rows: list[tuple[Row, Step]], along: list[Row] | None = None
    ) -> None:
        lead = self._lead(rows)
        plan["tasks"].append(
            {
                "customer_id": self.customer["customer_id"],
                "kind": kind,
                "scenario": self.scenario.name,
                "step": lead.name,
                "level": self._level(lead),
                "assign_to": lead.assign_to,
                "deadline_days": lead.deadline_days,
            }
        )
        told = [self._row(item, step) for item, step in rows] + (along or [])
        plan["task_items"] += [row | {"kind": kind} for row in told]

    def _row(self, item: Row, step: Step | None) -> Row:
        return {
            **{name: item[name] for name in ("item_id", "customer_id", "currency", "open_minor")},
            "scenario": self.scenario.name if step else None,
            "step": step.name if step else None,
            "anchor": step.anchor.value if step else None,
            "day": step.day if step else None,
            "level": self._level(step) if step else None,
        }


def _reason(reason: str, *, on: date | None = None, minor: int | None = None, count: int | None = None) -> Row:
    return {"reason": reason, "fact_on": on, "fact_minor": minor, "fact_count": count}

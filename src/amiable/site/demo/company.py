"""Who is the demo's creditor, and who works there?"""

from dataclasses import dataclass

from amiable.ledger.models import Customer
from amiable.ledger.operations import add_contact, add_customer, change_customer
from amiable.organisation.models import Creditor, Member, Role
from amiable.organisation.operations import (
    change_member,
    create_creditor,
    invite_member,
    set_bank_account,
    set_password,
)
from amiable.site.demo.world import Firm

PASSWORD = "a kind word"  # noqa: S105 (of a company that does not exist)
TEAM = (
    # first name, last name, role, language, job
    ("Hélène", "Aubry", Role.ADMINISTRATOR, "fr", "Directrice administrative et financière"),
    ("Nadia", "Ferrand", Role.MANAGER, "fr", "Responsable du poste clients"),
    ("Paul", "Rivière", Role.COLLECTOR, "fr", "Chargé de recouvrement"),
    ("Ines", "Calder", Role.COLLECTOR, "en", "Credit controller"),
    ("Marc", "Olivier", Role.SALES, "fr", "Commercial, grands comptes"),
    ("Sonia", "Keller", Role.SALES, "fr", "Commerciale, Sud et Suisse"),
    ("Tom", "Ashby", Role.SALES, "en", "Sales, export"),
    ("Lucie", "Brun", Role.READER, "fr", "Service clients"),
)


@dataclass
class Company:
    """The creditor with its people and its customers."""

    creditor: Creditor
    administrator: Member
    manager: Member
    collectors: list[Member]
    sales: list[Member]
    customers: dict[str, Customer]  # firm code → customer


def found_company(firms: list[Firm]) -> Company:
    """Create the creditor, its team, its bank accounts, and a customer with a contact for every firm."""
    creditor = create_creditor(
        by=None,
        slug="atelier-lumen",
        name="Atelier Lumen",
        legal_name="Atelier Lumen SAS",
        siren="732829320",
        address="14 quai des Étroits\n69005 Lyon",
        country="FR",
        currency="EUR",
        language="fr",
        time_zone="Europe/Paris",
        sender_name="Atelier Lumen",
        sender_email="comptes-clients@atelier-lumen.example",
        reply_to="comptes-clients@atelier-lumen.example",
        phone="+33472100000",
        brand_colour="#7a3e1d",
    )
    members = [_join(*person) for person in TEAM]
    by_role = {role: [member for member in members if member.role == role] for role in Role.values}
    for member in by_role[Role.COLLECTOR] + by_role[Role.SALES]:
        change_member(member, by=None, manager=by_role[Role.MANAGER][0])
    for currency, iban, bic in (
        ("EUR", "FR7630006000011234567890189", "AGRIFRPP"),
        ("CHF", "CH9300762011623852957", "UBSWCHZH"),
        ("GBP", "GB29NWBK60161331926819", "NWBKGB2L"),
        ("USD", "DE89370400440532013000", "COBADEFF"),
    ):
        set_bank_account(creditor, by=None, currency=currency, iban=iban, bic=bic, holder="Atelier Lumen SAS")
    company = Company(
        creditor=creditor,
        administrator=by_role[Role.ADMINISTRATOR][0],
        manager=by_role[Role.MANAGER][0],
        collectors=by_role[Role.COLLECTOR],
        sales=by_role[Role.SALES],
        customers={},
    )
    company.customers = {firm.code: _meet(company, firm) for firm in firms}
    return company


def _join(first_name: str, last_name: str, role: str, language: str, job_title: str) -> Member:
    member = invite_member(
        by=None,
        email=f"{first_name}@atelier-lumen.example".lower().replace("é", "e").replace("è", "e"),
        role=role,
        first_name=first_name,
        last_name=last_name,
        language=language,
        job_title=job_title,
    )
    return set_password(member, by=None, password=PASSWORD)


def _meet(company: Company, firm: Firm) -> Customer:
    customer = add_customer(
        company.creditor,
        by=None,
        code=firm.code,
        name=firm.name,
        siren=firm.siren,
        segment=firm.trade.segment,
        industry=firm.trade.industry,
        country=firm.country.code,
        time_zone=firm.country.time_zone,
        language=firm.language,
        currency=firm.country.currency,
        terms=f"{firm.terms_days} jours",
        customer_since=firm.since,
        priorities=firm.priorities,
        owner=company.collectors[firm.owner if firm.language == "fr" else 1],
        salesperson=company.sales[firm.salesperson],
    )
    addresses = {"phone": firm.phone}
    if firm.email:
        addresses["email"] = firm.email
    add_contact(
        customer,
        by=None,
        name=firm.contact_name,
        role="accounts_payable",
        language=firm.language,
        addresses=addresses,
    )
    return customer


def mark_risky(company: Company, firm: Firm) -> None:
    """Say what the team knows of a firm that does not simply pay."""
    risk = {"silent": "high", "short of cash": "medium", "early": "low", "punctual": "low"}.get(firm.habit.name)
    if risk:
        change_customer(company.customers[firm.code], by=company.manager, risk=risk)

"""Which customers and contacts do the rows name?"""

from collections import Counter
from collections.abc import Callable

import polars as pl

from amiable.ledger.addresses import BadAddress, normal_email, normal_phone
from amiable.ledger.intake import CONTACTS, CUSTOMERS
from amiable.ledger.models import ContactRole
from amiable.organisation.identifiers import BadIdentifier, check_siren_or_siret, check_vat_number
from amiable.sources.reading.countries import country_of
from amiable.sources.reading.currencies import currency_of
from amiable.sources.vocabulary import Role

ROLE_WORDS = {  # parts of a job's name, the first that occurs decides
    ContactRole.ACCOUNTS_PAYABLE: ("payable", "compta", "account", "fournisseur", "invoice", "factur"),
    ContactRole.FINANCE: ("financ", "daf", "raf", "cfo", "treasur", "tresor", "trésor", "controll"),
    ContactRole.BUYER: ("buy", "achat", "achet", "purchas", "procure", "commande"),
    ContactRole.MANAGEMENT: (
        "manag",
        "direct",
        "gérant",
        "gerant",
        "ceo",
        "président",
        "president",
        "owner",
        "dirigeant",
    ),
}
LANGUAGES = {
    "fr": "fr",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "en": "en",
    "english": "en",
    "anglais": "en",
}


def customer_code(rows: pl.DataFrame) -> pl.Expr:
    """Return the customer's code; where no column gives one, its name stands in, however it is spaced and cased."""
    name = pl.col(Role.CUSTOMER_NAME).str.replace_all(r"\s+", " ").str.to_uppercase().str.slice(0, 64)
    return pl.coalesce(pl.col(Role.CUSTOMER_CODE), name)


def customers(rows: pl.DataFrame, notes: Counter[str], country: str) -> pl.DataFrame:
    """Return one row per customer of the rows, what is said first."""
    first = rows.filter(pl.col("customer_code_").is_not_null()).unique("customer_code_", maintain_order=True)
    lands = _mapped(first[Role.COUNTRY], country_of)
    address = pl.concat_str(
        pl.col(Role.ADDRESS),
        pl.concat_str(Role.POSTCODE, Role.CITY, separator=" ", ignore_nulls=True).replace("", None),
        separator="\n",
        ignore_nulls=True,
    )
    return first.select(
        code="customer_code_",
        name=pl.coalesce(pl.col(Role.CUSTOMER_NAME).str.slice(0, 200), "customer_code_"),
        siren=_checked(first[Role.SIREN], check_siren_or_siret, notes, "bad_siren"),
        vat_number=_checked(first[Role.VAT_NUMBER], _vat, notes, "bad_vat"),
        country=lands,
        language=pl.col(Role.LANGUAGE)
        .str.to_lowercase()
        .replace_strict(LANGUAGES, default=None, return_dtype=pl.String),
        currency=_mapped(first[Role.CURRENCY], currency_of),
        terms=pl.col("terms_"),
        segment=pl.col(Role.SEGMENT).str.slice(0, 40),
        industry=pl.col(Role.INDUSTRY).str.slice(0, 80),
        address=address.replace("", None),
    ).select(pl.col(name) if name != "legal_name" else pl.lit(None, pl.String).alias(name) for name in CUSTOMERS)


def contacts(rows: pl.DataFrame, notes: Counter[str], country: str) -> pl.DataFrame:
    """Return one row per contact that the rows name."""
    said = rows.filter(
        pl.col("customer_code_").is_not_null()
        & pl.any_horizontal(pl.col(role).is_not_null() for role in (Role.CONTACT_NAME, Role.EMAIL, Role.PHONE))
    ).unique(["customer_code_", Role.CONTACT_NAME, Role.EMAIL, Role.PHONE], maintain_order=True)
    if said.is_empty():
        return CONTACTS.to_frame()
    first_email = said[Role.EMAIL].str.extract(r"([^\s;,<>]+@[^\s;,<>]+)").fill_null(said[Role.EMAIL])
    lands = _mapped(said[Role.COUNTRY], country_of).fill_null(country)
    roles = _mapped(said[Role.CONTACT_ROLE], contact_role)
    return said.select(
        customer_code="customer_code_",
        name=pl.col(Role.CONTACT_NAME).str.slice(0, 120),
        salutation=pl.lit(None, pl.String),
        role=roles,
        email=_checked(first_email, normal_email, notes, "bad_email"),
        phone=_phones(said[Role.PHONE], lands, notes),
    )


def contact_role(text: str) -> str | None:
    """Return the role of somebody with that job."""
    said = text.casefold()
    if said in set(ContactRole.values):
        return said
    found = (role.value for role, parts in ROLE_WORDS.items() if any(part in said for part in parts))
    return next(found, ContactRole.OTHER.value)


def _vat(text: str) -> str:
    return check_vat_number(text)[:20]


def _mapped(texts: pl.Series, meaning: Callable[[str], str | None]) -> pl.Series:
    """Apply a function to every different text once."""
    unique = texts.drop_nulls().unique().to_list()
    known = {text: meaning(text) for text in unique}
    return texts.replace_strict(known, default=None, return_dtype=pl.String)


def _checked(texts: pl.Series, check: Callable[[str], str], notes: Counter[str], note: str) -> pl.Series:
    """Return what passes in its normal form; what does not is left out and counted."""

    def checked(text: str) -> str | None:
        try:
            return check(text) or None
        except (BadIdentifier, BadAddress):
            return None

    good = _mapped(texts, checked)
    notes[note] += int((texts.is_not_null() & good.is_null()).sum())
    return good


def _phones(texts: pl.Series, countries: pl.Series, notes: Counter[str]) -> pl.Series:
    pairs = pl.Series(
        [f"{land}|{text}" if text else None for text, land in zip(texts, countries, strict=True)], dtype=pl.String
    )

    def normal(pair: str) -> str:
        land, text = pair.split("|", 1)
        return normal_phone(text, country=land)

    return _checked(pairs, normal, notes, "bad_phone")

"""Which customers and contacts does a file speak of, and what does it add to what we know of them?"""

import polars as pl

from amiable.ledger.intake import store
from amiable.ledger.intake.frames import CUSTOMERS, Batch
from amiable.ledger.models import Address, Channel, Contact, ContactRole, Customer
from amiable.ledger.places import time_zone_of
from amiable.organisation.bulk import update_frame, write_frame
from amiable.organisation.models import LANGUAGES, Creditor

FRENCH_SPEAKING = frozenset({"FR", "BE", "LU", "MC", "CH"})


def language_of(country: str, creditor: Creditor) -> str:
    """Return the language to begin with: ours at home, French where it is an official language, else English."""
    if country == creditor.country:
        return creditor.language
    return "fr" if country in FRENCH_SPEAKING else "en"


def book_customers(creditor: Creditor, batch: Batch, *, master: bool, counts: dict[str, int]) -> pl.DataFrame:
    """Add unknown customers and return `customer_code`, `customer_id` of all that the batch names.

    Only a list of customers (`master`) changes what is known of one; an invoice list names it in passing.
    """
    said = _named(batch)
    known = store.found_by(
        Customer,
        "code",
        said["code"],
        {"id": pl.Int64, **(CUSTOMERS if master else {"code": pl.String})},
        where="t.creditor_id = %s",
        params=[creditor.pk],
    )
    fresh = said.join(known, on="code", how="anti", maintain_order="left")
    if fresh.height:
        fresh = _completed(fresh, creditor).with_columns(id=store.reserve_ids(Customer, fresh.height))
        write_frame(Customer, fresh.with_columns(creditor_id=pl.lit(creditor.pk)))
    changed = _change_customers(said, known) if master else 0
    counts["new"] += fresh.height
    counts["changed"] += changed
    counts["same"] += known.height - changed
    ids = [frame.select(customer_code="code", customer_id="id") for frame in (known, fresh) if frame.height]
    return pl.concat(ids) if ids else pl.DataFrame(schema={"customer_code": pl.String, "customer_id": pl.Int64})


def _named(batch: Batch) -> pl.DataFrame:
    """Return one row per customer code: the first row that says something about it, in the order of the file."""
    others = [frame["customer_code"] for frame in (batch.contacts, batch.items, batch.receipts, batch.settlements)]
    codes = pl.concat([batch.customers["code"], *others]).drop_nulls().unique(maintain_order=True)
    stated = batch.customers.unique("code", keep="first", maintain_order=True)
    return codes.to_frame("code").join(stated, on="code", how="left", maintain_order="left")


def _completed(fresh: pl.DataFrame, creditor: Creditor) -> pl.DataFrame:
    """Fill in what a new customer needs and the source did not say."""
    countries = fresh["country"].fill_null(creditor.country)
    unique = countries.unique().to_list()
    zones = {land: time_zone_of(land, otherwise=creditor.time_zone) for land in unique} | {
        creditor.country: creditor.time_zone
    }
    spoken = {land: language_of(land, creditor) for land in unique}
    languages = [code for code, _name in LANGUAGES]
    given = pl.when(pl.col("language").is_in(languages)).then(pl.col("language"))
    return fresh.with_columns(
        name=pl.col("name").fill_null(pl.col("code")),
        country=countries,
        time_zone=countries.replace_strict(zones, return_dtype=pl.String),
        language=given.fill_null(countries.replace_strict(spoken, return_dtype=pl.String)),
        currency=pl.col("currency").fill_null(creditor.currency),
    ).with_columns(pl.col("legal_name", "siren", "vat_number", "terms", "segment", "industry", "address").fill_null(""))


def _change_customers(said: pl.DataFrame, known: pl.DataFrame) -> int:
    """Take over what a customer list says differently; return for how many customers it does."""
    facts = [name for name in CUSTOMERS if name != "code"]
    new = (
        known.select("id", "code")
        .join(said, on="code")
        .with_columns(
            language=pl.when(pl.col("language").is_in([code for code, _name in LANGUAGES])).then(pl.col("language"))
        )
    )
    both = new.join(known, on="id", suffix="_known")
    differs = pl.any_horizontal((pl.col(f) != pl.col(f"{f}_known")).fill_null(False) for f in facts)
    changed = both.filter(differs)
    filled = changed.select("id", *(pl.col(f).fill_null(pl.col(f"{f}_known")) for f in facts))
    update_frame(Customer, filled)
    return filled.height


def book_contacts(contacts: pl.DataFrame, customers: pl.DataFrame, *, counts: dict[str, int]) -> None:
    """Add contacts and their addresses; a contact is known by its e-mail address, else by its name.

    An address that somebody marked as bounced or refused stays as it is.
    """
    said = _one_row_per_contact(contacts.join(customers, on="customer_code"))
    if said.is_empty():
        return
    known = store.found_by(
        Contact,
        "customer_id",
        said["customer_id"].unique(),
        {"id": pl.Int64, "customer_id": pl.Int64, "name": pl.String},
    )
    addresses = store.found_by(
        Address, "contact_id", known["id"], {"contact_id": pl.Int64, "channel": pl.String, "value": pl.String}
    ).join(known.select("customer_id", contact_id="id"), on="contact_id")
    said = _recognised(said, known, addresses)
    fresh = said.filter(pl.col("contact_id").is_null())
    old = said.filter(pl.col("contact_id").is_not_null())
    if fresh.height:
        fresh = fresh.with_columns(contact_id=store.reserve_ids(Contact, fresh.height))
        columns = ("customer_id", "name", "salutation", "role")
        write_frame(Contact, fresh.select(*columns, id="contact_id", language=pl.lit("")))
    added = _add_addresses(pl.concat([fresh, old]), addresses)
    changed = old.filter(pl.col("contact_id").is_in(added.implode())).height
    counts["new"] += fresh.height
    counts["changed"] += changed
    counts["same"] += old.height - changed


def _one_row_per_contact(said: pl.DataFrame) -> pl.DataFrame:
    known_by = pl.coalesce(pl.col("email").str.to_lowercase(), pl.col("name"), pl.col("phone"))
    return (
        said.with_columns(
            known_by=known_by,
            email=pl.col("email").str.to_lowercase(),
            name=pl.col("name").fill_null(""),
            salutation=pl.col("salutation").fill_null(""),
            role=pl.col("role").fill_null(ContactRole.ACCOUNTS_PAYABLE.value),
        )
        .filter(pl.col("known_by").is_not_null())
        .unique(["customer_id", "known_by"], keep="first", maintain_order=True)
    )


def _recognised(said: pl.DataFrame, known: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """Add `contact_id`, null for contacts we do not know."""

    def first_with(channel: str, column: str) -> pl.DataFrame:
        reached = addresses.filter(pl.col("channel") == channel)
        value = pl.col("value").str.to_lowercase().alias(column)
        ids = reached.select("customer_id", value, pl.col("contact_id").alias(f"{channel}_id"))
        return ids.unique(["customer_id", column], keep="first", maintain_order=True)

    by_name = known.filter(pl.col("name") != "").unique(["customer_id", "name"], keep="first", maintain_order=True)
    found = (
        said.join(first_with(Channel.EMAIL, "email"), on=["customer_id", "email"], how="left")
        .join(first_with(Channel.PHONE, "phone"), on=["customer_id", "phone"], how="left")
        .join(by_name.rename({"id": "named_id"}), on=["customer_id", "name"], how="left")
    )
    return found.with_columns(contact_id=pl.coalesce("email_id", "named_id", "phone_id")).drop(
        "email_id", "named_id", "phone_id"
    )


def _add_addresses(said: pl.DataFrame, addresses: pl.DataFrame) -> pl.Series:
    """Add the channels that contacts did not have yet; return the ids of those that got one."""
    stated = [
        said.select("contact_id", channel=pl.lit(channel.value), value=column).filter(pl.col("value").is_not_null())
        for channel, column in ((Channel.EMAIL, "email"), (Channel.PHONE, "phone"))
    ]
    new = (
        pl.concat(stated)
        .unique(["contact_id", "channel"], keep="first", maintain_order=True)
        .join(addresses, on=["contact_id", "channel"], how="anti", maintain_order="left")
    )
    write_frame(Address, new)
    return new["contact_id"].unique()

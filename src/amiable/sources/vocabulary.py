"""What do accounting programs call the columns of a customer ledger, in English and in French?"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """What a column tells us."""

    CUSTOMER_CODE = "customer_code"
    CUSTOMER_NAME = "customer_name"
    NUMBER = "number"
    ISSUED_ON = "issued_on"
    DUE_ON = "due_on"
    PAID_ON = "paid_on"
    DAYS_TO_PAY = "days_to_pay"
    AMOUNT = "amount"
    OPEN_AMOUNT = "open_amount"
    PAID_AMOUNT = "paid_amount"
    DEBIT = "debit"
    CREDIT = "credit"
    CURRENCY = "currency"
    KIND = "kind"
    DISPUTED = "disputed"
    TERMS = "terms"
    PO_NUMBER = "po_number"
    DESCRIPTION = "description"
    REFERENCE = "reference"
    PAYMENT_ID = "payment_id"
    METHOD = "method"
    SIREN = "siren"
    VAT_NUMBER = "vat_number"
    COUNTRY = "country"
    LANGUAGE = "language"
    SEGMENT = "segment"
    INDUSTRY = "industry"
    ADDRESS = "address"
    POSTCODE = "postcode"
    CITY = "city"
    CONTACT_NAME = "contact_name"
    CONTACT_ROLE = "contact_role"
    EMAIL = "email"
    PHONE = "phone"


LABELS = {
    Role.CUSTOMER_CODE: _("Customer code"),
    Role.CUSTOMER_NAME: _("Customer name"),
    Role.NUMBER: _("Invoice number"),
    Role.ISSUED_ON: _("Invoice date"),
    Role.DUE_ON: _("Due date"),
    Role.PAID_ON: _("Payment date"),
    Role.DAYS_TO_PAY: _("Days until payment"),
    Role.AMOUNT: _("Amount"),
    Role.OPEN_AMOUNT: _("Open amount"),
    Role.PAID_AMOUNT: _("Paid amount"),
    Role.DEBIT: _("Debit"),
    Role.CREDIT: _("Credit"),
    Role.CURRENCY: _("Currency"),
    Role.KIND: _("Kind of document"),
    Role.DISPUTED: _("Disputed"),
    Role.TERMS: _("Payment terms"),
    Role.PO_NUMBER: _("Purchase order"),
    Role.DESCRIPTION: _("Description"),
    Role.REFERENCE: _("Payment reference"),
    Role.PAYMENT_ID: _("Payment number"),
    Role.METHOD: _("Means of payment"),
    Role.SIREN: _("SIREN or SIRET"),
    Role.VAT_NUMBER: _("VAT number"),
    Role.COUNTRY: _("Country"),
    Role.LANGUAGE: _("Language"),
    Role.SEGMENT: _("Segment"),
    Role.INDUSTRY: _("Industry"),
    Role.ADDRESS: _("Address"),
    Role.POSTCODE: _("Postcode"),
    Role.CITY: _("City"),
    Role.CONTACT_NAME: _("Contact"),
    Role.CONTACT_ROLE: _("Contact's role"),
    Role.EMAIL: _("E-mail"),
    Role.PHONE: _("Phone"),
}
DAYS = frozenset({Role.ISSUED_ON, Role.DUE_ON, Role.PAID_ON})
AMOUNTS = frozenset({Role.AMOUNT, Role.OPEN_AMOUNT, Role.PAID_AMOUNT, Role.DEBIT, Role.CREDIT})

# The best name first. "=" marks a word so common that it counts only where it stands alone.
NAMES: dict[Role, str] = {
    Role.CUSTOMER_CODE: (
        "customer id|customer code|customer number|customer no|cust number|cust no|cust id|account number|account code"
        "|customer account|client id|client code|client number|debtor number|debtor id|sold to"
        "|code client|compte client"
        "|numero client|no client|n client|num client|id client|ref client|code tiers|compte tiers|numero tiers"
        "|compte auxiliaire|comp aux num|=tiers|=compte|=account|=customerid|payer id|code payeur|matricule client"
    ),
    Role.CUSTOMER_NAME: (
        "customer name|client name|company name|account name|debtor name|name customer|nom client|nom du client"
        "|raison sociale|intitule client|libelle client|nom tiers|intitule tiers|libelle tiers"
        "|comp aux lib|denomination"
        "|=customer|=client|=company|=societe|=entreprise|=debtor|=debiteur|=nom|=name|=intitule|vendor name"
    ),
    Role.NUMBER: (
        "invoice number|invoice no|invoice id|invoice|invoice ref|document number|doc number|document no|doc id|doc no"
        "|bill number|numero facture|numero de facture|no facture|n facture|num facture|facture|ref facture"
        "|reference facture|numero piece|n piece|no piece|num piece|piece ref|piece|numero document|numero de piece"
        "|=number|=numero|=n|=no|=document|voucher number|transaction number"
    ),
    Role.ISSUED_ON: (
        "invoice date|issue date|issued on|date of issue|bill date|billing date|document date|date facture"
        "|date de facture|date de facturation|date facturation|date d emission|date emission|date piece|date document"
        "|date de la facture|posting date|date comptable|date ecriture|=date|=issued|date invoice|transaction date"
    ),
    Role.DUE_ON: (
        "due date|due on|date due|due|maturity date|payment due date|net due date|echeance|date echeance"
        "|date d echeance|date de echeance|ech|date ech|date limite|due in date"
    ),
    Role.PAID_ON: (
        "payment date|paid date|date paid|paid on|settled date|settlement date|settled on|clear date|clearing date"
        "|cleared on|cleared date|received on|date received|receipt date|date paiement|date de paiement|date reglement"
        "|date de reglement|regle le|paye le|date encaissement|date d encaissement|date lettrage|value date|date valeur"
        "|date de valeur|date operation"
    ),
    Role.DAYS_TO_PAY: (
        "days to settle|days to pay|days until payment|days to payment|number of days until payment"
        "|jours de paiement|delai de paiement reel|nb jours paiement"
    ),
    Role.AMOUNT: (
        "invoice amount|total amount|gross amount|amount incl vat|amount|invoice total|document amount|original amount"
        "|montant ttc|montant facture|total ttc|montant total|montant|net a payer|montant initial|ttc|=total|=value"
        "|amount in local currency|payment amount|amount paid|montant regle|montant paye|=gross|montant origine"
    ),
    Role.OPEN_AMOUNT: (
        "open amount|total open amount|outstanding amount|outstanding|amount outstanding|amount due"
        "|balance due|remaining amount"
        "|residual amount|unpaid amount|open balance|balance|amount open|remaining|solde|reste du|reste a payer"
        "|reste a regler|restant du|montant restant|montant ouvert|montant du|solde du|solde facture|encours"
        "|solde ttc|montant non regle|amount residual"
    ),
    Role.PAID_AMOUNT: (
        "paid amount|amount paid|settled amount|settled|paid|amount settled|amount received|montant regle|montant paye"
        "|deja regle|acompte|acomptes|regle|paye|montant encaisse"
    ),
    Role.DEBIT: "debit|montant debit|debit amount",
    Role.CREDIT: "credit|montant credit|credit amount",
    Role.CURRENCY: "currency|currency code|invoice currency|devise|code devise|monnaie|cur|ccy|idevise",
    Role.KIND: (
        "document type|doc type|invoice type|kind|type de piece|type piece|type document|type de document|nature"
        "|nature piece|=type|transaction type|kind of document"
    ),
    Role.DISPUTED: "disputed|dispute|in dispute|litige|en litige|conteste|contestee",
    Role.TERMS: (
        "payment terms|terms|terms of payment|term days|payment term|conditions de paiement|conditions de reglement"
        "|condition de paiement|delai de paiement|delai|mode et delai de reglement|delai reglement"
    ),
    Role.PO_NUMBER: (
        "purchase order|po number|po|purchase order number|po no|customer po|order number|order reference"
        "|bon de commande|numero de commande|no commande|n commande|numero commande|ref commande|commande"
        "|reference commande|commande client"
    ),
    Role.DESCRIPTION: (
        "description|invoice description|subject|memo|libelle|objet|designation|libelle ecriture|text|texte"
        "|comment|commentaire|line description|details"
    ),
    Role.REFERENCE: "payment reference|reference|remittance|bank reference|reference paiement|motif|ref",
    Role.PAYMENT_ID: (
        "payment id|payment number|receipt number|receipt id|numero reglement|numero de reglement|n reglement"
    ),
    Role.METHOD: (
        "payment method|means of payment|method|mode de reglement|mode reglement|mode de paiement|moyen de paiement"
    ),
    Role.SIREN: "siren|siret|company number|registration number|numero siren|numero siret|n siret|n siren|no siret",
    Role.VAT_NUMBER: (
        "vat number|vat id|vat no|vat|tax id|tva intracommunautaire|numero tva|numero de tva|n tva|no tva|tva intra"
        "|identifiant tva|vat registration number"
    ),
    Role.COUNTRY: "country|country code|pays|code pays|countrycode|customer country",
    Role.LANGUAGE: "language|language code|lang|langue|code langue",
    Role.SEGMENT: "segment|customer group|category|categorie|famille|groupe client|customer type|type client|typologie",
    Role.INDUSTRY: "industry|sector|secteur|activite|secteur d activite|branch|naf|code naf|ape",
    Role.ADDRESS: (
        "address|street|adresse|adresse 1|rue|address line 1|billing address|adresse de facturation|street address"
    ),
    Role.POSTCODE: "postcode|postal code|zip|zip code|code postal|cp",
    Role.CITY: "city|town|ville|commune|localite",
    Role.CONTACT_NAME: (
        "contact name|contact|contact person|full name|interlocuteur|nom contact|nom du contact|nom interlocuteur"
        "|correspondant|contact comptabilite|contact facturation"
    ),
    Role.CONTACT_ROLE: "role|contact role|function|job title|position|fonction|fonction contact|service",
    Role.EMAIL: (
        "email|e mail|mail|email address|e mail address|billing email|contact email|adresse mail|adresse email"
        "|courriel|email facturation|email contact|mail contact|adresse e mail|email comptabilite"
    ),
    Role.PHONE: (
        "phone|phone number|telephone|tel|mobile|telephone number|contact phone|numero de telephone|portable"
        "|tel contact|telephone contact|n telephone"
    ),
}

_NOT_THE_WHOLE = frozenset(
    [
        "open",
        "outstanding",
        "due",
        "remaining",
        "unpaid",
        "solde",
        "reste",
        "restant",
        "tax",
        "vat",
        "tva",
        "ht",
        "net",
        "paid",
    ]
)


def words(header: str) -> tuple[str, ...]:
    """Cut a column name into plain lower-case words: "DateÉchéance_client" → date, echeance, client."""
    spaced = re.sub(r"(?<=[a-z0-9à-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header.replace("°", " "))
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[Role, int, bool, tuple[str, ...]]]:
    return [
        (role, rank, name.startswith("="), tuple(name.removeprefix("=").split()))
        for role, names in NAMES.items()
        for rank, name in enumerate(names.split("|"))
    ]


@lru_cache(maxsize=8192)
def name_scores(header: str) -> dict[Role, float]:
    """Say how well a column's name fits each role, between 0 and 1; roles that it does not fit at all are left out.

    The answer is shared: do not change it.
    """
    said = words(header)
    scores: dict[Role, float] = {}
    for role, rank, alone, phrase in _phrases():
        if said == phrase:
            score = 1 - 0.005 * rank
        elif alone or not said:
            continue
        elif set(said) == set(phrase):
            score = 0.95 - 0.005 * rank
        elif set(phrase) <= set(said):
            score = 0.45 + 0.4 * len(phrase) / len(said)
        else:
            continue
        if role is Role.AMOUNT and not _NOT_THE_WHOLE.isdisjoint(said) and said != phrase:
            score -= 0.3
        scores[role] = max(scores.get(role, 0), score)
    return scores

"""Where and how does the customer pay?

Bank details belong to one currency. Where a creditor has no account in the currency of an item, the mail says so and
asks to be asked; it never shows the details of another currency.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

NOT_IN_REFERENCE = re.compile(r"[^A-Z0-9]")
REFERENCE_LENGTH = 21  # characters of an ISO 11649 reference behind "RF" and its check digits
SELECTION_DIGITS = 8
EPC_LONGEST_NAME = 70
EPC_LARGEST_MINOR = 99_999_999_999


@dataclass(frozen=True, slots=True)
class Account:
    """Bank details for one currency; every text is one clean line."""

    currency: str
    holder: str
    iban: str  # without spaces
    bic: str = ""
    bank_name: str = ""

    @property
    def grouped_iban(self) -> str:
        """The IBAN in groups of four, as people copy it."""
        return grouped(self.iban)


def reference(customer_code: str, currency: str, numbers: Iterable[str]) -> str:
    """Return the creditor reference (ISO 11649) of some invoices of a customer in one currency, without spaces.

    It begins with the customer's code, so that a person recognises it, and ends with eight digits made from the whole
    selection, so that the same invoices always give the same reference and others another one.
    """
    selection = "\x1f".join((customer_code, currency, *sorted(numbers)))
    digest = int.from_bytes(hashlib.blake2s(selection.encode(), digest_size=8).digest(), "big")
    code = NOT_IN_REFERENCE.sub("", customer_code.upper())[: REFERENCE_LENGTH - SELECTION_DIGITS]
    body = f"{code}{digest % 10**SELECTION_DIGITS:0{SELECTION_DIGITS}d}"
    return f"RF{98 - int(f'{body}RF00'.translate(_DIGITS)) % 97:02d}{body}"


_DIGITS = str.maketrans({sign: str(int(sign, 36)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})  # ISO 7064, MOD 97-10


def grouped(plain: str) -> str:
    """Write an IBAN or a reference in groups of four, as people read and copy it."""
    return " ".join([plain[start : start + 4] for start in range(0, len(plain), 4)])


def epc_payload(account: Account, amount_minor: int, reference: str) -> str | None:
    """Return the content of the EPC QR code (EPC069-12, version 002) for a transfer, or None where there is none.

    Only transfers in euros between 0.01 and 999,999,999.99 have one.
    """
    if account.currency != "EUR" or not 1 <= amount_minor <= EPC_LARGEST_MINOR:
        return None
    amount = f"EUR{amount_minor // 100}.{amount_minor % 100:02}"
    holder = account.holder[:EPC_LONGEST_NAME]
    return f"BCD\n002\n1\nSCT\n{account.bic}\n{holder}\n{account.iban}\n{amount}\n\n{reference}"

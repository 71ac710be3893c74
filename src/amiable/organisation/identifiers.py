"""Is this number what it claims to be?

Legal and bank identifiers, checked with python-stdnum and kept in their compact form. Each function takes what a
person or a file wrote, returns the compact form ("" for nothing), and raises `BadIdentifier` that says what is wrong.
"""

from collections.abc import Callable
from types import ModuleType

from django.utils.translation import gettext as _
from stdnum import bic, iban
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siren, siret
from stdnum.gb import vat as gb_vat
from stdnum.no import mva

VAT_OUTSIDE_EU: dict[str, Callable[[str], str]] = {
    "GB": gb_vat.validate,
    "CH": swiss_vat.validate,
    "NO": mva.validate,
}


class BadIdentifier(ValueError):
    """An identifier cannot be right: `kind` says which, `value` what was written."""

    def __init__(self, kind: str, value: str, complaint: str) -> None:
        self.kind = kind
        self.value = value
        super().__init__(
            _("“%(value)s” is not a valid %(kind)s: %(complaint)s.")
            % {"value": value, "kind": kind, "complaint": complaint}
        )


def _complaint(error: ValidationError) -> str:
    """Say what is wrong, in the reader's language."""
    if isinstance(error, InvalidChecksum):
        return _("its check digits do not agree, so a digit is probably mistyped")
    if isinstance(error, InvalidLength):
        return _("it is too short or too long")
    if isinstance(error, InvalidFormat):
        return _("it has characters that do not belong there")
    if isinstance(error, InvalidComponent):
        return _("a part of it does not exist, such as the country or the bank")
    return _("it cannot be read")


def _checked(kind: str, written: str, validate: Callable[[str], str]) -> str:
    if not written.strip():
        return ""
    try:
        return validate(written.strip().upper())
    except ValidationError as error:
        raise BadIdentifier(kind, written, _complaint(error)) from error


def _with(module: ModuleType, kind: str, written: str) -> str:
    return _checked(kind, written, module.validate)


def check_siren(written: str) -> str:
    """Return a French company number of nine digits."""
    return _with(siren, "SIREN", written)


def check_siret(written: str) -> str:
    """Return a French establishment number of fourteen digits."""
    return _with(siret, "SIRET", written)


def check_siren_or_siret(written: str) -> str:
    """Return a SIREN or a SIRET, whichever its number of digits makes it."""
    digits = sum(character.isdigit() for character in written)
    return check_siret(written) if digits > 9 else check_siren(written)


def check_vat_number(written: str, *, country: str = "") -> str:
    """Return a VAT number with its country prefix; numbers of countries we know no rule for pass as written.

    `country` (ISO 3166) stands in where the number carries no prefix of its own.
    """
    compact = "".join(character for character in written.upper() if character.isalnum())
    if not compact:
        return ""
    prefix = compact[:2]
    if prefix in VAT_OUTSIDE_EU:
        rule = VAT_OUTSIDE_EU[prefix]
        number = compact if prefix != "GB" else compact[2:]
        checked = _checked(_("VAT number"), number, rule)
        return checked if checked.startswith(prefix) else prefix + checked
    known = {*eu_vat.MEMBER_STATES, "el", "xi"}
    if prefix.lower() in known:
        return _checked(_("VAT number"), compact, eu_vat.validate)
    if country and country.lower() in known:
        return _checked(_("VAT number"), country + compact, eu_vat.validate)
    return compact


def check_iban(written: str) -> str:
    """Return an international bank account number without spaces."""
    return _with(iban, "IBAN", written)


def check_bic(written: str) -> str:
    """Return a bank identifier code of eight or eleven characters."""
    return _with(bic, "BIC", written)

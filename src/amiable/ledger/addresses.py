"""Is this an address that somebody can be reached at?

One function per channel gives the form that is kept, so that the same mailbox or number is always written alike.
"""

from collections.abc import Callable

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from amiable.ledger.models import Channel


class BadAddress(ValueError):
    """Nobody can be reached at what was written."""

    def __init__(self, channel: str, value: str) -> None:
        self.channel = channel
        self.value = value
        patterns = {
            Channel.EMAIL: _("“%(value)s” is not an e-mail address."),
            Channel.PHONE: _("“%(value)s” is not a phone number."),
            Channel.SMS: _("“%(value)s” is not a number that receives text messages."),
            Channel.POST: _("“%(value)s” is not a postal address."),
        }
        super().__init__(patterns[Channel(channel)] % {"value": value})


def normal_email(written: str, *, country: str = "") -> str:
    """Return an e-mail address in lower case, without the spaces and brackets around it."""
    email = written.strip().removeprefix("mailto:").strip("<> \t").lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadAddress(Channel.EMAIL, written) from error
    return email


def normal_phone(written: str, *, country: str = "") -> str:
    """Return a number in E.164 ("+33123456789"), read as one dials it in `country`.

    A number that no numbering plan knows but a person might dial stays as written.
    """
    try:
        number = phonenumbers.parse(written, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number and phonenumbers.is_valid_number(number) and not number.extension:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if sum(character.isdigit() for character in written) < 3:
        raise BadAddress(Channel.PHONE, written)
    return " ".join(written.split())


def normal_mobile(written: str, *, country: str = "") -> str:
    """Return a number in E.164; raise `BadAddress` for one that is not certain, for nobody would see it fail."""
    number = normal_phone(written, country=country)
    if not number.startswith("+"):
        raise BadAddress(Channel.SMS, written)
    return number


def normal_postal(written: str, *, country: str = "") -> str:
    """Return a postal address as lines without spaces around them."""
    lines = [" ".join(line.split()) for line in written.strip().splitlines()]
    if not any(lines):
        raise BadAddress(Channel.POST, written)
    return "\n".join(line for line in lines if line)


NORMAL: dict[str, Callable[..., str]] = {
    Channel.EMAIL: normal_email,
    Channel.PHONE: normal_phone,
    Channel.SMS: normal_mobile,
    Channel.POST: normal_postal,
}


def normal_address(channel: str, written: str, *, country: str = "") -> str:
    """Return an address in the form that is kept; raise `BadAddress` for one that cannot be."""
    return NORMAL[Channel(channel)](written, country=country)

"""The phrases of a message, in English."""

LOCALE = "en_GB"
FIRST_OF_MONTH = "1"


def is_plural(count: int) -> bool:
    """Say whether a count takes the plural."""
    return count != 1


# How people are addressed
GREETING = "Dear {name}"
GREETING_FORMAL = "Dear {salutation} {surname}"
GREETING_NOBODY = "Hello"
SALUTATIONS: dict[str, str] = {"m.": "Mr", "mme": "Ms", "mlle": "Ms", "monsieur": "Mr", "madame": "Ms"}

# Dates and lists
DAY = "d MMMM"
DAY_OF_YEAR = "d MMMM y"
WEEKDAY = "EEEE d MMMM"
COLON = ":"
AND = " and "

# Items and totals
INVOICE = "Invoice"
DUE = "Due"
OPEN = "To pay"
PAID = "Paid"
AMOUNT = "Amount"
LATE = ("{count} day late", "{count} days late")
DUE_TODAY = "due today"
DUE_IN = ("in {count} day", "in {count} days")
OF_AMOUNT = "of {amount}"
TEXT_ITEM = "- {number}, due {due} ({when}): {open}"
TEXT_PAID = "- {number}, paid {paid}: {amount}"
TOTAL = "Total"
TOTAL_IN = "Total in {currency}"
ALSO_OPEN = "For your information, not due yet"
AND_MORE = ("and {count} more", "and {count} more")

# Payment
PAY_BY_TRANSFER = "Bank details"
PAY_IN = "Bank details for {currency}"
TO_PAY = "Amount"
HOLDER = "Account holder"
IBAN = "IBAN"
BIC = "BIC"
BANK = "Bank"
REFERENCE = "Reference"
QR_HINT = "Scan with your banking app"
QR_ALT = "QR code for the bank transfer"
NO_ACCOUNT = "For payments in {currency}, please ask us for our bank details by replying to this e-mail."

# What is possible
OPTIONS = "If paying now is difficult, we can find a way together:"
OFFERS = {
    "plan": "pay in several instalments",
    "deferral": "agree on a later date",
    "question": "look into anything that is wrong or unclear",
    "call_back": "call you at a time that suits you",
}
JUST_ASK = "If anything is wrong or unclear, a short reply to this e-mail is enough; we will look into it."
OPTIONS_HOW = "A short reply to this e-mail is enough."

# What happens next
NEXT_STEPS = {"message": "write to you again", "call": "call you"}
NEXT = "If the payment is already on its way, there is nothing to do. Otherwise I will {step} on {day}."
NEXT_NOTHING = "If anything is unclear, simply reply to this e-mail."

# What they told us
TOLD_PROMISE = "Thank you for telling us on {day} when you plan to pay."
TOLD_EMAIL = "Thank you for your message of {day}."
TOLD_CALL = "Thank you for our talk on {day}."

# Who writes
PHONE = "Phone"
FOR_CREDITOR = "for {creditor}"
FOOTER = "You receive this message because {customer} is a customer of {creditor}."
REGISTERED = "SIREN {number}"
VAT = "VAT {number}"

# For a preview where the customer owes nothing
EXAMPLE_NUMBER = "EXAMPLE-{count}"

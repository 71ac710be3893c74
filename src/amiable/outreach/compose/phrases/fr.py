"""Les phrases d’un message, en français."""

LOCALE = "fr_FR"
FIRST_OF_MONTH = "1er"


def is_plural(count: int) -> bool:
    """Dire si un nombre demande le pluriel."""
    return abs(count) >= 2


# La personne à qui l’on écrit
GREETING = "Bonjour {name}"
GREETING_FORMAL = "Bonjour {salutation} {surname}"
GREETING_NOBODY = "Bonjour"
SALUTATIONS: dict[str, str] = {"m.": "Monsieur", "mr": "Monsieur", "mme": "Madame", "mlle": "Madame", "ms": "Madame"}

# Dates et listes
DAY = "d MMMM"
DAY_OF_YEAR = "d MMMM y"
WEEKDAY = "EEEE d MMMM"
COLON = " :"
AND = " et "

# Factures et totaux
INVOICE = "Facture"
DUE = "Échéance"
OPEN = "À régler"
PAID = "Réglée le"
AMOUNT = "Montant"
LATE = ("{count} jour de retard", "{count} jours de retard")
DUE_TODAY = "à échéance aujourd’hui"
DUE_IN = ("dans {count} jour", "dans {count} jours")
OF_AMOUNT = "sur {amount}"
TEXT_ITEM = "- {number}, échéance {due} ({when}) : {open}"
TEXT_PAID = "- {number}, réglée le {paid} : {amount}"
TOTAL = "Total"
TOTAL_IN = "Total en {currency}"
ALSO_OPEN = "Pour information, pas encore à échéance"
AND_MORE = ("et {count} autre", "et {count} autres")

# Règlement
PAY_BY_TRANSFER = "Coordonnées bancaires"
PAY_IN = "Coordonnées bancaires pour {currency}"
TO_PAY = "Montant"
HOLDER = "Titulaire"
IBAN = "IBAN"
BIC = "BIC"
BANK = "Banque"
REFERENCE = "Référence"
QR_HINT = "À scanner avec votre application bancaire"
QR_ALT = "QR code pour le virement"
NO_ACCOUNT = "Pour un règlement en {currency}, demandez-nous nos coordonnées bancaires en répondant à cet e-mail."

# Ce qui est possible
OPTIONS = "Si un règlement immédiat est difficile, nous pouvons trouver une solution ensemble :"
OFFERS = {
    "plan": "régler en plusieurs fois",
    "deferral": "convenir d’une date plus tardive",
    "question": "examiner ce qui vous semble inexact ou peu clair",
    "call_back": "vous appeler au moment qui vous convient",
}
JUST_ASK = (
    "Si un point vous semble inexact ou peu clair, une courte réponse à cet e-mail suffit ; nous regarderons aussitôt."
)
OPTIONS_HOW = "Une courte réponse à cet e-mail suffit."

# La suite
NEXT_STEPS = {"message": "vous écrirai de nouveau", "call": "vous appellerai"}
NEXT = "Si le règlement est déjà en route, vous n’avez rien à faire. Sinon, je {step} le {day}."
NEXT_NOTHING = "Si quelque chose n’est pas clair, répondez simplement à cet e-mail."

# Ce qu’ils nous ont dit
TOLD_PROMISE = "Merci de nous avoir indiqué, le {day}, quand vous prévoyez de régler."
TOLD_EMAIL = "Merci pour votre message du {day}."
TOLD_CALL = "Merci pour notre échange du {day}."

# Qui écrit
PHONE = "Tél."
FOR_CREDITOR = "pour {creditor}"
FOOTER = "Vous recevez ce message car {customer} est client de {creditor}."
REGISTERED = "SIREN {number}"
VAT = "TVA {number}"

# Pour un aperçu quand le client ne doit rien
EXAMPLE_NUMBER = "EXEMPLE-{count}"

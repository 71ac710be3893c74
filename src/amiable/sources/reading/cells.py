"""What does a cell say, once blanks, control characters and placeholders are gone?"""

import polars as pl

from amiable.sources.tables import LONGEST_CELL

YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1", "x", "disputed", "litige", "en litige"})
NO = frozenset({"no", "n", "non", "false", "faux", "0", "-", "ok"})
_NOTHING = ["null", "none", "nan", "nat", "n/a", "#n/a", "na", "-", "--", "?", "#ref!", "#value!", "nil"]
_CONTROLS = r"[\x00-\x1f\x7f\x80-\x9f]+"

INVOICE, CREDIT_NOTE, PAYMENT = "invoice", "credit_note", "payment"
DOCUMENT_KINDS = (
    dict.fromkeys(
        ("invoice", "inv", "in", "facture", "fac", "fact", "fa", "fc", "f", "vente", "rv", "dr", "debit note", "bill"),
        INVOICE,
    )
    | dict.fromkeys(
        (
            "credit note",
            "credit memo",
            "credit",
            "cn",
            "cm",
            "avoir",
            "av",
            "a",
            "note de credit",
            "note de crédit",
            "dg",
        ),
        CREDIT_NOTE,
    )
    | dict.fromkeys(
        ("payment", "receipt", "pay", "pmt", "reglement", "règlement", "rgt", "reg", "paiement", "encaissement", "dz"),
        PAYMENT,
    )
)


def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Trim every text cell; control characters become a blank, placeholders for nothing a null."""
    tidy = frame.with_columns(without_controls(pl.col(pl.String)))
    nothing = pl.col(pl.String).str.to_lowercase().is_in(["", *_NOTHING])
    return tidy.with_columns(pl.when(~nothing).then(pl.col(pl.String)).name.keep())


def without_controls(text: pl.Expr) -> pl.Expr:
    """Cut and trim text; control characters, NUL among them, become a blank."""
    return text.str.slice(0, LONGEST_CELL).str.replace_all(_CONTROLS, " ").str.strip_chars()


def without_float_artefact(codes: pl.Expr) -> pl.Expr:
    """Undo what a spreadsheet does to a column of numbers that are names: "4711.0" is 4711, if all end so."""
    artefact = r"^\d+\.0+$"
    every = codes.drop_nulls().str.contains(artefact).all() & codes.is_not_null().any()
    return pl.when(every).then(codes.str.replace(r"\.0+$", "")).otherwise(codes)

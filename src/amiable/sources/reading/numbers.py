"""How are amounts written, and how many minor units are they?"""

import polars as pl

from amiable.core.money import MAX_MINOR

# Spaces of every width, the apostrophes of Swiss amounts, currency signs and codes.
_NOISE = r"[\s\u00a0\u202f\u2009\u2007'’_]|[€$£¥₹]|^[A-Z]{3}|[A-Z]{3}$|%$"
_BRACKETS = r"^\((.*)\)$"
_TRAILING_MINUS = r"^([^-]*)-$"
_ODD_MINUS = r"[−–]"


def bare(text: pl.Expr) -> pl.Expr:
    """Reduce written amounts to digits, marks and a leading minus: "(1 234,56) €" becomes "-1234,56"."""
    return (
        text.str.strip_chars()
        .str.replace_all(_ODD_MINUS, "-")
        .str.replace_all(_NOISE, "")
        .str.replace(_BRACKETS, "-$1")
        .str.replace(_TRAILING_MINUS, "-$1")
        .str.strip_prefix("+")
    )


def guess_decimal_mark(texts: pl.Series) -> str | None:
    """Return "," or ".", whichever the amounts use before their decimals; None where they do not tell.

    Decided by the whole column: a mark before one, two or more than three last digits, the later of two different
    marks, or the mark that is not the repeated one. A lone mark before exactly three digits tells nothing.
    """
    values = texts.drop_nulls().unique().to_frame("t").select(bare(pl.col("t")))["t"]
    both = values.str.contains(r"[.,].*[.,]")
    lone = values.filter(~both & ~values.str.contains(r"^-?\d{1,3}[.,]\d{3}$"))
    votes = dict.fromkeys(",.", 0)
    for mark, other in ((",", "."), (".", ",")):
        escaped, else_ = f"\\{mark}", f"\\{other}"
        votes[mark] += int(lone.str.contains(f"^-?\\d*{escaped}\\d+$").sum())
        votes[mark] += int(values.str.contains(f"{else_}.*{escaped}\\d*$").sum())
        votes[mark] += int(values.str.contains(f"^-?\\d{{1,3}}({else_}\\d{{3}}){{2,}}$").sum())
    best = max(votes, key=votes.__getitem__)
    return best if votes[best] else None


def is_plain(texts: pl.Series) -> bool:
    """Say whether all of these are digits with at most a decimal point already, as programs write them."""
    return texts.is_null().all() or bool(texts.str.contains(r"^-?\d+(\.\d+)?$").all())


def plain(text: pl.Expr, decimal: str) -> pl.Expr:
    """Return written amounts as "-1234.56" text; null where one is not an amount in this notation."""
    mark, group = ("\\.", ",") if decimal == "." else (",", "\\.")
    number = bare(text)
    grouped = number.str.contains(rf"^-?\d{{1,3}}({group}\d{{2,3}})*{group}\d{{3}}({mark}\d*)?$")
    simple = number.str.contains(rf"^-?(\d+({mark}\d*)?|{mark}\d+)$")
    # A lone mark that cannot part thousands is decimal: a number among cells that are text, or an exception.
    other = number.str.contains(rf"^-?\d*{group}(\d{{1,2}}|\d{{4,}})$")
    pointed = number.str.replace_all(mark, ".")
    return (
        pl.when(grouped)
        .then(number.str.replace_all(group, "").str.replace(mark, "."))
        .when(simple)
        .then(pointed)
        .when(other)
        .then(number.str.replace(group, "."))
    )


def to_minor(number: pl.Expr, exponent: int) -> pl.Expr:
    """Return plain amounts as whole minor units, half rounded away from zero; null beyond `MAX_MINOR`.

    Digits are cut and counted as text, so no amount ever becomes a float.
    """
    unsigned = number.str.strip_prefix("-")
    whole = unsigned.str.extract(r"^0*(\d*)", 1)
    decimals = unsigned.str.extract(r"\.(\d*)$", 1).fill_null("")
    shown = pl.concat_str(decimals, pl.lit("0" * (exponent + 1)))
    digits = pl.concat_str(pl.lit("0"), whole, shown.str.slice(0, exponent))
    fits = whole.str.len_chars() + exponent <= len(str(MAX_MINOR)) - 1
    minor = pl.when(fits).then(digits).cast(pl.Int64) + (shown.str.slice(exponent, 1) >= "5").cast(pl.Int64)
    return pl.when(number.str.starts_with("-")).then(-minor).otherwise(minor)

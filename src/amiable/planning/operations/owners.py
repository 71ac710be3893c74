"""Whose task is it?"""

import polars as pl

from amiable.organisation.models import Member, Role

COLLEAGUES = ("owner", "salesperson", "manager")


def owners(tasks: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the member each task goes to: customer_id, kind, code, owner_id.

    The colleague whom the step names, else the customer's owner, else the longest-serving manager or administrator;
    members who have left are passed over. Null where nobody is left.
    """
    active = list(Member.objects.filter(is_active=True).values_list("id", flat=True))
    here = [
        pl.when(pl.col(name).is_in(pl.Series(active, dtype=pl.Int64).implode())).then(name).alias(name)
        for name in COLLEAGUES
    ]
    fallback = (
        Member.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.ADMINISTRATOR))
        .order_by("-role", "id")  # a manager before an administrator
        .values_list("id", flat=True)
        .first()
    )
    named = [pl.when(pl.col("assign_to") == name).then(name) for name in COLLEAGUES]
    return (
        tasks.join(customers, on="customer_id")
        .with_columns(here)
        .select(
            "customer_id",
            "kind",
            "code",
            owner_id=pl.coalesce(*named, "owner", pl.lit(fallback, dtype=pl.Int64)),
        )
    )

"""Small groups stay hidden, and nobody can work them out from what is shown."""

from collections.abc import Mapping

# No cell of fewer people is shown.
SMALLEST_GROUP = 10
# The name that stands for the total in what `suppress` returns.
TOTAL = ""


def suppress(
    rows: Mapping[str, int], *, totals_shown: bool, smallest: int = SMALLEST_GROUP
) -> frozenset[str]:
    """Return the names of the rows to hide, and TOTAL where the total itself must not be shown.

    `rows` is the whole of one table with a single total: name to number of people. A row under `smallest` is hidden, and so is a
    row without people: were it shown, everybody would know that the hidden ones are not empty. Where the total is shown, the
    sum of the hidden rows is known, so further rows are hidden, always the smallest and all of the same size together, until that
    sum is at least `smallest`, is of at least two rows, and is not of rows that are each one below the limit (a sum of 18 over two
    rows under ten would say nine and nine). A total under `smallest` is hidden, as every row then is.

    Why this holds even against someone who knows the rule: what is hidden depends on sizes only, never on names, so any exchange
    of the hidden values gives the same table; and where all hidden values are equal, moving one person between two of them does.
    So every hidden row can have at least two values (the tests try every small table). This is complementary suppression for one
    dimension (Willenborg and de Waal 2001, Elements of Statistical Disclosure Control). It does not protect tables with
    totals both ways, nor against comparing the same table on two days or under two filters.

    Raises ValueError for a negative count or a row named like TOTAL.
    """
    if TOTAL in rows or smallest < 2 or any(count < 0 for count in rows.values()):
        raise ValueError("rows have a name and a number of people")
    limit = smallest - 1
    if totals_shown:
        sizes = sorted(set(rows.values()))
        while not _is_safe([count for count in rows.values() if count <= limit], smallest):
            larger = [size for size in sizes if size > limit]
            if not larger:
                break
            limit = larger[0]
    hidden = {name for name, count in rows.items() if count <= limit}
    if totals_shown and sum(rows.values()) < smallest:
        hidden.add(TOTAL)
    return frozenset(hidden)


def _is_safe(hidden: list[int], smallest: int) -> bool:
    # A row that is hidden alone is under `smallest` itself, so the sum is too.
    return not hidden or (sum(hidden) >= smallest and set(hidden) != {smallest - 1})

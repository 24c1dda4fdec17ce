"""Conditions of accepted.txt that are too long to stand on one line."""


def values(cell):
    """The occurrences in a cell whose values have no comma of their own."""
    return cell.split(",") if cell else []


def scaled(ours, theirs, factors):
    """Whether each of theirs is ours times a factor that the conversation's SYNs announced."""
    mine, other, by = values(ours), values(theirs), values(factors)
    if len(mine) != len(other) or len(by) > len(mine):
        return False
    allowed = {1} | {int(factor) for factor in by if int(factor) > 0}
    return all(int(b) in {int(a) * factor for factor in allowed} for a, b in zip(mine, other))


def overflows(seconds):
    """Whether the fraction of a number of seconds has more digits than nanoseconds have."""
    return len(seconds.partition(".")[2]) > 9


def _nanoseconds(seconds):
    """Seconds with nine decimals as a number; tshark's fraction may have a sign that counts for it alone."""
    whole, _, fraction = seconds.partition(".")
    sign = -1 if seconds.startswith("-") else 1
    return int(whole) * 10**9, sign * int(fraction)


def wraps(ours, theirs):
    """Whether the times are apart by what 32 bits lose of a number of nanoseconds."""
    whole, fraction = _nanoseconds(ours)
    other, rest = _nanoseconds(theirs)
    apart = whole + fraction - other - rest
    signless = whole + fraction - abs(other) - rest
    return any(gap and gap % 2**32 == 0 for gap in (apart, signless))


def shifted(ours, theirs, counts):
    """Whether the addresses of theirs begin further on than ours, by one of these counts of bytes."""
    mine, other = (cell.replace(":", "").replace(",", "") for cell in (ours, theirs))
    return len(mine) == len(other) == 24 and mine != other and any(
        other.startswith(mine[2 * count:]) for count in counts)


def breaks_off(ours, theirs):
    """Whether one of the cells is where the other one broke off: empty, or its beginning."""
    return not ours or not theirs or ours.startswith(theirs) or theirs.startswith(ours)


def bogus_ip(versions, headers, totals):
    """Whether IPv4 says another version, or a length that none has (RFC 791, 3.1)."""
    return (any(v != "4" for v in values(versions)) or any(int(n) < 20 for n in values(headers))
            or any(int(all_of_it) < int(n)
                   for n, all_of_it in zip(values(headers), values(totals))))

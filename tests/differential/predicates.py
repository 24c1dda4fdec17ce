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

"""The comparison of one capture, cell by cell.

Three kinds of packets, told apart by tshark's frame.protocols:

1. Every word is a protocol that steelpkt knows. All cells must be equal, byte for byte.
2. Some word is a protocol that is not decoded yet (a tunnel, an application). tshark is asked again
   with every protocol switched off that steelpkt does not know, so that the layers below stand as
   they are, and what is above them is payload to both. All cells must be equal to that answer,
   frame.protocols and data.data among them. Counted apart.
   So are packets whose words are all known and are other words than ours: a protocol may have taken
   bytes (to reassemble them) and left no word.
3. The first word, the link type, is not decoded yet: there is no layer below it, and only frame.*
   is compared, without frame.protocols. Counted apart, with the second kind.

Blocks that are no packets (custom blocks of pcapng, journal entries) are frames to tshark, and known
by having no encapsulation. They are left out; the numbers of the packets behind them then differ.

A protocol is known when `steelpkt fields` lists a field of it, or steelpkt itself names it in some
frame.protocols of this run.
"""

from dataclasses import dataclass, field

from voices import Answer

# Words of frame.protocols that stand for no header.
PLAIN_WORDS = {"frame", "ethertype", "data"}

# What tshark calls a protocol, and is an option in the header of one.
OPTIONS = {"mptcp": "tcp"}


def with_options(known):
    """The known protocols, and the options of theirs that have a word of their own."""
    return known | PLAIN_WORDS | {option for option, host in OPTIONS.items() if host in known}


@dataclass
class Difference:
    """One cell that differs."""

    name: str
    number: str
    ours: str
    theirs: str

    def kind(self):
        if not self.ours:
            return "we print nothing"
        if not self.theirs:
            return "tshark prints nothing"
        if self.theirs.startswith(self.ours + ","):
            return "we print fewer"
        if self.ours.startswith(self.theirs + ","):
            return "we print more"
        return "values differ"


@dataclass
class Result:
    """What the comparison of one capture found."""

    path: str
    packets: int = 0
    apart: int = 0
    values: int = 0
    differences: list = field(default_factory=list)
    accepted: dict = field(default_factory=dict)
    examples: set = field(default_factory=set)
    opened: dict = field(default_factory=dict)
    read: str = ""

    def accept(self, line, example, here):
        self.accepted[line] = self.accepted.get(line, 0) + 1
        if example == here:
            self.examples.add(line)


class Names(dict):
    """What a condition sees; the same object for all cells of a packet."""

    def __init__(self, index, our_cells, their_cells):
        def cell_of(cells):
            return lambda name: _text(cells[index[name]]) if index[name] < len(cells) else ""

        super().__init__(our=cell_of(our_cells), their=cell_of(their_cells))
        self["protocols"] = self["their"]("frame.protocols").split(":")


def _text(cell):
    return cell.decode("utf-8", "surrogateescape")


def words_of(lines, column):
    """All words of frame.protocols in an answer."""
    chains = {line.split(b"\t")[column] for line in lines}
    return {word for chain in chains for word in _text(chain).split(":") if word}


class Comparison:
    """Compares answers whose first cells are `names`; tshark's have the cells of `extra` after them."""

    def __init__(self, names, extra, known, accepted, opened=()):
        self.opened = opened
        self.names, self.known, self.accepted = names, with_options(known), accepted
        self.index = {name: i for i, name in enumerate([*names, *extra])}
        self.frame_only = [i for i, name in enumerate(names)
                           if name.startswith("frame.") and name != "frame.protocols"]
        self.chain = self.index["frame.protocols"]
        self.number = self.index["frame.number"]
        self.encapsulation = self.index["frame.encap_type"]

    def foreign(self, line):
        """The place of the first unknown word in tshark's chain, or None; -1 for no chain at all."""
        words = _text(line.split(b"\t")[self.chain]).split(":")
        return next((i for i, word in enumerate(words) if word not in self.known), None)

    def place(self, our_line, their_line):
        """The place of the first word that is foreign, or that we do not have; None for equal chains."""
        place = self.foreign(their_line)
        if place is None and our_line.split(b"\t")[self.chain] != their_line.split(b"\t")[self.chain]:
            return 1
        return place

    def packets(self, answer):
        """tshark's answer without the blocks that are no packets."""
        return Answer([line for line in answer.lines
                       if line.split(b"\t")[self.encapsulation]], answer.status, answer.message)

    def compare(self, path, ours, plain, restricted):
        """Compare the packets that both have. `restricted` is called at most once, for kind 2."""
        result = Result(path, packets=min(len(ours.lines), len(plain.lines)))
        places = [self.place(*lines) for lines in zip(ours.lines, plain.lines)]
        below = self.packets(restricted()).lines if any(places) else []
        for row, (our_line, their_line) in enumerate(zip(ours.lines, plain.lines)):
            place = places[row]
            columns = None
            if place == 0:
                columns = self.frame_only
            elif place:
                their_line = below[row]
            result.apart += place is not None
            self._compare_packet(result, our_line, their_line, columns)
        return result

    def _compare_packet(self, result, our_line, their_line, columns):
        if columns is None and (their_line == our_line or their_line.startswith(our_line + b"\t")):
            cells = our_line.split(b"\t")
            if len(cells) == len(self.names):
                result.values += len(cells) - cells.count(b"")
                return
        our_cells, their_cells = our_line.split(b"\t"), their_line.split(b"\t")
        if len(our_cells) != len(self.names):
            our_cells += [b""] * (len(self.names) - len(our_cells))
        names = None
        for i in range(len(self.names)) if columns is None else columns:
            ours, theirs = our_cells[i], their_cells[i]
            if not ours and not theirs:
                continue
            result.values += 1
            if ours != theirs:
                names = names or Names(self.index, our_cells, their_cells)
                self._judge(result, i, names, _text(ours), _text(theirs))

    def _judge(self, result, column, names, ours, theirs):
        names["ours"], names["theirs"] = ours, theirs
        number = names["their"]("frame.number")
        line = self.accepted.find(self.names[column], names)
        here = f"{result.path}:{number}"
        if line is None and here in self.opened:
            result.opened[here] = result.opened.get(here, 0) + 1
        elif line is None:
            result.differences.append(Difference(self.names[column], number, ours, theirs))
        else:
            result.accept(line, self.example(line), f"{result.path}:{number}")

    def example(self, number):
        return next(line.example for line in self.accepted.lines if line.number == number)

    def compare_ends(self, result, ours, theirs):
        """How the two programs ended: both whole with as many packets, both damaged, or neither began."""
        same_count = len(ours.lines) == len(theirs.lines)
        if same_count and (ours.status != 0) == (theirs.status != 0) and ours.status in (0, 1, 2):
            return
        names = {"ours": End(ours), "theirs": End(theirs)}
        line = self.accepted.find("@read", names) if ours.status in (0, 1, 2) else None
        if line is None:
            result.read = (f"steelpkt: {len(ours.lines)} packets, status {ours.status}: "
                           f"{ours.message.strip()}\n    tshark: {len(theirs.lines)} packets, "
                           f"status {theirs.status}: {theirs.message.strip()}")
        else:
            result.accept(line, self.example(line), result.path)


class End:
    """How a program ended, as conditions for `@read` see it."""

    def __init__(self, answer):
        self.status, self.message, self.packets = (answer.status, answer.message,
                                                   len(answer.lines))

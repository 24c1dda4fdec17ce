"""The comparison itself, tried on answers made up here: it must be able to fail."""

import tempfile
import unittest
from pathlib import Path

import accepted
import fields
import filters
import grammar
import predicates
import report
import sharkd
from compare import Comparison
from voices import Answer

NAMES = ["frame.number", "frame.protocols", "ip.src", "data.data"]
KNOWN = {"eth", "ip", "udp"}


def answer(*rows, status=0, message=""):
    return Answer([b"\t".join(cell.encode() for cell in row) for row in rows], status, message)


def lines(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accepted.txt"
        path.write_text(text)
        return accepted.load(path)


class Differential(unittest.TestCase):
    def compare(self, ours, plain, restricted=None, text="", extra=(), packet=lambda row: True):
        """Compare; of tshark's rows, those are packets of which `packet` says so."""
        comparison = Comparison(NAMES, [*extra, "frame.encap_type"], KNOWN, lines(text))

        def told(voice):
            return Answer([row + (b"\t1" if packet(row) else b"\t") for row in voice.lines],
                          voice.status, voice.message)

        plain = comparison.packets(told(plain))
        result = comparison.compare("a.pcap", ours, plain, lambda: told(restricted))
        comparison.compare_ends(result, ours, plain)
        return result

    def test_blocks_that_are_no_packets_are_left_out(self):
        ours = answer(["1", "eth:ip", "10.0.0.1", ""])
        plain = answer(["1", "data", "", ""], ["2", "eth:ip", "10.0.0.1", ""])
        result = self.compare(ours, plain, packet=lambda row: not row.startswith(b"1"))
        self.assertEqual((result.packets, result.read), (1, ""))
        self.assertEqual([d.name for d in result.differences], ["frame.number"])

    def test_equal_cells_are_counted_and_empty_ones_are_not(self):
        same = answer(["1", "eth:ethertype:ip", "10.0.0.1", ""])
        result = self.compare(same, same)
        self.assertEqual((result.packets, result.values, result.differences), (1, 3, []))

    def test_one_byte_is_a_difference(self):
        result = self.compare(answer(["1", "eth:ethertype:ip", "10.0.0.1", ""]),
                              answer(["1", "eth:ethertype:ip", "10.0.0.2", ""]))
        self.assertEqual([(d.name, d.number, d.kind()) for d in result.differences],
                         [("ip.src", "1", "values differ")])

    def test_what_tshark_prints_and_we_do_not_is_a_difference(self):
        result = self.compare(answer(["1", "eth:ethertype:ip", "", ""]),
                              answer(["1", "eth:ethertype:ip", "10.0.0.2", ""]))
        self.assertEqual(result.differences[0].kind(), "we print nothing")
        self.assertEqual(result.values, 3)

    def test_kinds(self):
        chain = "eth:ethertype:ip"
        for ours, theirs, kind in (("a", "a,b", "we print fewer"), ("a,b", "a", "we print more"),
                                   ("a", "", "tshark prints nothing")):
            result = self.compare(answer(["1", chain, ours, ""]), answer(["1", chain, theirs, ""]))
            self.assertEqual(result.differences[0].kind(), kind)

    def test_above_an_unknown_protocol_the_restricted_answer_counts(self):
        ours = answer(["1", "eth:ethertype:ip:udp:data", "10.0.0.1", "aabb"])
        plain = answer(["1", "eth:ethertype:ip:udp:gtp:ip", "10.0.0.1,10.9.9.9", ""])
        result = self.compare(ours, plain, ours)
        self.assertEqual((result.apart, result.differences), (1, []))
        wrong = answer(["1", "eth:ethertype:ip:udp:data", "10.0.0.1", "aabbcc"])
        result = self.compare(ours, plain, wrong)
        self.assertEqual([d.name for d in result.differences], ["data.data"])

    def test_an_unknown_link_type_leaves_the_frame(self):
        ours = answer(["1", "data", "", "aabb"])
        result = self.compare(ours, answer(["1", "fr:ip", "10.0.0.1", ""]), answer(["1", "", "", ""]))
        self.assertEqual((result.apart, result.differences), (1, []))
        result = self.compare(ours, answer(["2", "fr:ip", "10.0.0.1", ""]), answer(["2", "", "", ""]))
        self.assertEqual([d.name for d in result.differences], ["frame.number"])

    def test_an_accepted_difference_needs_its_condition(self):
        text = 'ip.src | their("ip.len") == "0" and ours == "x" | tshark; RFC 791 | a.pcap:1\n'
        for length, count in (("0", 0), ("1", 1)):
            result = self.compare(answer(["1", "eth:ip", "x", ""]),
                                  answer(["1", "eth:ip", "y", "", length]), text=text,
                                  extra=["ip.len"])
            self.assertEqual(len(result.differences), count)
            self.assertEqual(result.examples, set() if count else {1})

    def test_ends(self):
        one = ["1", "eth:ip", "", ""]
        damaged = answer(one, status=2, message="cut short")
        self.assertEqual(self.compare(damaged, damaged).read, "")
        self.assertIn("cut short", self.compare(answer(one), damaged).read)
        self.assertIn("2 packets", self.compare(answer(one, one), answer(one)).read)
        none = answer(status=1)
        self.assertEqual(self.compare(none, answer(status=2)).read, "")
        self.assertIn("status 1", self.compare(none, answer()).read)
        self.assertIn("status -11", self.compare(answer(one, status=-11), answer(one)).read)
        text = "@read | theirs.message == 'cut short' | us | a.pcap\n"
        self.assertEqual(self.compare(answer(one), damaged, text=text).read, "")

    def test_the_accepted_file_is_short_and_whole(self):
        with self.assertRaises(ValueError):
            lines("ip.src | True | nobody\n")
        with self.assertRaises(ValueError):
            lines("ip.src | True | somebody | a:1\n" * 31)
        with self.assertRaises(SyntaxError):
            lines("ip.src | ours == | somebody | a:1\n")

    def test_predicates_hold_for_what_they_name_and_for_nothing_else(self):
        for held, name, cells in (
                (True, "scaled", ("5,5", "5,640", "128,128")), (False, "scaled", ("5", "6", "128")),
                (True, "overflows", ("1.1000000000",)), (False, "overflows", ("1.100000000",)),
                (True, "wraps", ("1418147517.483648000", "1418145370.000000000")),
                (True, "wraps", ("335221190.901761000", "-335216896.065535000")),
                (False, "wraps", ("1.000000001", "1.000000000")),
                (False, "wraps", ("1.000000001", "1.000000001")),
                (True, "shifted", ("33:33:00:00:00:16,00:12:3f:97:92:01",
                                   "00:16:00:12:3f:97,92:01:86:dd:60:00", (4, 8))),
                (False, "shifted", ("33:33:00:00:00:16,00:12:3f:97:92:01",
                                    "33:33:00:00:00:16,00:12:3f:97:92:02", (4, 8))),
                (True, "breaks_off", ("1,2", "1")), (True, "breaks_off", ("", "1")),
                (False, "breaks_off", ("1,2", "1,3")),
                (True, "bogus_ip", ("4", "16", "40")), (True, "bogus_ip", ("4,0", "20,20", "40,40")),
                (True, "bogus_ip", ("4", "20", "11")),
                (False, "bogus_ip", ("4", "20", "20")), (False, "bogus_ip", ("", "", ""))):
            self.assertIs(getattr(predicates, name)(*cells), held, (name, cells))

    def test_declarations(self):
        theirs = {"ip.src": fields.Field("ip.src", "FT_IPv4", "ip")}
        ours = [{"name": name, "type": "UINT8", "protocol": "ip", "wireshark": False}
                for name in fields.must_names() if name != "ip.src"]
        self.assertEqual(len(fields.check_declarations(ours, theirs)), 1)
        ours.append({"name": "ip.src", "type": "UINT32", "protocol": "ip"})
        self.assertIn("FT_IPv4", fields.check_declarations(ours, theirs)[0])
        ours[-1]["type"] = "IPv4"
        self.assertEqual(fields.check_declarations(ours, theirs), [])

    def test_the_report_names_the_place(self):
        result = self.compare(answer(["7", "eth:ip", "x", ""]), answer(["7", "eth:ip", "y", ""]))
        text = report.differences([result], 1)
        self.assertIn("a.pcap:7", text)
        self.assertIn("ip.src: values differ", text)


class Filters(unittest.TestCase):
    def judged(self, ours, theirs, doubtful=(), text=""):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accepted.txt"
            path.write_text(text)
            lines = filters.load_accepted(path)
        result = filters.Result()
        filters.judge("udp.port == 1", ours, theirs, set(doubtful), lines, result)
        return result

    def test_equal_answers_are_no_difference(self):
        self.assertEqual(self.judged([1, 2], [1, 2]).differences, [])
        self.assertEqual(self.judged("no such field", "unknown").differences, [])

    def test_one_packet_is_a_difference(self):
        for ours, theirs in (([1], [1, 2]), ([1, 2], [1]), ([1], [])):
            self.assertEqual(self.judged(ours, theirs).differences[0][1], "packets")

    def test_a_refusal_is_a_difference(self):
        self.assertEqual(self.judged("no", [1]).differences[0][1], "we refuse")
        self.assertEqual(self.judged([], "no").differences[0][1], "tshark refuses")

    def test_packets_whose_fields_differ_are_counted_apart(self):
        result = self.judged([1, 2], [1], doubtful=[2])
        self.assertEqual((result.differences, result.apart), ([], 1))

    def test_an_accepted_line_speaks_of_its_kind_only(self):
        text = "udp.*only: 1 | packets | both: a reason | udp.port == 1\n"
        self.assertEqual(self.judged([1], [], text=text).differences, [])
        self.assertEqual(len(self.judged([1], "no", text=text).differences), 1)
        with self.assertRaises(ValueError):
            self.judged([1], [1], text="udp | nonsense | both | udp\n")
        with self.assertRaises(ValueError):
            self.judged([1], [1], text="udp | packets | both | udp\n" * 16)

    def test_what_ends_sharkd_is_told(self):
        self.assertEqual(self.judged([1], sharkd.CRASHED).ended, ["udp.port == 1"])

    def test_the_same_seed_makes_the_same_filters(self):
        types = {"a.n": "FT_UINT8", "a.m": "FT_UINT16", "a.l": "FT_UINT32", "a.b": "FT_BYTES", "a.s": "FT_STRING",
                 "a.e": "FT_ETHER", "a.i": "FT_IPv4", "a.j": "FT_IPv6", "a.t": "FT_RELATIVE_TIME", "a.f": "FT_BOOLEAN"}
        values = {"a.n": ["1"], "a.m": ["2"], "a.l": ["3"], "a.b": ["0a0b"], "a.s": ["example"],
                  "a.e": ["00:00:00:00:00:01"], "a.i": ["192.0.2.1"], "a.j": ["::1"], "a.t": ["1.5"], "a.f": ["1"]}
        made = [grammar.make(types, values, ["a"], 200) for _ in range(2)]
        self.assertEqual(made[0], made[1])
        self.assertEqual(len(set(made[0])), 200)


if __name__ == "__main__":
    unittest.main()

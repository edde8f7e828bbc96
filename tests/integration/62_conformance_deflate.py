#!/usr/bin/python3
"""The server's cases 12 and 13 of the Autobahn test suite, by its numbers: permessage-deflate with all sizes, fragments
and offers. Beyond them: the samples of RFC 7692, offers that must be declined, data that is not valid, and bombs.

The suite sends 1,000 messages in each case. That takes long, so there are as many here as MESSAGES or a budget of bytes
allows, whichever is less, but at least four; CONFORMANCE_MESSAGES=1000 sends them all."""

import os
import random
import re
import zlib

from lib.hubbub import IS_ASAN, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wsraw import BINARY, CONTINUATION, PING, TEXT, Client, frame, frames_of

MESSAGES = 60
BYTES = 400_000    # in one case
KB, MB = 1 << 10, 1 << 20
MESSAGE_BYTES_MAX = 16 * MB
PMD = "permessage-deflate"


def hub():
    return shared("--echo", "--store", "memory", "--metrics", "off", metrics=False)


# --- what is sent: five kinds of content, as large as the suite's own files -------------------------------------------

WORDS = """Habe nun ach Philosophie Juristerei und Medizin und leider auch Theologie durchaus studiert mit heißem
Bemühn da steh ich nun ich armer Tor und bin so klug als wie zuvor heiße Magister heiße Doktor gar""".split()
CHOICE = random.Random(12)


def json_content(size):
    rows, length = [], 0
    while length < size:
        rows.append('{"id":%d,"name":"%s","score":%.3f,"tags":["%s","%s"],"active":%s}' % (
            len(rows), CHOICE.choice(WORDS[:3]), CHOICE.random(), CHOICE.choice("abcdef"), CHOICE.choice("uvwxyz"),
            CHOICE.choice(("true", "false"))))
        length += len(rows[-1]) + 1
    return ("[" + ",".join(rows) + "]").encode("ascii")[:size]


def picture_content(size):
    """Neighbours are alike, as in a photograph without compression."""
    out, value = bytearray(b"BM"), 128
    while len(out) < size:
        value = min(255, max(0, value + CHOICE.choice((-2, -1, -1, 0, 0, 0, 1, 1, 2))))
        out.append(value)
    return bytes(out)


def prose_content(size):
    words = CHOICE.choices(WORDS, k=size // 4)
    return " ".join(word + ("\r\n" if i % 9 == 8 else "") for i, word in enumerate(words)).encode()[:size]


def page_content(size):
    rows = [f'<tr class="row-{i % 2}"><td>{i}</td><td><a href="/item/{CHOICE.randrange(99999)}">'
            f"{CHOICE.choice(WORDS[:4])}</a></td></tr>\n" for i in range(size // 50)]
    return ("<!doctype html><table>\n" + "".join(rows)).encode("ascii")[:size]


def document_content(size):
    """Streams that are compressed already, between lines that are not."""
    out = bytearray(b"%PDF-1.4\n")
    while len(out) < size:
        out += b"%d 0 obj << /Filter /FlateDecode /Length 4000 >> stream\n" % len(out)
        out += CHOICE.randbytes(4000) + b"\nendstream endobj\n"
    return bytes(out[:size])


CONTENTS = [
    ("JSON", json_content(194056), False),
    ("a picture", picture_content(263222), True),
    ("German prose", prose_content(222218), True),
    ("HTML", page_content(263527), False),
    ("a document", document_content(1042328), True),
]

SIZES = [(1 << k, 0) for k in (4, 6, 8, 10, 12, 13, 14, 15, 16, 17)]
SIZES += [(1 << k, 256) for k in (13, 14, 15, 16, 17)] + [(131072, n) for n in (1024, 4096, 32768)]

# As the suite's client writes its offers; and what was agreed: (server takeover, server's window).
ASKS = f"{PMD}; client_no_context_takeover; client_max_window_bits"
OFFERS = [
    (ASKS, (True, 15)),
    (f"{ASKS}; server_no_context_takeover", (False, 15)),
    (f"{ASKS}; server_max_window_bits=9", (True, 9)),
    (f"{ASKS}; server_max_window_bits=15", (True, 15)),
    (f"{ASKS}; server_no_context_takeover; server_max_window_bits=9", (False, 9)),
    (f"{ASKS}; server_no_context_takeover; server_max_window_bits=15", (False, 15)),
    (f"{ASKS}; server_no_context_takeover; server_max_window_bits=9, {ASKS}; server_no_context_takeover, {ASKS}",
     (False, 9)),
]


def name_of(chapter, i, size, fragment):
    return f"{chapter}.{i} messages of {size} bytes" + (f" in fragments of {fragment}" if fragment else "")


def cases(chapter, what, *rest):
    return [(name_of(chapter, i, *size), what, *size, *rest) for i, size in enumerate(SIZES, 1)]


CASES_12 = [row for n, (what, data, is_binary) in enumerate(CONTENTS, 1)
            for row in cases(f"12.{n}", what, ASKS, (True, 15), data, is_binary)]
CASES_13 = [row for n, (offer, agreed) in enumerate(OFFERS, 1)
            for row in cases(f"13.{n}", offer.replace(PMD, "…"), offer, agreed, *CONTENTS[0][1:])]


def pieces(data, size, count):
    """Messages of that size, one behind the other in the data, which begins anew at its end."""
    at = 0
    for _ in range(count):
        piece = (data[at:] + data)[:size] if at + size > len(data) else data[at:at + size]
        at = (at + size) % len(data)
        yield piece


def count_for(size):
    if os.environ.get("CONFORMANCE_MESSAGES"):
        return int(os.environ["CONFORMANCE_MESSAGES"])
    return min(MESSAGES, max(4, BYTES // size))


@test("all 216 cases of these chapters are here, each once")
def complete():
    numbers = [row[0].split(" ")[0] for row in CASES_12 + CASES_13]
    equal((len(CASES_12), len(CASES_13), len(set(numbers))), (90, 126, 216))
    equal([len(data) for _, data, _ in CONTENTS], [194056, 263222, 222218, 263527, 1042328])


@each("{0}: {1}", CASES_12 + CASES_13)
def messages(_title, _what, size, fragment, offer, agreed, data, binary):
    with Client(hub().address, offer) as client:
        assert client.agreed, "UNIMPLEMENTED: permessage-deflate was declined"
        equal((client.agreed.server_takeover, client.agreed.server_bits), agreed, client.extension)
        count = count_for(size)
        for payload in pieces(data, size, count):
            client.packed(payload, binary, fragment)
            got = client.event()
            equal((got[0], got[-1], len(got[1])), ("message", binary, size))
            assert got[1] == payload, "the echo differs"
        equal(client.judge.packed_count, count, "packed echoes")
        client.leave()


# --- offers -----------------------------------------------------------------------------------------------------------

TAKEN = [
    (PMD, PMD),
    (f"{PMD}; client_max_window_bits", PMD),
    (f"{PMD}; server_no_context_takeover", f"{PMD}; server_no_context_takeover"),
    (f"{PMD}; client_no_context_takeover", f"{PMD}; client_no_context_takeover"),
    *[(f"{PMD}; server_max_window_bits={n}", f"{PMD}; server_max_window_bits={n}") for n in range(9, 16)],
    *[(f"{PMD}; client_max_window_bits={n}", f"{PMD}; client_max_window_bits={n}") for n in range(9, 15)],
    (f"{PMD}; client_max_window_bits=15", PMD),
    (f"{PMD}; client_max_window_bits=8", PMD),
    (f'{PMD}; server_max_window_bits="10"', f"{PMD}; server_max_window_bits=10"),
    (f" {PMD} ;server_max_window_bits=10 ", f"{PMD}; server_max_window_bits=10"),
    (f"x-unknown; a=b, {PMD}", PMD),
    (f", ,{PMD}, ,", PMD),
]

SPOILT_PARAMETERS = [
    "server_max_window_bits=08", "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=8",
    "server_max_window_bits=0", "server_max_window_bits=-9", "server_max_window_bits=+9", "server_max_window_bits=1e1",
    "server_max_window_bits=015", "server_max_window_bits=10x", "server_max_window_bits=", "server_max_window_bits",
    'server_max_window_bits=""', 'server_max_window_bits="10', "server_max_window_bits=9.0",
    "server_max_window_bits=4294967305", "server_max_window_bits=18446744073709551625",
    "client_max_window_bits=08", "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=",
    'client_max_window_bits=""', "client_max_window_bits=0x9",
    "server_no_context_takeover=", "server_no_context_takeover=1", "server_no_context_takeover=true",
    "client_no_context_takeover=0", 'client_no_context_takeover=""',
    "server_no_context_takeover; server_no_context_takeover", "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10", "client_max_window_bits; client_max_window_bits=10",
    "unknown", "unknown=1", "constructor", "__proto__", "mem_level=9", "=10", "=", "",
]

GARBAGE = ["permessage-deflate2", "permessage", "x-webkit-deflate-frame", "permessage-bzip2", ";", "; ;", "=", '"', ",",
           f'"{PMD}"', f"{PMD}=1", f"{PMD} {PMD}"]


def answers(offer, want, good=None):
    with Client(hub().address, offer, good=good) as client:
        equal(client.extension, want)
        client.message(b"hello" * 20).expect(("message", b"hello" * 20, False))
        if want is None:
            equal(client.judge.packed_count, 0)
            client.frame(TEXT, b"\x00", rsv=4).expect_end(1002)
        else:
            client.packed(b"hello" * 20).expect(("message", b"hello" * 20, False)).leave()


@each("the offer {0!r} is answered with {1!r}", TAKEN)
def taken(offer, want):
    answers(offer, want)


@test("a comma in quotes does not end an offer")
def quoted_comma():
    answers(f'x-unknown; a="b, {PMD}; server_no_context_takeover", {PMD}', PMD, [PMD])


@each("declined, the connection goes on without: {0!r}", [(f"{PMD}; {p}",) for p in SPOILT_PARAMETERS] + [
    (g,) for g in GARBAGE])
def declined(offer):
    answers(offer, None, [])


SECOND = f"{PMD}; server_max_window_bits=10"


@each("declined, and the next one is tried: {0!r}", [(f"{PMD}; {p}",) for p in SPOILT_PARAMETERS if p.count('"') != 1])
def next_one(offer):
    answers(f"{offer}, {SECOND}", SECOND, [SECOND])


@test("the first good offer is taken, whatever stands behind it")
def first_good():
    answers(f"{SECOND}, {PMD}; server_max_window_bits=12", SECOND, [SECOND])
    answers(f"{SECOND}, {PMD}; unknown", SECOND, [SECOND])


@test("several fields are one list")
def several_fields():
    answers([f"{PMD}; unknown", "x-other", f"{PMD}; server_max_window_bits=8", SECOND, PMD], SECOND, [SECOND])


@test("a hundred and fifty bad offers before a good one")
def many_offers():
    offer = ", ".join([f"{PMD}; a"] * 150 + [SECOND])
    answers(offer, SECOND, [SECOND])


# --- what a compressed message may look like --------------------------------------------------------------------------

RFC_SAMPLES = [
    ("7.2.3.1 one block", ["f248cdc9c90700"]),
    ("7.2.3.2 a reference to the message before", ["f248cdc9c90700", "f200110000"]),
    ("7.2.3.3 a block that is not compressed", ["000500faff48656c6c6f00"]),
    ("7.2.3.4 a final block", ["f348cdc9c9070000"]),
    ("7.2.3.5 two blocks in one message", ["f248050000 00ffffcac9c90700".replace(" ", "")]),
]


@each("RFC 7692 {0}", RFC_SAMPLES)
def samples(_title, payloads):
    with Client(hub().address, PMD) as client:
        for digits in payloads:
            client.frame(TEXT, bytes.fromhex(digits), rsv=4).expect(("message", b"Hello", False))
        client.leave()


@test("RFC 7692 7.2.3.1 in two fragments, with a ping in between, each byte sent by itself")
def sample_fragments():
    with Client(hub().address, PMD) as client:
        client.frame(TEXT, bytes.fromhex("f248cd"), fin=False, rsv=4, chop=1).frame(PING, b"p", chop=1)
        client.frame(CONTINUATION, bytes.fromhex("c9c90700"), chop=1)
        client.expect(("pong", b"p"), ("message", b"Hello", False)).leave()


@test("RFC 7692 7.2.3.6 an empty message, and one whose payload has no bytes at all")
def sample_empty():
    with Client(hub().address, PMD) as client:
        client.frame(TEXT, b"\x00", rsv=4).expect(("message", b"", False))
        client.frame(BINARY, b"", rsv=4).expect(("message", b"", True))
        client.packed(b"and on").expect(("message", b"and on", False)).leave()


@test("messages that are not compressed between those that are")
def mixed():
    with Client(hub().address, PMD) as client:
        for i in range(20):
            payload = b"message %d, " % i * 50
            (client.message if i % 3 == 0 else client.packed)(payload).expect(("message", payload, False))
        client.leave()


@each("the window goes on from message to message exactly where that was agreed: {0}", [(PMD, True), (
    f"{PMD}; server_no_context_takeover", False)])
def takeover(offer, goes_on):
    payload = random.Random(7).randbytes(5000)
    with Client(hub().address, offer) as client:
        sizes = []
        for _ in range(2):
            client.packed(payload, binary=True).expect(("message", payload, True))
            sizes.append(client.judge.packed_bytes - sum(sizes))
        equal(sizes[1] < 200, goes_on, f"bytes of the two equal messages {sizes}")
        client.leave()


@each("a text of the Basic Plane and beyond, cut everywhere, window {0}", [(9,), (12,), (15,)])
def cut_everywhere(bits):
    payload = ("żółć🙂" * 30).encode()
    with Client(hub().address, f"{PMD}; server_max_window_bits={bits}") as client:
        for cut in range(1, 40):
            data = client.pack(payload)
            whole = frames_of(TEXT, data, max(1, len(data) // 3), rsv=4)
            cut = min(cut, len(whole) - 1)
            client.send(whole[:cut]).send(whole[cut:]).expect(("message", payload, False))
        client.leave()


# --- what must end the connection, and nothing else -------------------------------------------------------------------

def raw(payload, level=9, bits=15):
    packer = zlib.compressobj(level, zlib.DEFLATED, -bits)
    return packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)


def packed_once(payload):
    return raw(payload)[:-4]


GOOD_TEXT = b"good and long enough, good and long enough"
NOT_VALID = [
    ("a block of the reserved type", b"\x07", None),
    ("bytes without sense", b"\xff" * 40, None),
    ("random bytes", random.Random(3).randbytes(3000), None),
    ("a stored block with a wrong length", b"\x00\x05\x00\xfa\xfeHello\x00", None),
    ("a stored block that is cut off", b"\x00\x05\x00\xfa\xffHel", None),
    ("a message that is cut off", packed_once(GOOD_TEXT)[:-5], None),
    ("a code table that is incomplete", b"\x04\x00\x00\x00\x00\x00", None),
    ("a good beginning and then bytes without sense", packed_once(GOOD_TEXT) + b"\xff" * 9, None),
    ("text that is not UTF-8", packed_once(b"\xff\xfe"), (1007,)),
    ("text that ends within a character", packed_once("€".encode()[:2]), (1007,)),
    ("a surrogate", packed_once(b"\xed\xa0\x80"), (1007,)),
]


def lives():
    with Client(hub().address, PMD) as client:
        client.packed(b"still here").expect(("message", b"still here", False)).leave()


@each("fails the connection, in one frame and in fragments: {0}", NOT_VALID)
def not_valid(_what, payload, codes):
    for fragment in (0, 1):
        for offer in (PMD, f"{PMD}; client_no_context_takeover"):
            with Client(hub().address, offer) as client:
                client.packed(b"a good one").expect(("message", b"a good one", False))
                client.send(frames_of(TEXT, payload, fragment, rsv=4)).expect_end(*(codes or (1002, 1007)))
    lives()


@test("fails the connection: a reference to what was before the first message")
def before_the_beginning():
    with Client(hub().address, PMD) as client:
        client.frame(TEXT, bytes.fromhex("f200110000"), rsv=4).expect_end(1002, 1007)
    lives()


@test("fails the connection: a reference to the message before, though takeover was declined")
def forbidden_takeover():
    with Client(hub().address, f"{PMD}; client_no_context_takeover") as client:
        client.frame(TEXT, bytes.fromhex("f248cdc9c90700"), rsv=4).expect(("message", b"Hello", False))
        client.frame(TEXT, bytes.fromhex("f200110000"), rsv=4).expect_end(1002, 1007)
    lives()


RSV1 = [
    ("on a continuation", PMD, frame(TEXT, b"\xf2", fin=False, rsv=4) + frame(CONTINUATION, b"\x48", rsv=4)),
    ("on a continuation only", PMD, frame(TEXT, b"x", fin=False) + frame(CONTINUATION, b"\x00", rsv=4)),
    ("on a ping", PMD, frame(PING, b"x", rsv=4)),
    ("on a close frame", PMD, frame(8, b"\x03\xe8", rsv=4)),
    ("with RSV2", PMD, frame(TEXT, b"\x00", rsv=6)),
    ("with RSV3", PMD, frame(TEXT, b"\x00", rsv=5)),
    ("that was not agreed", [], frame(TEXT, b"\x00", rsv=4)),
]


@each("1002: RSV1 {0}", RSV1)
def rsv1(_what, offer, data):
    with Client(hub().address, offer) as client:
        client.send(data).expect_end(1002)
    lives()


# --- bombs ------------------------------------------------------------------------------------------------------------

# With zlib a byte becomes at most 1,032; a piece ends at a byte and refers to nothing before it, so that pieces can be
# put together to a bomb of any size.
PACKER = zlib.compressobj(9, zlib.DEFLATED, -15)
PIECE = PACKER.compress(bytes(MB)) + PACKER.flush(zlib.Z_FULL_FLUSH)

BOMBS = [
    ("16 KB that become 16 MB and one byte", PIECE * 16 + raw(b"\x00")[:-4], 0),
    ("18 KB that become 17 MB", (PIECE * 17)[:-4], 0),
    ("1 MB that becomes 1 GB", (PIECE * 1024)[:-4], 0),
    ("1 MB in fragments that becomes 1 GB", (PIECE * 1024)[:-4], 4096),
]


def peak_bytes():
    with open(f"/proc/{hub().process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


@each("1009, and memory for no more than the limit: {0}", BOMBS)
def bomb(_what, payload, fragment):
    before = max(peak_bytes(), hub().resident_bytes())
    with Client(hub().address, PMD) as client:
        client.send(frames_of(BINARY, payload, fragment, rsv=4)).expect_end(1009)
    # With AddressSanitizer what was freed stays for a while.
    allowed = (384 if IS_ASAN else 64) * MB
    grown = peak_bytes() - before
    assert grown < allowed, f"{grown // MB} MB more"
    lives()


@test("just 16 MB from 16 KB come back")
def just_the_limit():
    with Client(hub().address, PMD) as client:
        client.frame(BINARY, (PIECE * 16)[:-4], rsv=4)
        got = client.event()
        equal((len(got[1]), got[1].count(0)), (MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX))
        client.leave()


@test("twenty bombs one after the other, and others are served in between")
def many_bombs():
    data = frames_of(BINARY, (PIECE * 17)[:-4], 0, rsv=4)
    for i in range(20):
        with Client(hub().address, PMD) as client:
            client.send(data).expect_end(1009)
        if i % 5 == 0:
            lives()


@test("the program stops with exit code 0")
def stops():
    stop_shared()


if __name__ == "__main__":
    run()

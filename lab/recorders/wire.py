"""DNS questions of our own making, each sent exactly once: any byte in a name, no retries."""
import random
import socket
import struct

TYPES = {"A": 1, "NS": 2, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
         "HTTPS": 65, "ANY": 255, "CAA": 257}
RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")


def message(question, identity):
    how = question.how
    flags = 0 if "norecurse" in how else 0x0100
    has_edns = "noedns" not in how
    qtype = TYPES.get(question.qtype) or int(question.qtype.removeprefix("TYPE"))
    qclass = 3 if "chaos" in how else 1
    qname = b"".join(bytes([len(label)]) + label for label in question.labels) + b"\0"
    edns = struct.pack(">BHHIH", 0, 41, 1232, 0x8000 if "dnssec" in how else 0, 0)
    return (struct.pack(">6H", identity, flags, 1, 0, 0, int(has_edns)) + qname
            + struct.pack(">HH", qtype, qclass) + (edns if has_edns else b""))


def exchange(question, source, server, timeout):
    """The answer's bytes; None when there was none in time. `source` is address and port."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    is_tcp = "tcp" in question.how
    query = message(question, random.getrandbits(16))
    with socket.socket(family, socket.SOCK_STREAM if is_tcp else socket.SOCK_DGRAM) as link:
        link.settimeout(timeout)
        link.bind(source)
        link.connect((server, 53))
        try:
            if not is_tcp:
                link.send(query)
                return link.recv(65535)
            link.sendall(struct.pack(">H", len(query)) + query)
            stream = link.makefile("rb")
            return stream.read(struct.unpack(">H", stream.read(2))[0])
        except (TimeoutError, ConnectionError):
            return None


def outcome(answer):
    if answer is None:
        return "no-answer"
    flags, _, answers = struct.unpack_from(">3H", answer, 2)
    rcode = flags & 15
    if rcode == 0 and answers == 0:
        return "NODATA"
    return RCODES[rcode] if rcode < len(RCODES) else f"RCODE{rcode}"

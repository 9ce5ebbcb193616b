"""The questions that every recorder is asked, and who asks. No clock, no network."""
import dataclasses

LABEL = "l" * 63
HOSTS = tuple(f"198.51.100.{last}" for last in range(21, 25))
HOST6 = "2001:db8:1::21"

# Recorder to the last part of its addresses 192.0.2.N and 2001:db8::N.
RECORDERS = {"unbound": 11, "dnsmasq": 12, "powerdns": 13, "powerdns-structured": 14,
             "knot": 15, "bind": 16, "dnsmasq-plain": 17, "unbound-replies": 18}


@dataclasses.dataclass
class Question:
    qname: bytes       # labels with a bar between them, no root label
    qtype: str
    how: tuple = ()    # tcp, ipv6, norecurse, dnssec, noedns, chaos

    @property
    def labels(self):
        return [label for label in self.qname.split(b"|") if label]

    @property
    def text(self):
        """Presentation form (RFC 1035, 5.1), in lower case as resolvers compare names."""
        return ".".join("".join(printed(byte) for byte in label.lower())
                        for label in self.labels) or "."


def printed(byte):
    if 33 <= byte <= 126:
        return "\\" + chr(byte) if chr(byte) in '."\\;@$()' else chr(byte)
    return f"\\{byte:03d}"


def name(text):
    return text.encode("ascii").replace(b".", b"|")


def odd(*label):
    """A name whose first label holds the bytes given."""
    return bytes(label) + b"|sender|example"


ORDINARY = [
    Question(name("mail1.sender.example"), "A"),
    Question(name("mail1.sender.example"), "A"),            # answered from the cache
    Question(name("MAIL1.Sender.Example"), "A"),            # the same name
    Question(name("mail1.sender.example"), "AAAA"),         # NODATA
    Question(name("mail1.sender.example"), "A", ("tcp",)),
    Question(name("mail1.sender.example"), "A", ("ipv6",)),
    Question(name("mail2.sender.example"), "A", ("ipv6", "tcp")),
    Question(name("mail1.sender.example"), "A", ("norecurse",)),
    Question(name("mail2.sender.example"), "A", ("dnssec",)),
    Question(name("mail2.sender.example"), "A", ("noedns",)),
    Question(name("25.113.0.203.in-addr.arpa"), "PTR"),
    Question(name("99.113.0.203.in-addr.arpa"), "PTR"),     # NXDOMAIN
    Question(name("www.sender.example"), "A"),              # through a CNAME
    Question(name("nosuch.sender.example"), "A"),           # NXDOMAIN
    Question(name("nosuch.sender.example"), "A"),           # NXDOMAIN from the cache
    Question(name("mail1.sender.example.corp.bank.example"), "A"),
    Question(name("sender.example"), "MX"),
    Question(name("sender.example"), "TXT"),
    Question(name("sender.example"), "NS"),
    Question(name("sender.example"), "SOA"),
    Question(name("sender.example"), "CAA"),
    Question(name("sender.example"), "ANY"),
    Question(name("_submission._tcp.sender.example"), "SRV"),
    Question(name("mail1.sender.example"), "HTTPS"),
    # PowerDNS has names of its own for these.
    Question(name("mail1.sender.example"), "TYPE65400"),
    Question(name("mail1.sender.example"), "TYPE65401"),
    Question(name("mail1.sender.example"), "TYPE65402"),
    Question(name("example"), "NS"),
    Question(b"", "NS"),                                    # the root
    Question(name(".".join(["a"] * 30 + ["sender.example"])), "A"),
    Question(name(f"{LABEL}.sender.example"), "A"),
    Question(name(".".join([LABEL, LABEL, LABEL, "l" * 46, "sender.example"])), "A"),
]

# Names that a log line has to print somehow: each byte that some server treats apart.
ODD = [Question(odd(*label), "A") for label in (
    b"a b", b"a.b", b"a\\b", b"a?b", b'a"b', b"a'b", b"a;b", b"a(b)", b"a@b", b"a$b", b"a#b",
    b"a/b", b"a%b", b"a:b", b"a,b", b"<a>", b"[a]", b"*", b"-", b"_",
    b"a\tb", b"a\nb", b"a\x00b", b"a\x7fb", b"a\xffb", b"\xc3\xa9", b"\\032", b"is", b"query:")]

QUESTIONS = ORDINARY + ODD
CHAOS = [Question(name("version.bind"), "TXT", ("chaos",))]


def build():
    """(number, host, question) in order."""
    plan = []
    for number, question in enumerate(QUESTIONS + CHAOS, 1):
        host = HOST6 if "ipv6" in question.how else HOSTS[number % len(HOSTS)]
        plan.append((number, host, question))
    return plan

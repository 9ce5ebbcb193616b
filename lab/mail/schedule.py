"""Who sends what to whom, and how it has to end. No clock, no network."""
import dataclasses

BANK = "192.0.2.25"      # Postfix
SCREEN = "192.0.2.26"    # the same Postfix behind postscreen
SENDER = "198.51.100.25" # Exim
PROMO = "promo@sender.example"
CLERK, DESK, ARCHIVE = "clerk@bank.example", "desk@bank.example", "archive@bank.example"
NOBODY, LATER = "nobody.here@bank.example", "later@bank.example"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@dataclasses.dataclass
class Mail:
    """One message, or one session that was to bring one."""
    cause: str
    recipients: dict            # recipient to (outcome, reply code)
    address: str = SENDER       # SENDER: through Exim; else straight from this address
    helo: str = "client.outside.example"
    envelope_from: str = PROMO
    subject: str = "Newsletter"
    body: str = "Nothing new.\n"
    server: str = BANK
    is_early: bool = False      # the client speaks before it is greeted
    leaves_after: str = ""      # the client goes away after this command
    then: str = ""              # a change of state, or what Exim does, after it


ACCEPTED, UNKNOWN = ("accepted", "250"), ("rejected", "550")
DEFERRED = ("deferred", "450")

MAILS = [
    Mail("ordinary", {CLERK: ACCEPTED}),
    Mail("ordinary", {CLERK: ACCEPTED, DESK: ACCEPTED, ARCHIVE: ACCEPTED}),
    Mail("quoted-from", {ARCHIVE: ACCEPTED},
         body="From here on it is text.\n>From here too.\n\nFrom clerk@bank.example again.\n"),
    Mail("unknown-user", {NOBODY: UNKNOWN}),
    Mail("one-of-two-unknown", {CLERK: ACCEPTED, NOBODY: UNKNOWN}),
    Mail("greylisted", {LATER: DEFERRED}, then="lift-greylist"),
    Mail("too-large", {CLERK: ("rejected", "552")}, body=("x" * 70 + "\n") * 400),
    Mail("header-rejected", {CLERK: ("rejected", "550")}, subject="forbidden offer"),
    Mail("header-discarded", {CLERK: ("discarded", "250")}, subject="silent offer"),
    Mail("scanner-rejected", {DESK: ("rejected", "554")}, body=GTUBE + "\n"),
    Mail("null-sender", {CLERK: ACCEPTED}, address="203.0.113.9", envelope_from=""),
    Mail("no-pointer", {CLERK: DEFERRED}, address="203.0.113.7"),
    Mail("pointer-mismatch", {CLERK: ACCEPTED}, address="203.0.113.8"),
    Mail("relay-denied", {"ward@clinic.example": ("rejected", "554")}, address="203.0.113.9"),
    Mail("sender-domain-unknown", {CLERK: DEFERRED}, address="203.0.113.9",
         envelope_from="x@nosuch.example"),
    Mail("helo-invalid", {CLERK: ("rejected", "501")}, address="203.0.113.9", helo="not_a_name!"),
    Mail("left-after-connect", {"-": ("left", "-")}, address="203.0.113.9",
         leaves_after="CONNECT"),
    Mail("left-after-rcpt", {CLERK: ("left", "-")}, address="203.0.113.9", leaves_after="RCPT"),
    Mail("left-within-data", {CLERK: ("left", "-")}, address="203.0.113.9", leaves_after="DATA"),
    Mail("ordinary", {DESK: ACCEPTED}, address="203.0.113.9"),
    Mail("screened-listed", {CLERK: ("rejected", "550")}, address="203.0.113.7", server=SCREEN),
    Mail("screened-early", {CLERK: ("rejected", "550")}, address="203.0.113.8", server=SCREEN,
         is_early=True),
    Mail("screened-passed", {DESK: ACCEPTED}, address="203.0.113.9", server=SCREEN),
    Mail("ordinary", {CLERK: ACCEPTED}),
]


def message_id(number):
    return f"<lab.{number}@sender.example>"


def text(number, mail, date):
    return (f"From: Promo <{PROMO}>\nTo: Clerk <{CLERK}>\nSubject: {mail.subject}\n"
            f"Date: {date}\nMessage-ID: {message_id(number)}\n\n"
            f"{mail.body}")

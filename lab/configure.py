"""Fills the servers' configuration templates; keys and certificates for them."""
import base64
import pathlib
import re
import subprocess
import sys

# The key only opens a control port inside the lab's private network.
CONTROL_SECRET = base64.b64encode(b"assay-lab-loopback-only-key-0001").decode()


def fill(template, values):
    text = template.read_text()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    left = re.findall(r"@[A-Z_]+@", text)
    if left:
        sys.exit(f"render: {template.name}: no value for {', '.join(left)}")
    return text


def rndc_conf(control):
    return (f'key "rndc-key" {{ algorithm hmac-sha256; secret "{CONTROL_SECRET}"; }};\n'
            f'options {{ default-key "rndc-key"; default-server {control}; default-port 953; }};\n')


def certificate(host, key, path):
    """Nobody signed it."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={host}",
                    "-keyout", key, "-out", path], check=True, capture_output=True)


def signing_key(path):
    """Writes a private key for DKIM; returns the public one, as the DNS has it."""
    subprocess.run(["openssl", "genrsa", "-out", path, "1024"], check=True, capture_output=True)
    text = subprocess.run(["openssl", "rsa", "-in", path, "-pubout"], check=True,
                          capture_output=True, text=True).stdout
    return "".join(text.splitlines()[1:-1])


def signed(text, domain, selector, key):
    """The message with DKIM's signature and with CR LF."""
    return subprocess.run([pathlib.Path(__file__).with_name("sign.pl"), domain, selector, key],
                          input=text.replace("\r\n", "\n").replace("\n", "\r\n"), text=True,
                          capture_output=True, check=True).stdout

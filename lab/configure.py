"""Fills the servers' configuration templates."""
import base64
import re
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

"""What answers bring anew each time, and how a golden writes it."""

import re
from typing import Final

from tests.wire import mfa_values

VARYING: Final = (
    (re.compile(r'("jti":)"[A-Za-z0-9]{22}"'), r'\1"{{letters:22}}"'),
    (re.compile(r'("error_id":)"[0-9a-f]{32}"'), r'\1"{{hex:32}}"'),
    (re.compile(r'("ms":)\d+'), r'\1"{{ms}}"'),
    (re.compile(r'("n":)"[\w-]{342}"'), r'\1"{{base64url:342}}"'),
    (re.compile(r'("x5t":)"[\w-]{27}"'), r'\1"{{base64url:27}}"'),
    (re.compile(r'("kid":)"[\w-]{43}"'), r'\1"{{base64url:43}}"'),
    (re.compile(r'("cert":)"-----BEGIN CERTIFICATE[^"]+"'), r'\1"{{certificate}}"'),
    (re.compile(r'("pkcs7":)"-----BEGIN PKCS7[^"]+"'), r'\1"{{pkcs7}}"'),
    (re.compile(r'("fingerprint":)"(?:[0-9A-F]{2}:){19}[0-9A-F]{2}"'), r'\1"{{fingerprint}}"'),
    (re.compile(r'("thumbprint":)"[0-9A-F]{40}"'), r'\1"{{thumbprint}}"'),
    (re.compile(r'("\w+":)"UM48[\w+/]{30,}={0,2}"'), r'\1"{{sealed}}"'),
    *mfa_values.VARYING,
    (re.compile(r'("x5c":)\["[A-Za-z0-9+/=]{900,1200}"\]'), r'\1["{{base64}}"]'),
)

"""Which npm modules tenants' scripts find, and which files of which packages they are made of."""

import dataclasses
from collections.abc import Mapping
from typing import Final


@dataclasses.dataclass(frozen=True, slots=True)
class Module:
    """One file that is packed, under the name that a script requires.

    Attributes:
        name: What a script writes in `require("…")`.
        package: The package it comes from; `VERSIONS` says which.
        entry: The package's file that it begins with; empty where `package.json` names it.
        text: CommonJS of ours that it begins with instead.
        is_public: Whether it is for scripts; the others serve the modules that we write ourselves.
    """

    name: str
    package: str
    entry: str = ""
    text: str = ""
    is_public: bool = True


VERSIONS: Final[Mapping[str, str]] = {
    "@noble/ciphers": "1.3.0",
    "@noble/curves": "1.9.7",
    "@noble/hashes": "1.8.0",
    "@xmldom/xmldom": "0.8.15",
    "async": "3.2.6",
    "bluebird": "3.7.2",
    "buffer": "6.0.3",
    "ejs": "3.1.10",
    "ipaddr.js": "1.9.1",
    "lodash": "4.18.1",
    "moment": "2.31.0",
    "moment-timezone": "0.5.48",
    "oauth-sign": "0.9.0",
    "querystring": "0.2.1",
    "url": "0.11.4",
    "util": "0.12.5",
    "uuid": "8.3.2",
    "whatwg-url-minimum": "0.2.0",
    "xpath": "0.0.34",
}
"""The packages that modules begin in; the lock adds what these depend on."""

_HASHES: Final = """\
const { sha224, sha256, sha384, sha512 } = require("@noble/hashes/sha2");
const { sha1, md5, ripemd160 } = require("@noble/hashes/legacy");
const { hmac } = require("@noble/hashes/hmac");
const { pbkdf2 } = require("@noble/hashes/pbkdf2");
module.exports = { sha224, sha256, sha384, sha512, sha1, md5, ripemd160, hmac, pbkdf2 };
"""

_CURVES: Final = """\
const { p256, p384, p521 } = require("@noble/curves/nist");
const { secp256k1 } = require("@noble/curves/secp256k1");
const { ed25519 } = require("@noble/curves/ed25519");
module.exports = { p256, p384, p521, secp256k1, ed25519 };
"""

_CIPHERS: Final = """\
const { cbc, gcm, ctr } = require("@noble/ciphers/aes");
module.exports = { cbc, gcm, ctr };
"""

_URLS: Final = """\
const { URL, URLSearchParams } = require("whatwg-url-minimum");
module.exports = { URL, URLSearchParams };
"""

# Where a package brings a minified file of itself, that one is taken: the engine reads it anew for
# each login, in half the time and a third of the memory.
MODULES: Final = (
    Module("@xmldom/xmldom", "@xmldom/xmldom"),
    Module("async", "async", entry="dist/async.min.js"),
    Module("bluebird", "bluebird", entry="js/browser/bluebird.min.js"),
    Module("buffer", "buffer"),
    Module("ejs", "ejs"),
    Module("ipaddr.js", "ipaddr.js"),
    Module("lodash", "lodash", entry="lodash.min.js"),
    Module("moment", "moment", entry="min/moment.min.js"),
    Module("moment-timezone", "moment-timezone"),
    Module("oauth-sign", "oauth-sign"),
    Module("querystring", "querystring"),
    Module("node-url", "url", is_public=False),
    Module("util", "util"),
    # The condition that its `exports` would choose here is not CommonJS.
    Module("uuid", "uuid", entry="callable.js"),
    *(
        Module(f"uuid/{version}", "uuid", text=f'module.exports = require("uuid").{version};\n')
        for version in ("v1", "v3", "v4", "v5")
    ),
    Module("xmldom", "@xmldom/xmldom", text='module.exports = require("@xmldom/xmldom");\n'),
    Module("xpath", "xpath"),
    Module("noble-ciphers", "@noble/ciphers", text=_CIPHERS, is_public=False),
    Module("noble-curves", "@noble/curves", text=_CURVES, is_public=False),
    Module("noble-hashes", "@noble/hashes", text=_HASHES, is_public=False),
    Module("whatwg-url", "whatwg-url-minimum", text=_URLS, is_public=False),
)

OURS: Final = frozenset({"crypto"})
"""Modules of the server's own making that packed ones require."""

ABSENT: Final = frozenset({"fs", "path"})
"""Modules of Node that a package names and that nothing here needs: an empty object."""

UNUSED: Final = frozenset({"jake"})
"""Packages that are named as a dependency, and that no file of the package requires."""

STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    "uuid": {
        # Before version 7 the module itself was `v4`, and old scripts call it.
        "callable.js": """\
const made = require("./dist/index.js");
module.exports = Object.assign(made.v4, made);
""",
        "dist/rng-browser.js": """\
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = () => Uint8Array.from(require("crypto").randomBytes(16));
""",
    }
}
"""Files that we put into packages: in place of those that ask a browser or Node, or beside them."""

GLOBALS: Final[Mapping[str, str]] = {
    "TextEncoder": """\
class TextEncoder {
  encode(text = "") {
    const bytes = [];
    for (const char of String(text)) {
      let point = char.codePointAt(0);
      if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
      if (point < 0x80) bytes.push(point);
      else {
        let lead = 0xc0, shift = 6;
        if (point >= 0x10000) (lead = 0xf0), (shift = 18);
        else if (point >= 0x800) (lead = 0xe0), (shift = 12);
        bytes.push(lead | (point >> shift));
        while ((shift -= 6) >= 0) bytes.push(0x80 | ((point >> shift) & 0x3f));
      }
    }
    return Uint8Array.from(bytes);
  }
}
"""
}
"""What the engine lacks, given privately to each module whose files name it."""

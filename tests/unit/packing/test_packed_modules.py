import hashlib
import hmac
import json

import pytest

from scripts.modules_main import FOLDER
from scripts.modules_wanted import MODULES
from tests.unit.packing.engine import Engine, packs

MANIFEST = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))

HEX = "const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');"

DOES = {
    "@xmldom/xmldom": (
        """const { DOMParser, XMLSerializer } = require("@xmldom/xmldom");
        const parsed = new DOMParser().parseFromString("<a><b>1</b></a>", "text/xml");
        return new XMLSerializer().serializeToString(parsed.getElementsByTagName("b")[0]);""",
        "<b>1</b>",
    ),
    "async": (
        """return new Promise((done) => require("async").map([1, 2],
          (one, next) => setTimeout(() => next(null, one * 2), 1), (_, all) => done(all)));""",
        [2, 4],
    ),
    "bluebird": (
        """const Promise = require("bluebird");
        return Promise.delay(5).then(() => Promise.map([1, 2], (one) => one + 1));""",
        [2, 3],
    ),
    "buffer": ('return require("buffer").Buffer.from("Käse").toString("base64");', "S8Okc2U="),
    "ejs": ('return require("ejs").render("<b><%= who %></b>", { who: "A&B" });', "<b>A&amp;B</b>"),
    "ipaddr.js": (
        """const ip = require("ipaddr.js");
        return ip.parse("10.1.2.3").match(ip.parseCIDR("10.0.0.0/8"));""",
        True,
    ),
    "lodash": (
        """const _ = require("lodash");
        return [_.chunk([1, 2, 3], 2), _.get({ a: [{ b: 1 }] }, "a[0].b"),
          _.template("hi <%= name %>")({ name: "Ann" })];""",
        [[[1, 2], [3]], 1, "hi Ann"],
    ),
    "moment": (
        'return require("moment").utc("2026-11-28").add(3, "days").format("YYYY-MM-DD dddd");',
        "2026-12-01 Tuesday",
    ),
    "moment-timezone": (
        """const moment = require("moment-timezone");
        const at = moment.tz("2026-07-01T12:00", "Europe/Berlin");
        const there = at.clone().tz("America/New_York");
        return [there.format("HH:mm z"), moment === require("moment")];""",
        ["06:00 EDT", True],
    ),
    "oauth-sign": (
        """return require("oauth-sign").hmacsign("GET", "http://photos.example.net/photos",
          { file: "vacation.jpg", size: "original", oauth_version: "1.0",
            oauth_consumer_key: "dpf43f3p2l4k3l03", oauth_token: "nnch734d00sl2jdk",
            oauth_timestamp: "1191242096", oauth_nonce: "kllo9940pd9333jh",
            oauth_signature_method: "HMAC-SHA1" }, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00");""",
        "tR3+Ty81lMeYAr/Fid0kMTYa/WM=",  # the example of OAuth Core 1.0, appendix A.5
    ),
    "querystring": (
        'return require("querystring").stringify({ a: [1, 2], b: "ü" });',
        "a=1&a=2&b=%C3%BC",
    ),
    "node-url": (
        """const url = require("node-url");
        const parsed = url.parse("https://example.com:8/a?b=1#c", true);
        return [parsed.host, parsed.query.b, url.resolve("https://example.com/a/b", "../c")];""",
        ["example.com:8", "1", "https://example.com/c"],
    ),
    "util": (
        """const util = require("util");
        const twice = util.promisify((one, done) => setImmediate(() => done(null, one * 2)));
        return [util.format("%s is %d", "x", 1), util.inspect({ a: [1] }), await twice(2)];""",
        ["x is 1", "{ a: [ 1 ] }", 4],
    ),
    "uuid": (
        """const uuid = require("uuid");
        return [uuid(), uuid.v4(), uuid.v5("example.com", uuid.v5.DNS), uuid.validate("x")];""",
        [
            "00010203-0405-4607-8809-0a0b0c0d0e0f",
            "00010203-0405-4607-8809-0a0b0c0d0e0f",
            "cfbff0d1-9375-5685-968c-48ce8b15ae17",
            False,
        ],
    ),
    "uuid/v1": ('return require("uuid/v1")().length;', 36),
    "uuid/v3": (
        """const v3 = require("uuid/v3");
        return v3("example.com", v3.DNS);""",
        "9073926b-929f-31c2-abc9-fad77ae3e8eb",
    ),
    "uuid/v4": ('return require("uuid/v4")();', "00010203-0405-4607-8809-0a0b0c0d0e0f"),
    "uuid/v5": (
        """const v5 = require("uuid/v5");
        return v5("example.com", v5.DNS);""",
        "cfbff0d1-9375-5685-968c-48ce8b15ae17",
    ),
    "xmldom": ('return require("xmldom") === require("@xmldom/xmldom");', True),
    "xpath": (
        """const { DOMParser } = require("xmldom");
        const parsed = new DOMParser().parseFromString("<a><b id='1'>x</b><b id='2'>y</b></a>");
        return require("xpath").select("string(//b[@id='2'])", parsed);""",
        "y",
    ),
    "noble-ciphers": (
        HEX
        + """const { cbc, ctr, gcm } = require("noble-ciphers");
        const [key, iv, text] = [16, 16, 3].map((size) => new Uint8Array(size));
        for (const way of [cbc, ctr, gcm]) way(key, iv).decrypt(way(key, iv).encrypt(text));
        return hex(gcm(key, new Uint8Array(12)).encrypt(new Uint8Array(16)));""",
        # the second case of the specification of GCM
        "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf",
    ),
    "noble-curves": (
        """const curves = require("noble-curves");
        const key = new Uint8Array(32).fill(7), hash = new Uint8Array(32).fill(9);
        const ways = ["p256", "secp256k1", "ed25519"].map((name) => curves[name]);
        return [Object.keys(curves).sort(),
          ways.map((c) => c.verify(c.sign(hash, key), hash, c.getPublicKey(key)))];""",
        [["ed25519", "p256", "p384", "p521", "secp256k1"], [True, True, True]],
    ),
    "noble-hashes": (
        HEX
        + """const h = require("noble-hashes");
        return [hex(h.sha256("Grüße 🎈")), hex(h.md5("")), hex(h.hmac(h.sha1, "key", "text")),
          hex(h.pbkdf2(h.sha1, "password", "salt", { c: 2, dkLen: 20 })),
          Object.keys(h).length];""",
        [
            hashlib.sha256("Grüße 🎈".encode()).hexdigest(),
            hashlib.md5(b"", usedforsecurity=False).hexdigest(),
            hmac.digest(b"key", b"text", "sha1").hex(),
            hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 2).hex(),
            9,
        ],
    ),
    "whatwg-url": (
        """const { URL, URLSearchParams } = require("whatwg-url");
        const url = new URL("../b?q=ü", "https://example.com:443/a/");
        return [url.href, url.searchParams.get("q"), `${new URLSearchParams({ a: "1 2" })}`];""",
        ["https://example.com/b?q=%C3%BC", "ü", "a=1+2"],
    ),
}
"""What a script asks of each module, and what it gets."""


@pytest.mark.parametrize("name", DOES)
def test_a_packed_module_does_its_work_in_a_bare_engine(name: str) -> None:
    """A module that is shipped runs with what scripts have, and with what its first line names."""
    script, expected = DOES[name]
    texts = packs(FOLDER, MANIFEST, name)
    for more in ("buffer", "noble-hashes", "xmldom", "@xmldom/xmldom"):
        texts |= packs(FOLDER, MANIFEST, more)
    assert Engine(texts).run(script) == expected


@pytest.mark.parametrize("name", [module.name for module in MODULES])
def test_a_module_needs_nothing_but_what_it_says(name: str) -> None:
    """A module loads where only the modules of its first line are, and they are in the manifest."""
    texts = packs(FOLDER, MANIFEST, name)
    Engine(texts).run(f"require({json.dumps(name)});")
    first = texts[name].partition("\n")[0].removeprefix("// needs:").strip()
    assert [one for one in first.split(", ") if one] == MANIFEST[name]["needs"]


def test_every_module_is_tried() -> None:
    """No module is shipped that no test has used."""
    assert set(DOES) == {module.name for module in MODULES} == set(MANIFEST)


def test_the_terms_of_every_packed_package_are_shipped() -> None:
    """The folder names each package that something was taken from, those inside others too."""
    terms = (FOLDER / "LICENSES.txt").read_text(encoding="utf-8")
    for package in ("lodash@4.", "moment@2.", "qs@6.", "side-channel@1.", "@noble/hashes@1."):
        assert f"\n{package}" in terms

// needs: buffer, pem
// RSA signatures of PKCS #1 v1.5 (RFC 8017, 8.2). The key belongs to the tenant whose script
// measures the time, so nothing here is constant in time.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { toInteger } = require("pem");
  const DIGEST_INFO = {
    md5: "3020300c06082a864886f70d020505000410",
    sha1: "3021300906052b0e03021a05000414",
    ripemd160: "3021300906052b2403020105000414",
    sha224: "302d300d06096086480165030402040500041c",
    sha256: "3031300d060960864801650304020105000420",
    sha384: "3041300d060960864801650304020205000430",
    sha512: "3051300d060960864801650304020305000440",
  };

  function power(base, exponent, modulus) {
    let result = 1n;
    base %= modulus;
    for (const bit of exponent.toString(2)) {
      result = (result * result) % modulus;
      if (bit === "1") result = (result * base) % modulus;
    }
    return result;
  }

  const sizeOf = (modulus) => Math.ceil(modulus.toString(16).length / 2);
  const toBytes = (number, size) => Buffer.from(number.toString(16).padStart(size * 2, "0"), "hex");

  function encoded(hash, digest, size) {
    const info = Buffer.from(DIGEST_INFO[hash] + Buffer.from(digest).toString("hex"), "hex");
    if (size < info.length + 11) throw new Error("The RSA key is too short for this digest");
    const padding = Buffer.alloc(size - info.length - 3, 0xff);
    return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), info]);
  }

  function sign(hash, digest, key) {
    const size = sizeOf(key.n);
    const message = toInteger(encoded(hash, digest, size));
    if (!key.p || !key.dp) return toBytes(power(message, key.d, key.n), size);
    const { p, q, dp, dq, qi } = key;
    const first = power(message, dp, p), second = power(message, dq, q);
    const factor = (((first - second) % p + p) * qi) % p;
    return toBytes(second + factor * q, size);
  }

  function verify(hash, digest, key, signature) {
    const size = sizeOf(key.n);
    const number = toInteger(signature);
    if (signature.length !== size || number >= key.n) return false;
    return toBytes(power(number, key.e, key.n), size).equals(encoded(hash, digest, size));
  }

  Object.assign(exports, { sign, verify });
})

// needs: buffer
// Keys out of PEM, DER and JWK: {kind, secret: bool, and the numbers or bytes of the key}.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \1-----/;
  const RSA = "1.2.840.113549.1.1.1", EC = "1.2.840.10045.2.1", ED25519 = "1.3.101.112";
  const CURVES = {
    "1.2.840.10045.3.1.7": "p256", "1.3.132.0.34": "p384", "1.3.132.0.35": "p521",
    "1.3.132.0.10": "secp256k1",
  };
  const JWK_CURVES = { "P-256": "p256", "P-384": "p384", "P-521": "p521", secp256k1: "secp256k1" };
  const INTEGER = 0x02, BIT_STRING = 0x03, OCTETS = 0x04, OID = 0x06, SEQUENCE = 0x30;
  const CONTEXT_0 = 0xa0, CONTEXT_1 = 0xa1;

  function invalid(message) {
    return Object.assign(new Error(message), { code: "ERR_OSSL_UNSUPPORTED" });
  }

  // One element of DER after another.
  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }
    get left() {
      return this.at < this.bytes.length;
    }
    peek() {
      return this.bytes[this.at];
    }
    next(tag) {
      const { bytes } = this;
      if (!this.left || (tag !== undefined && bytes[this.at] !== tag)) {
        throw invalid("The key cannot be read");
      }
      let length = bytes[this.at + 1];
      this.at += 2;
      if (length & 0x80) {
        const size = length & 0x7f;
        length = 0;
        for (let index = 0; index < size; index++) length = length * 256 + bytes[this.at++];
      }
      const end = this.at + length;
      if (!(end <= bytes.length)) throw invalid("The key cannot be read");
      const content = bytes.subarray(this.at, end);
      this.at = end;
      return content;
    }
    sequence(tag = SEQUENCE) {
      return new Reader(this.next(tag));
    }
    integer() {
      return toInteger(this.next(INTEGER));
    }
    oid() {
      const bytes = this.next(OID);
      const numbers = [Math.floor(bytes[0] / 40), bytes[0] % 40];
      let number = 0;
      for (const byte of bytes.subarray(1)) {
        number = number * 128 + (byte & 0x7f);
        if (!(byte & 0x80)) {
          numbers.push(number);
          number = 0;
        }
      }
      return numbers.join(".");
    }
    bits() {
      return this.next(BIT_STRING).subarray(1);
    }
  }

  const toInteger = (bytes) =>
    (bytes.length ? BigInt(`0x${Buffer.from(bytes).toString("hex")}`) : 0n);

  function rsaPublic(reader) {
    return { kind: "rsa", secret: false, n: reader.integer(), e: reader.integer() };
  }
  function rsaPrivate(reader) {
    reader.integer();
    const key = { kind: "rsa", secret: true };
    for (const name of ["n", "e", "d", "p", "q", "dp", "dq", "qi"]) key[name] = reader.integer();
    return key;
  }
  function curveOf(oid) {
    if (!CURVES[oid]) throw invalid(`The curve ${oid} is not known`);
    return CURVES[oid];
  }
  function ecPrivate(reader, curve) {
    reader.integer();
    const d = reader.next(OCTETS);
    if (reader.peek() === CONTEXT_0) curve = curveOf(reader.sequence(CONTEXT_0).oid());
    const point = reader.peek() === CONTEXT_1 ? reader.sequence(CONTEXT_1).bits() : null;
    if (!curve) throw invalid("The key names no curve");
    return { kind: "ec", secret: true, curve, d, point };
  }
  function spki(reader) {
    const algorithm = reader.sequence();
    const oid = algorithm.oid();
    if (oid === RSA) return rsaPublic(new Reader(reader.bits()).sequence());
    if (oid === ED25519) return { kind: "ed25519", secret: false, point: reader.bits() };
    if (oid !== EC) throw invalid(`Keys of the kind ${oid} are not known`);
    return { kind: "ec", secret: false, curve: curveOf(algorithm.oid()), point: reader.bits() };
  }
  function pkcs8(reader) {
    reader.integer();
    const algorithm = reader.sequence();
    const oid = algorithm.oid();
    const content = new Reader(reader.next(OCTETS));
    if (oid === RSA) return rsaPrivate(content.sequence());
    if (oid === ED25519) return { kind: "ed25519", secret: true, d: content.next(OCTETS) };
    if (oid !== EC) throw invalid(`Keys of the kind ${oid} are not known`);
    return ecPrivate(content.sequence(), curveOf(algorithm.oid()));
  }
  function certificate(reader) {
    const body = reader.sequence();
    if (body.peek() === CONTEXT_0) body.next();
    // serial number, signature algorithm, issuer, validity, subject
    for (let skipped = 0; skipped < 5; skipped++) body.next();
    return spki(body.sequence());
  }
  const BLOCKS = {
    "PUBLIC KEY": spki, "PRIVATE KEY": pkcs8, CERTIFICATE: certificate,
    "RSA PUBLIC KEY": rsaPublic, "RSA PRIVATE KEY": rsaPrivate, "EC PRIVATE KEY": ecPrivate,
  };

  const isPem = (text) => /-----BEGIN [A-Z0-9 ]+-----/.test(text);

  function fromPem(text) {
    // SEC1 files of OpenSSL begin with a block that names the curve only.
    const bare = text.replace(/-----BEGIN EC PARAM[^]*?END EC PARAMETERS-----/, "");
    const [, label, content] = BLOCK.exec(bare) || [];
    if (!label) throw invalid("The PEM cannot be read");
    if (label.startsWith("ENCRYPTED") || /ENCRYPTED/.test(content)) {
      throw invalid("Private keys with a passphrase are not supported here");
    }
    if (!BLOCKS[label]) throw invalid(`A PEM of the kind "${label}" is no key`);
    const bytes = Buffer.from(content.replace(/\s/g, ""), "base64");
    return BLOCKS[label](new Reader(bytes).sequence());
  }

  function fromDer(bytes, type, secret) {
    const shapes = { pkcs1: secret ? rsaPrivate : rsaPublic, spki, pkcs8, sec1: ecPrivate };
    if (!shapes[type]) throw invalid("The type of the DER is not known");
    return shapes[type](new Reader(bytes).sequence());
  }

  const fromUrl = (text) => Buffer.from(text.replace(/-/g, "+").replace(/_/g, "/"), "base64");

  function fromJwk(jwk) {
    const secret = jwk.d !== undefined;
    if (jwk.kty === "RSA") {
      const key = { kind: "rsa", secret };
      for (const name of ["n", "e", "d", "p", "q", "dp", "dq", "qi"]) {
        if (jwk[name] !== undefined) key[name] = toInteger(fromUrl(jwk[name]));
      }
      return key;
    }
    if (jwk.kty === "EC" && JWK_CURVES[jwk.crv]) {
      const point = Buffer.concat([Buffer.from([4]), fromUrl(jwk.x), fromUrl(jwk.y)]);
      const d = secret ? fromUrl(jwk.d) : undefined;
      return { kind: "ec", secret, curve: JWK_CURVES[jwk.crv], point, d };
    }
    if (jwk.kty === "OKP" && jwk.crv === "Ed25519") {
      const d = secret ? fromUrl(jwk.d) : undefined;
      return { kind: "ed25519", secret, point: fromUrl(jwk.x), d };
    }
    throw invalid("A JWK of this kind is not known");
  }

  Object.assign(exports, { fromDer, fromJwk, fromPem, isPem, toInteger });
})

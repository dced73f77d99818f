// needs: buffer, crypto-hashes, pem
// KeyObject of Node's crypto, and what may stand for a key.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { encode, fault, toBytes } = require("crypto-hashes");
  const pem = require("pem");
  const NAMES = {
    p256: "prime256v1", p384: "secp384r1", p521: "secp521r1", secp256k1: "secp256k1",
  };
  const JWK_NAMES = { p256: "P-256", p384: "P-384", p521: "P-521", secp256k1: "secp256k1" };

  class KeyObject {
    constructor(type, parts, source) {
      this.type = type;
      Object.defineProperty(this, "parts", { value: parts });
      Object.defineProperty(this, "source", { value: source });
    }
    get asymmetricKeyType() {
      return this.type === "secret" ? undefined : this.parts.kind;
    }
    get asymmetricKeyDetails() {
      if (this.type === "secret") return undefined;
      const { kind, curve, n, e } = this.parts;
      if (kind === "ec") return { namedCurve: NAMES[curve] };
      return kind === "rsa" ? { modulusLength: n.toString(2).length, publicExponent: e } : {};
    }
    get secretBytes() {
      return this.type === "secret" ? this.parts : undefined;
    }
    get symmetricKeySize() {
      return this.type === "secret" ? this.parts.length : undefined;
    }
    equals(other) {
      return JSON.stringify(jwkOf(this)) === JSON.stringify(jwkOf(other));
    }
    export(options = {}) {
      if (options.format === "jwk") return jwkOf(this);
      if (this.type === "secret") return Buffer.from(this.parts);
      const text = typeof this.source === "string" && options.format === "pem" ? this.source : "";
      const labels = { spki: "PUBLIC", pkcs8: "PRIVATE", pkcs1: "RSA ", sec1: "EC PRIVATE" };
      const label = labels[options.type];
      if (label && text.trimStart().startsWith(`-----BEGIN ${label}`)) return text;
      throw new Error("A key can be exported here as a JWK, or in the form that it was given in");
    }
  }

  function jwkOf({ type, parts }) {
    if (type === "secret") return { kty: "oct", k: encode(parts, "base64url") };
    const number = (value) => {
      const hex = value.toString(16);
      return encode(Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex"), "base64url");
    };
    const { kind, curve, point, d } = parts;
    if (kind === "rsa") {
      const names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].filter((name) => parts[name]);
      const numbers = names.map((name) => [name, number(parts[name])]);
      return { kty: "RSA", ...Object.fromEntries(numbers) };
    }
    const text = (bytes) => encode(bytes, "base64url");
    const own = type === "private" ? { d: text(d) } : {};
    const known = point || curvePoint(parts);
    if (kind === "ed25519") return { kty: "OKP", crv: "Ed25519", x: text(known), ...own };
    const half = (known.length + 1) / 2;
    const [x, y] = [known.subarray(1, half), known.subarray(half)].map(text);
    return { kty: "EC", crv: JWK_NAMES[curve], x, y, ...own };
  }
  // The curves are slow to load: only a key that lacks its point calls for them.
  function curvePoint({ kind, curve, d }) {
    const curves = require("noble-curves");
    if (kind === "ed25519") return curves.ed25519.getPublicKey(d);
    return curves[curve].getPublicKey(d, false);
  }
  function publicParts(parts) {
    if (!parts.secret) return parts;
    const { kind, curve, n, e } = parts;
    if (kind === "rsa") return { kind, secret: false, n, e };
    return { kind, secret: false, curve, point: parts.point || curvePoint(parts) };
  }

  function read(given, secret) {
    const whole = given !== null && typeof given === "object" && !ArrayBuffer.isView(given)
      && !(given instanceof ArrayBuffer) && "key" in given;
    const { key, format, type } = whole ? given : { key: given };
    if (key instanceof KeyObject) return { parts: key.parts, source: key.source, object: key };
    if (format === "jwk") return { parts: pem.fromJwk(key) };
    const bytes = toBytes(key, "utf8", "key");
    if (format === "der") return { parts: pem.fromDer(bytes, type, secret) };
    const source = bytes.toString("latin1");
    return { parts: pem.fromPem(source), source };
  }

  function createPrivateKey(given) {
    const { parts, source } = read(given, true);
    if (!parts.secret) throw fault("This is no private key", "ERR_INVALID_ARG_VALUE", TypeError);
    return new KeyObject("private", parts, source);
  }
  function createPublicKey(given) {
    const { parts, source, object } = read(given, false);
    if (object && object.type === "secret") {
      throw fault("A secret has no public key", "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", TypeError);
    }
    return new KeyObject("public", publicParts(parts), parts.secret ? undefined : source);
  }
  const createSecretKey = (key, encoding) =>
    new KeyObject("secret", Buffer.from(toBytes(key, encoding, "key")));

  Object.assign(exports, { KeyObject, createPrivateKey, createPublicKey, createSecretKey });
})

// needs: buffer, crypto-hashes, crypto-keys, rsa
// Sign and Verify of Node's crypto.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { createHash, encode, fault, hashName, toBytes } = require("crypto-hashes");
  const { KeyObject, createPrivateKey, createPublicKey } = require("crypto-keys");
  const rsa = require("rsa");
  const RSA_PKCS1_PADDING = 1;

  function known(algorithm) {
    const name = hashName(algorithm);
    if (!name) throw fault(`Invalid digest: ${algorithm}`, "ERR_CRYPTO_INVALID_DIGEST");
    return name;
  }
  function optionsOf(given) {
    if (given instanceof KeyObject || !given || typeof given !== "object") return {};
    if (given.padding !== undefined && given.padding !== RSA_PKCS1_PADDING) {
      throw new Error("RSA signatures are made here with the padding of PKCS #1 v1.5 alone");
    }
    return given;
  }

  function signDigest(hash, digest, { parts }, { dsaEncoding }) {
    if (parts.kind === "rsa") return rsa.sign(hash, digest, parts);
    // The curves are slow to load: a key that is on one calls for them.
    const curve = require("noble-curves")[parts.curve];
    const signature = curve.sign(digest, parts.d, { prehash: false, lowS: false });
    return Buffer.from(signature.toBytes(dsaEncoding === "ieee-p1363" ? "compact" : "der"));
  }
  function verifyDigest(hash, digest, { parts }, signature, { dsaEncoding }) {
    if (parts.kind === "rsa") return rsa.verify(hash, digest, parts, signature);
    const curve = require("noble-curves")[parts.curve];
    const format = dsaEncoding === "ieee-p1363" ? "compact" : "der";
    try {
      return curve.verify(signature, digest, parts.point, { prehash: false, lowS: false, format });
    } catch {
      return false; // a signature that cannot be read is a wrong one
    }
  }

  class Signer {
    constructor(algorithm) {
      this.hash = known(algorithm);
      this.state = createHash(this.hash);
    }
    update(data, encoding) {
      this.state.update(data, encoding);
      return this;
    }
  }
  class Sign extends Signer {
    sign(key, encoding) {
      const options = optionsOf(key);
      const digest = this.state.digest();
      return encode(signDigest(this.hash, digest, createPrivateKey(key), options), encoding);
    }
  }
  class Verify extends Signer {
    verify(key, signature, encoding) {
      const options = optionsOf(key);
      const digest = this.state.digest();
      const bytes = toBytes(signature, encoding, "signature");
      return verifyDigest(this.hash, digest, createPublicKey(key), bytes, options);
    }
  }

  function sign(algorithm, data, key) {
    const object = createPrivateKey(key);
    if (object.parts.kind === "ed25519") {
      return Buffer.from(require("noble-curves").ed25519.sign(toBytes(data), object.parts.d));
    }
    return new Sign(algorithm || "sha256").update(data).sign(key);
  }
  function verify(algorithm, data, key, signature) {
    const object = createPublicKey(key);
    if (object.parts.kind !== "ed25519") {
      return new Verify(algorithm || "sha256").update(data).verify(key, signature);
    }
    const { ed25519 } = require("noble-curves");
    try {
      return ed25519.verify(toBytes(signature), toBytes(data), object.parts.point);
    } catch {
      return false;
    }
  }

  Object.assign(exports, {
    Sign, Verify, sign, verify,
    createSign: (algorithm) => new Sign(algorithm),
    createVerify: (algorithm) => new Verify(algorithm),
  });
})

// needs: buffer, noble-hashes
// Hash and Hmac of Node's crypto.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const noble = require("noble-hashes");
  const NAMES = ["md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512"];

  function fault(message, code, Kind = Error) {
    return Object.assign(new Kind(message), { code });
  }

  // "RSA-SHA256", "SHA-256" and "sha256WithRSAEncryption" are sha256; null when it is none.
  function hashName(name) {
    const bare = String(name).toLowerCase().replace(/^(rsa|ecdsa-with|dsa)-/, "")
      .replace(/withrsaencryption$/, "").replace("-", "").replace("rmd160", "ripemd160");
    return NAMES.includes(bare) ? bare : null;
  }

  function toBytes(data, encoding, what = "data") {
    if (typeof data === "string") {
      if (encoding !== "base64url") return Buffer.from(data, encoding || "utf8");
      return Buffer.from(data.replace(/-/g, "+").replace(/_/g, "/"), "base64");
    }
    if (ArrayBuffer.isView(data)) {
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    }
    if (data instanceof ArrayBuffer) return Buffer.from(data);
    const message = `The "${what}" argument must be of type string or an instance of Buffer, `
      + "TypedArray, or DataView.";
    throw fault(message, "ERR_INVALID_ARG_TYPE", TypeError);
  }

  function encode(bytes, encoding) {
    const buffer = Buffer.from(bytes);
    if (!encoding || encoding === "buffer") return buffer;
    if (encoding !== "base64url") return buffer.toString(encoding);
    return buffer.toString("base64").replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  class Hash {
    constructor(state) {
      this.state = state;
      this.done = false;
    }
    update(data, encoding) {
      if (this.done) throw fault("Digest already called", "ERR_CRYPTO_HASH_FINALIZED");
      this.state.update(toBytes(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.done) throw fault("Digest already called", "ERR_CRYPTO_HASH_FINALIZED");
      this.done = true;
      return encode(this.state.digest(), encoding);
    }
    copy() {
      if (this.done) throw fault("Digest already called", "ERR_CRYPTO_HASH_FINALIZED");
      return new Hash(this.state.clone());
    }
  }
  class Hmac extends Hash {}

  function createHash(algorithm) {
    const name = hashName(algorithm);
    if (!name) throw fault("Digest method not supported", "ERR_OSSL_EVP_UNSUPPORTED");
    return new Hash(noble[name].create());
  }
  function createHmac(algorithm, key) {
    const name = hashName(algorithm);
    if (!name) throw fault(`Invalid digest: ${algorithm}`, "ERR_CRYPTO_INVALID_DIGEST");
    const secret = key && key.secretBytes ? key.secretBytes : toBytes(key, "utf8", "key");
    return new Hmac(noble.hmac.create(noble[name], secret));
  }
  const hash = (algorithm, data, encoding = "hex") =>
    createHash(algorithm).update(data).digest(encoding);

  function pbkdf2Sync(password, salt, iterations, length, digest) {
    const name = hashName(digest || "sha1");
    if (!name) throw fault(`Invalid digest: ${digest}`, "ERR_CRYPTO_INVALID_DIGEST");
    const options = { c: iterations, dkLen: length };
    return Buffer.from(noble.pbkdf2(noble[name], toBytes(password), toBytes(salt), options));
  }

  function timingSafeEqual(first, second) {
    const [one, other] = [toBytes(first), toBytes(second)];
    if (typeof first === "string" || typeof second === "string") toBytes(null);
    if (one.length !== other.length) {
      const message = "Input buffers must have the same byte length";
      throw fault(message, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", RangeError);
    }
    let different = 0;
    for (let index = 0; index < one.length; index++) different |= one[index] ^ other[index];
    return different === 0;
  }

  Object.assign(exports, {
    Hash, Hmac, createHash, createHmac, encode, fault, hash, hashName, pbkdf2Sync,
    getHashes: () => [...NAMES, ...NAMES.map((name) => `RSA-${name.toUpperCase()}`)],
    timingSafeEqual, toBytes,
  });
})

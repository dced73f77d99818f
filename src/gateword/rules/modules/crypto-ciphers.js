// needs: buffer, crypto-hashes, noble-ciphers
// AES of Node's crypto: createCipheriv and its kin.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { createHash, encode, fault, timingSafeEqual, toBytes } = require("crypto-hashes");
  const noble = require("noble-ciphers");
  const BLOCK = 16, TAG = 16, SHORTEST_TAG = 12;
  const NAME = /^aes-?(128|192|256)-(cbc|ctr|gcm)$/i;

  class Cipher {
    constructor(key, iv, encrypts) {
      Object.assign(this, { key, iv, encrypts, padded: true, done: false });
    }
    setAutoPadding(padded = true) {
      this.padded = padded;
      return this;
    }
    // What Node's decoders hold back between two pieces of text: halves of characters or digits.
    shown(bytes, encoding, last) {
      if (!encoding || encoding === "buffer") return bytes;
      const all = Buffer.concat([this.held || Buffer.alloc(0), bytes]);
      let keep = 0;
      if (!last && /^base64/.test(encoding)) keep = all.length % 3;
      if (!last && /^utf-?8$/i.test(encoding)) keep = unfinished(all);
      this.held = all.subarray(all.length - keep);
      return encode(all.subarray(0, all.length - keep), encoding);
    }
    update(data, inputEncoding, outputEncoding) {
      if (this.done) {
        throw fault("Trying to add data in unsupported state", "ERR_CRYPTO_INVALID_STATE");
      }
      return this.shown(this.take(toBytes(data, inputEncoding)), outputEncoding, false);
    }
    final(outputEncoding) {
      if (this.done) throw fault("Unsupported state", "ERR_CRYPTO_INVALID_STATE");
      this.done = true;
      return this.shown(this.finish(), outputEncoding, true);
    }
  }

  function unfinished(bytes) {
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back];
      if ((byte & 0xc0) === 0x80) continue;
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      return size > back ? back : 0;
    }
    return 0;
  }

  class Cbc extends Cipher {
    rest = Buffer.alloc(0);

    blocks(bytes) {
      if (!bytes.length) return Buffer.alloc(0);
      const cbc = noble.cbc(this.key, this.iv, { disablePadding: true });
      const out = Buffer.from(this.encrypts ? cbc.encrypt(bytes) : cbc.decrypt(bytes));
      this.iv = Buffer.from((this.encrypts ? out : bytes).subarray(-BLOCK));
      return out;
    }
    take(bytes) {
      const all = Buffer.concat([this.rest, bytes]);
      // The last block may be padding: a decipher holds it back until the end.
      const hold = !this.encrypts && this.padded && all.length ? (all.length % BLOCK || BLOCK)
        : all.length % BLOCK;
      this.rest = all.subarray(all.length - hold);
      return this.blocks(all.subarray(0, all.length - hold));
    }
    finish() {
      const { encrypts, padded, rest } = this;
      if (encrypts && padded) {
        const count = BLOCK - rest.length;
        return this.blocks(Buffer.concat([rest, Buffer.alloc(count, count)]));
      }
      if (rest.length % BLOCK || (padded && !rest.length)) {
        throw fault("wrong final block length", "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH");
      }
      const last = this.blocks(rest);
      if (!padded) return last;
      const count = last[BLOCK - 1];
      const good = count > 0 && count <= BLOCK
        && last.subarray(BLOCK - count).every((byte) => byte === count);
      if (!good) throw fault("bad decrypt", "ERR_OSSL_BAD_DECRYPT");
      return last.subarray(0, BLOCK - count);
    }
  }

  // A stream: what comes out of all the input so far, less what has been handed out.
  class Stream extends Cipher {
    input = Buffer.alloc(0);

    stream(bytes) {
      return noble.ctr(this.key, this.iv).encrypt(bytes);
    }
    take(bytes) {
      const handed = this.input.length;
      this.input = Buffer.concat([this.input, bytes]);
      return Buffer.from(this.stream(this.input).subarray(handed));
    }
    finish() {
      return Buffer.alloc(0);
    }
  }

  class Gcm extends Stream {
    aad = Buffer.alloc(0);
    tagLength = TAG;
    tag = null;

    sealed(bytes) {
      return noble.gcm(this.key, this.iv, this.aad).encrypt(bytes);
    }
    // GCM is CTR with a tag, so sealing a sealed text opens it.
    stream(bytes) {
      return this.sealed(bytes).subarray(0, bytes.length);
    }
    setAAD(bytes) {
      this.aad = Buffer.concat([this.aad, toBytes(bytes)]);
      return this;
    }
    setAuthTag(tag, encoding) {
      const bytes = toBytes(tag, encoding);
      if (bytes.length < this.tagLength && bytes.length < SHORTEST_TAG || bytes.length > TAG) {
        const message = `Invalid authentication tag length: ${bytes.length}`;
        throw fault(message, "ERR_CRYPTO_INVALID_AUTH_TAG", TypeError);
      }
      this.tag = bytes;
      return this;
    }
    getAuthTag() {
      if (!this.done || !this.encrypts) {
        throw fault("Invalid state for operation getAuthTag", "ERR_CRYPTO_INVALID_STATE");
      }
      return this.tag;
    }
    finish() {
      const plain = this.encrypts ? this.input : this.stream(this.input);
      const tag = Buffer.from(this.sealed(plain).subarray(plain.length));
      if (this.encrypts) this.tag = tag.subarray(0, this.tagLength);
      else if (!this.tag || !timingSafeEqual(this.tag, tag.subarray(0, this.tag.length))) {
        throw new Error("Unsupported state or unable to authenticate data");
      }
      return Buffer.alloc(0);
    }
  }

  function make(encrypts, algorithm, key, iv, options) {
    const [, bits, mode] = NAME.exec(algorithm) || [];
    if (!mode) throw fault("Unknown cipher", "ERR_CRYPTO_UNKNOWN_CIPHER");
    const secret = key && key.secretBytes ? key.secretBytes : toBytes(key, "utf8", "key");
    const nonce = toBytes(iv, "utf8", "iv");
    if (secret.length !== bits / 8) {
      throw fault("Invalid key length", "ERR_CRYPTO_INVALID_KEYLEN", RangeError);
    }
    const Kind = { cbc: Cbc, ctr: Stream, gcm: Gcm }[mode.toLowerCase()];
    if (Kind === Gcm ? nonce.length === 0 : nonce.length !== BLOCK) {
      throw fault("Invalid initialization vector", "ERR_CRYPTO_INVALID_IV", TypeError);
    }
    const cipher = new Kind(Buffer.from(secret), Buffer.from(nonce), encrypts);
    if (options && options.authTagLength) cipher.tagLength = options.authTagLength;
    return cipher;
  }

  // Key and vector out of a password, as OpenSSL's EVP_BytesToKey makes them of MD5.
  function derived(encrypts, algorithm, password, options) {
    const [, bits, mode] = NAME.exec(algorithm) || [];
    if (!mode) throw fault("Unknown cipher", "ERR_CRYPTO_UNKNOWN_CIPHER");
    const size = bits / 8, nonce = mode.toLowerCase() === "gcm" ? 12 : BLOCK;
    const secret = toBytes(password, "utf8", "password");
    let bytes = Buffer.alloc(0), last = Buffer.alloc(0);
    while (bytes.length < size + nonce) {
      last = createHash("md5").update(Buffer.concat([last, secret])).digest();
      bytes = Buffer.concat([bytes, last]);
    }
    const iv = bytes.subarray(size, size + nonce);
    return make(encrypts, algorithm, bytes.subarray(0, size), iv, options);
  }

  Object.assign(exports, {
    createCipheriv: (...given) => make(true, ...given),
    createDecipheriv: (...given) => make(false, ...given),
    createCipher: (...given) => derived(true, ...given),
    createDecipher: (...given) => derived(false, ...given),
  });
})

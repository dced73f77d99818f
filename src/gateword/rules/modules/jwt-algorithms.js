// needs: buffer, crypto-hashes, crypto-keys, crypto-signing, pem
// Which key may sign with which algorithm of RFC 7518, and the signatures themselves.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { createHmac, timingSafeEqual } = require("crypto-hashes");
  const keys = require("crypto-keys");
  const signing = require("crypto-signing");
  const { isPem } = require("pem");
  const { KeyObject } = keys;
  const HS = ["HS256", "HS384", "HS512"], RS = ["RS256", "RS384", "RS512"];
  const CURVES = { ES256: "prime256v1", ES384: "secp384r1", ES512: "secp521r1" };
  const ES = Object.keys(CURVES);
  const ALGORITHMS = [...HS, ...RS, ...ES, "none"];

  // Whatever looks like a PEM is a key of two halves, and never a secret that both sides share.
  function keyOf(given, signs) {
    if (given instanceof KeyObject) return given;
    const whole = given !== null && typeof given === "object" && !ArrayBuffer.isView(given);
    const key = whole ? given.key : given;
    if (key instanceof KeyObject) return key;
    const format = whole && given.format;
    const text = typeof key === "string" ? key : ArrayBuffer.isView(key)
      ? Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1") : null;
    if (text === null && format !== "jwk") {
      const name = signs ? "secretOrPrivateKey" : "secretOrPublicKey";
      throw new Error(`${name} is not valid key material`);
    }
    if (format === "jwk" || format === "der" || isPem(text)) {
      return signs ? keys.createPrivateKey(given) : keys.createPublicKey(given);
    }
    return keys.createSecretKey(key, "utf8");
  }

  function algorithmsOf(key) {
    if (key.type === "secret") return HS;
    return { rsa: RS, ec: ES }[key.asymmetricKeyType] || [];
  }

  function checkKind(alg, key, name) {
    if (HS.includes(alg)) {
      if (key.type === "secret") return;
      throw new Error(`${name} must be a symmetric key when using ${alg}`);
    }
    if (key.type === "secret") {
      throw new Error(`${name} must be an asymmetric key when using ${alg}`);
    }
    const fitting = algorithmsOf(key);
    const kind = key.asymmetricKeyType;
    if (!fitting.includes(alg)) {
      const names = fitting.join(", ");
      throw new Error(`"alg" parameter for "${kind}" key type must be one of: ${names}.`);
    }
    const { namedCurve } = key.asymmetricKeyDetails;
    if (kind === "ec" && namedCurve !== CURVES[alg]) {
      throw new Error(`"alg" parameter "${alg}" requires curve "${CURVES[alg]}".`);
    }
  }

  const hashOf = (alg) => `sha${alg.slice(2)}`;
  const plainly = (key) => ({ key, dsaEncoding: "ieee-p1363" });

  function signature(alg, input, key) {
    checkKind(alg, key, "secretOrPrivateKey");
    if (!HS.includes(alg) && key.type !== "private") {
      throw new Error(`secretOrPrivateKey must be a private key when using ${alg}`);
    }
    if (HS.includes(alg)) return createHmac(hashOf(alg), key).update(input).digest();
    return signing.createSign(hashOf(alg)).update(input).sign(plainly(key));
  }
  function verified(alg, input, key, given) {
    if (!HS.includes(alg)) {
      return signing.createVerify(hashOf(alg)).update(input).verify(plainly(key), given);
    }
    const good = createHmac(hashOf(alg), key).update(input).digest();
    return good.length === given.length && timingSafeEqual(good, given);
  }

  Object.assign(exports, { ALGORITHMS, algorithmsOf, checkKind, keyOf, signature, verified });
})

// needs: buffer, whatwg-url
// The globals of the web platform that a rule may expect and the engine does not bring.
(function (module, exports, require) {
  "use strict";
  const { Buffer } = require("buffer");
  const { URL, URLSearchParams } = require("whatwg-url");

  class TextEncoder {
    get encoding() {
      return "utf-8";
    }
    encode(text = "") {
      return Uint8Array.from(Buffer.from(String(text)));
    }
    encodeInto(text, target) {
      let read = 0, written = 0;
      for (const char of String(text)) {
        const bytes = Buffer.from(char);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += char.length;
        written += bytes.length;
      }
      return { read, written };
    }
  }

  class TextDecoder {
    constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
      if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) {
        throw new RangeError(`The encoding "${label}" is not supported here`);
      }
      Object.assign(this, { encoding: "utf-8", fatal, ignoreBOM });
    }
    decode(given = new Uint8Array()) {
      const bytes = ArrayBuffer.isView(given)
        ? Buffer.from(given.buffer, given.byteOffset, given.byteLength) : Buffer.from(given);
      const text = bytes.toString("utf8");
      if (this.fatal && !Buffer.from(text).equals(bytes)) {
        throw new TypeError("The encoded data was not valid for encoding utf-8");
      }
      return this.ignoreBOM || text.charCodeAt(0) !== 0xfeff ? text : text.slice(1);
    }
  }

  function structuredClone(value, seen = new Map()) {
    if (typeof value === "function" || typeof value === "symbol") {
      throw new DOMException("A function or a symbol cannot be cloned", "DataCloneError");
    }
    if (value === null || typeof value !== "object") return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (made) => (seen.set(value, made), made);
    const copy = (one) => structuredClone(one, seen);
    if (value instanceof Date) return keep(new Date(value));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) return keep(value.slice());
    if (value instanceof Map) {
      const made = keep(new Map());
      for (const [key, one] of value) made.set(copy(key), copy(one));
      return made;
    }
    if (value instanceof Set) {
      const made = keep(new Set());
      for (const one of value) made.add(copy(one));
      return made;
    }
    const made = keep(Array.isArray(value) ? new Array(value.length) : {});
    if (value instanceof Error) {
      Object.defineProperty(made, "message", { value: value.message, enumerable: true });
    }
    for (const [key, one] of Object.entries(value)) made[key] = copy(one);
    return made;
  }

  Object.assign(exports, {
    URL, URLSearchParams, TextDecoder, TextEncoder, atob, btoa,
    structuredClone: (value) => structuredClone(value),
  });
})

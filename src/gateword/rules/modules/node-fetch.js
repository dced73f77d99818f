// needs: buffer, http-client
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const http = require("http-client");
  const MOST_REDIRECTS = 20;
  const REDIRECTS = [301, 302, 303, 307, 308];

  class FetchError extends Error {
    constructor(message, type, cause) {
      super(message);
      this.name = "FetchError";
      this.type = type;
      if (cause) this.code = this.errno = cause.code;
    }
  }
  class AbortError extends Error {
    constructor(message) {
      super(message);
      this.name = "AbortError";
      this.type = "aborted";
    }
  }

  class Headers {
    #lines = new Map(); // lower-case name: [name as given, values]
    constructor(given) {
      if (given === undefined || given === null) return;
      const lines = given instanceof Headers ? given.#lines.values()
        : typeof given[Symbol.iterator] === "function" ? given : Object.entries(given);
      for (const [name, value] of lines) {
        for (const one of Array.isArray(value) ? value : [value]) this.append(name, one);
      }
    }
    append(name, value) {
      const known = this.#lines.get(String(name).toLowerCase());
      if (known) known[1].push(String(value));
      else this.set(name, value);
    }
    set(name, value) {
      this.#lines.set(String(name).toLowerCase(), [String(name), [String(value)]]);
    }
    get(name) {
      const known = this.#lines.get(String(name).toLowerCase());
      return known ? known[1].join(", ") : null;
    }
    getSetCookie() {
      return [...(this.#lines.get("set-cookie") || [null, []])[1]];
    }
    has(name) {
      return this.#lines.has(String(name).toLowerCase());
    }
    delete(name) {
      this.#lines.delete(String(name).toLowerCase());
    }
    raw() {
      const lines = [...this.#lines.values()];
      return Object.fromEntries(lines.map(([name, values]) => [name, [...values]]));
    }
    forEach(callback, self) {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }
    *entries() {
      for (const name of [...this.#lines.keys()].sort()) yield [name, this.get(name)];
    }
    *keys() {
      for (const [name] of this) yield name;
    }
    *values() {
      for (const [, value] of this) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    get [Symbol.toStringTag]() {
      return "Headers";
    }
  }

  // What a body is sent as: [text or bytes or null, its content type].
  function encoded(body) {
    if (body === undefined || body === null) return [null, null];
    if (http.isBytes(body)) return [http.toBuffer(body), null];
    const URLSearchParams = host.there("URLSearchParams");
    if (URLSearchParams !== undefined && body instanceof URLSearchParams) {
      return [body.toString(), "application/x-www-form-urlencoded;charset=UTF-8"];
    }
    return [String(body), "text/plain;charset=UTF-8"];
  }

  class Body {
    #content;
    #used = false;
    constructor(content) {
      this.#content = content;
    }
    get bodyUsed() {
      return this.#used;
    }
    get body() {
      return this.#content;
    }
    async buffer() {
      if (this.#used) throw new TypeError(`body used already for: ${this.url}`);
      this.#used = true;
      return this.#content === null ? Buffer.alloc(0) : http.toBuffer(this.#content);
    }
    async arrayBuffer() {
      const { buffer, byteOffset, byteLength } = await this.buffer();
      return buffer.slice(byteOffset, byteOffset + byteLength);
    }
    async text() {
      return http.text(await this.buffer());
    }
    async json() {
      const text = await this.text();
      try {
        return JSON.parse(text);
      } catch (error) {
        const message = `invalid json response body at ${this.url} reason: ${error.message}`;
        throw new FetchError(message, "invalid-json");
      }
    }
  }

  class Response extends Body {
    constructor(body, given = {}) {
      const { status = 200, statusText = "", headers, url = "", redirected = false } = given;
      const [content, type] = encoded(body);
      super(content);
      this.headers = new Headers(headers);
      if (type && !this.headers.has("content-type")) this.headers.set("content-type", type);
      Object.assign(this, { status, statusText, url, redirected, type: "default" });
    }
    get ok() {
      return this.status >= 200 && this.status < 300;
    }
    clone() {
      if (this.bodyUsed) throw new TypeError("cannot clone body after it is used");
      return new Response(this.body, this);
    }
    static json(data, given) {
      const headers = new Headers(given && given.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(JSON.stringify(data), { ...given, headers });
    }
  }

  class Request extends Body {
    constructor(input, given = {}) {
      const from = input instanceof Request ? input : {};
      const [content, type] = encoded(given.body ?? from.body);
      super(content);
      this.url = from.url || (input && input.href) || String(input);
      this.method = String(given.method || from.method || "GET").toUpperCase();
      if (content !== null && /^(GET|HEAD)$/.test(this.method)) {
        throw new TypeError("Request with GET/HEAD method cannot have body");
      }
      this.headers = new Headers(given.headers || from.headers);
      if (type && !this.headers.has("content-type")) this.headers.set("content-type", type);
      this.redirect = given.redirect || from.redirect || "follow";
      this.follow = given.follow ?? from.follow ?? MOST_REDIRECTS;
      this.timeout = given.timeout ?? from.timeout ?? 0;
      this.signal = given.signal ?? from.signal ?? null;
    }
    clone() {
      return new Request(this);
    }
  }

  async function fetch(input, given) {
    const request = new Request(input, given);
    const { method, url, body, timeout, redirect, signal } = request;
    const aborted = () => {
      if (signal && signal.aborted) throw new AbortError("The user aborted a request.");
    };
    aborted();
    if (!http.splitUrl(url)) throw new TypeError("Only absolute URLs are supported");
    const redirects = redirect === "follow" ? request.follow : 0;
    const headers = new http.Fields(Object.fromEntries(request.headers));
    headers.offer("accept", "*/*");
    let answer;
    try {
      answer = await http.send({ method, url, headers, body, timeout, redirects });
    } catch (error) {
      if (error.code === "ETIMEDOUT" && timeout) {
        throw new FetchError(`network timeout at: ${url}`, "request-timeout");
      }
      const message = `request to ${url} failed, reason: ${error.message}`;
      throw new FetchError(message, "system", error);
    }
    aborted();
    const fields = new Headers(answer.headers);
    if (REDIRECTS.includes(answer.status) && redirect !== "manual" && fields.has("location")) {
      throw redirect === "error"
        ? new FetchError(`uri requested responds with an invalid redirect: ${url}`, "no-redirect")
        : new FetchError(`maximum redirect reached at: ${url}`, "max-redirect");
    }
    return new Response(answer.bytes, {
      status: answer.status, statusText: answer.reason, headers: fields, url: answer.url,
      redirected: redirects > 0 && answer.url !== http.splitUrl(url).href,
    });
  }

  module.exports = fetch;
  Object.assign(fetch, {
    default: fetch, AbortError, FetchError, Headers, Request, Response,
    isRedirect: (status) => REDIRECTS.includes(status),
  });
})

// needs: buffer, callbacks, http-client
// The engine of `request`, and the face that `request` and `request-promise` share.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const { call } = require("callbacks");
  const http = require("http-client");
  const MOST_REDIRECTS = 10;

  class Emitter {
    constructor() {
      this.listeners = new Map();
    }
    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) || []), listener]);
      return this;
    }
    once(event, listener) {
      const first = (...values) => {
        this.removeListener(event, first);
        listener.apply(this, values);
      };
      return this.on(event, first);
    }
    removeListener(event, listener) {
      const left = (this.listeners.get(event) || []).filter((one) => one !== listener);
      this.listeners.set(event, left);
      return this;
    }
    emit(event, ...values) {
      const listeners = this.listeners.get(event) || [];
      for (const listener of listeners) call(listener.bind(this), ...values);
      return listeners.length > 0;
    }
  }
  Emitter.prototype.addListener = Emitter.prototype.on;

  class Parts {
    constructor(fields) {
      this.parts = [];
      for (const [name, value] of Object.entries(fields)) {
        for (const one of Array.isArray(value) ? value : [value]) this.append(name, one);
      }
    }
    append(name, value, options) {
      const whole = value !== null && typeof value === "object" && !http.isBytes(value);
      const details = whole ? value.options || {} : options || {};
      const content = whole ? value.value : value;
      if (content !== null && typeof content === "object" && !http.isBytes(content)) {
        throw new TypeError("formData takes texts and Buffers: there are no streams here");
      }
      const file = typeof details === "string" ? { filename: details } : details;
      this.parts.push({ name, content: content ?? "", ...file });
    }
    body(boundary) {
      const quoted = (text) => String(text).replace(/["\r\n]/g, (char) => escape(char));
      const chunks = [];
      for (const { name, content, filename, contentType } of this.parts) {
        const file = filename ? `; filename="${quoted(filename)}"` : "";
        let head = `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\n`;
        if (contentType || filename || http.isBytes(content)) {
          head += `Content-Type: ${contentType || "application/octet-stream"}\r\n`;
        }
        chunks.push(Buffer.from(`--${boundary}\r\n${head}\r\n`), http.toBuffer(content));
        chunks.push(Buffer.from("\r\n"));
      }
      return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
    }
  }

  function noStream() {
    throw new Error("There are no streams here: use the callback or the promise of the request");
  }

  class Request extends Emitter {
    constructor(options) {
      super();
      this.options = options;
      this.method = (options.method || "GET").toUpperCase();
      this.headers = new http.Fields(options.headers);
      this.aborted = false;
      this.callback = options.callback;
      // The caller may still add listeners, a form or credentials in this turn.
      Promise.resolve().then(() => this.run()).catch((error) => this.fail(error));
    }
    auth(user, pass, sendImmediately, bearer) {
      this.options.auth = { user, pass, sendImmediately, bearer };
      return this;
    }
    form(fields) {
      if (fields !== undefined) {
        this.options.form = fields;
        return this;
      }
      return (this.multipart = this.multipart || new Parts({}));
    }
    json(value) {
      this.options.json = value;
      return this;
    }
    qs(query) {
      this.options.qs = { ...this.options.qs, ...query };
      return this;
    }
    oauth(given) {
      this.options.oauth = given;
      return this;
    }
    setHeader(name, value) {
      this.headers.set(name, value);
      return this;
    }
    abort() {
      this.aborted = true;
    }
    fail(error) {
      if (this.aborted) return;
      if (this.callback) call(this.callback, error);
      else if (!this.emit("error", error)) console.error(error);
    }

    address() {
      const { options } = this;
      let url = options.uri ?? options.url;
      if (!url) throw new Error("options.uri is a required argument");
      if (typeof url === "object") url = url.href || String(url);
      if (options.baseUrl) {
        if (/^(https?:)?\/\//i.test(url)) {
          throw new Error("options.uri must be a path when using options.baseUrl");
        }
        url = `${options.baseUrl.replace(/\/$/, "")}/${url.replace(/^\//, "")}`;
      }
      if (options.qs) {
        const arrays = options.useQuerystring ? "repeat" : "indices";
        url = http.mergeQuery(url, options.qs, { arrays });
      }
      if (!http.splitUrl(url)) throw new Error(`Invalid URI "${url}"`);
      return url;
    }
    content() {
      const { headers, options } = this;
      let { body } = options;
      if (options.form !== undefined) {
        headers.set("content-type", "application/x-www-form-urlencoded");
        const arrays = options.useQuerystring ? "repeat" : "indices";
        body = http.encodeForm(options.form, { arrays });
      }
      if (options.formData) this.multipart = new Parts(options.formData);
      if (this.multipart) {
        const boundary = `-----------------${Buffer.from(host.random(12)).toString("hex")}`;
        headers.set("content-type", `multipart/form-data; boundary=${boundary}`);
        body = this.multipart.body(boundary);
      }
      if (options.json) {
        headers.offer("accept", "application/json");
        const given = options.json === true ? body : options.json;
        const type = headers.get("content-type") || "";
        const form = /^application\/x-www-form-urlencoded\b/.test(type);
        if (given !== undefined && !(options.json === true && (form || this.multipart))) {
          body = JSON.stringify(given);
          headers.offer("content-type", "application/json");
        }
      }
      if (Array.isArray(body)) body = Buffer.concat(body.map((chunk) => http.toBuffer(chunk)));
      if (body !== undefined && body !== null && typeof body !== "string" && !http.isBytes(body)) {
        throw new Error("Argument error, options.body.");
      }
      return body;
    }
    credentials() {
      const { auth } = this.options;
      if (!auth) return undefined;
      if (auth.bearer !== undefined) {
        return `Bearer ${typeof auth.bearer === "function" ? auth.bearer() : auth.bearer || ""}`;
      }
      return http.basic(auth.username ?? auth.user, auth.password ?? auth.pass);
    }
    async run() {
      if (this.aborted) return;
      const { headers, options } = this;
      const url = this.address();
      const body = this.content();
      const credentials = this.credentials();
      const waits = credentials && options.auth.sendImmediately === false;
      if (credentials && !waits) headers.set("authorization", credentials);
      if (options.oauth) {
        const { authorization } = require("request-oauth");
        const isForm = headers.get("content-type") === "application/x-www-form-urlencoded";
        const form = isForm ? body : "";
        headers.set("authorization", authorization(options.oauth, this.method, url, form));
      }
      const follows = options.followAllRedirects
        || (options.followRedirect !== false && /^(GET|HEAD|OPTIONS|TRACE)$/.test(this.method));
      const asked = {
        method: this.method, url, headers, body, timeout: options.timeout,
        redirects: follows ? (options.maxRedirects ?? MOST_REDIRECTS) : 0,
      };
      let answer = await http.send(asked);
      if (waits && answer.status === 401) {
        headers.set("authorization", credentials);
        answer = await http.send(asked);
      }
      if (asked.redirects > 0 && answer.status > 300 && answer.status < 400
          && http.headerObject(answer.headers).location) {
        throw new Error("Exceeded maxRedirects. Probably stuck in a redirect loop "
          + answer.url);
      }
      this.answer(answer, headers);
    }
    answer(answer, headers) {
      if (this.aborted) return;
      const { options } = this;
      const uri = http.splitUrl(answer.url);
      const response = Object.assign(new Emitter(), {
        statusCode: answer.status,
        statusMessage: answer.reason,
        headers: http.headerObject(answer.headers),
        request: { uri, href: uri.href, method: this.method, headers: headers.plain() },
        setEncoding: () => undefined,
        pipe: noStream,
      });
      response.toJSON = () => {
        const { statusCode, body, headers: fields, request } = response;
        return { statusCode, body, headers: fields, request };
      };
      this.response = response;
      this.emit("response", response);
      let body = answer.bytes;
      if (options.encoding !== null) body = http.text(body, options.encoding);
      for (const one of [this, response]) {
        if (answer.bytes.length) one.emit("data", body);
        one.emit("end");
      }
      if (options.json) {
        try {
          body = body.length ? JSON.parse(body, options.jsonReviver) : undefined;
        } catch {
          // an answer that is no JSON is handed over as it came
        }
      }
      response.body = body;
      this.emit("complete", response, body);
      if (this.callback) call(this.callback, null, response, body);
    }
  }
  Request.prototype.pipe = noStream;
  Request.prototype.write = noStream;

  function merged(defaults, options) {
    const headers = { ...new http.Fields({ ...defaults.headers, ...options.headers }).plain() };
    return { ...defaults, ...options, headers };
  }
  function taken(uri, options, callback) {
    const given = {};
    if (typeof options === "function") callback = options;
    else Object.assign(given, options);
    if (typeof uri === "string" || (uri && typeof uri === "object" && uri.href)) given.uri = uri;
    else Object.assign(given, uri);
    if (typeof callback === "function") given.callback = callback;
    return given;
  }

  // The callable with verbs and defaults; `start` makes something of the options of one request.
  function facade(start, defaults = {}) {
    const request = (uri, options, callback) => {
      if (uri === undefined) throw new Error("undefined is not a valid uri or options object.");
      return start(merged(defaults, taken(uri, options, callback)));
    };
    for (const verb of ["get", "head", "options", "post", "put", "patch", "del", "delete"]) {
      const method = verb === "del" ? "DELETE" : verb.toUpperCase();
      request[verb] = (uri, options, callback) =>
        request({ ...taken(uri, options, callback), method });
    }
    request.defaults = (more) => facade(start, merged(defaults, more || {}));
    request.forever = () => request;
    request.jar = () => ({
      setCookie: () => undefined, getCookieString: () => "", getCookies: () => [],
    });
    request.cookie = (text) => ({ toString: () => String(text) });
    return request;
  }

  Object.assign(exports, { Request, facade });
})

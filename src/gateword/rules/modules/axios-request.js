// needs: buffer, http-client
// One request of axios, from its merged configuration to its response.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const http = require("http-client");
  const VERBS = ["common", "delete", "get", "head", "options", "post", "put", "patch"];
  const SENDING = ["post", "put", "patch"];
  const MOST_REDIRECTS = 21;

  class AxiosError extends Error {
    constructor(message, code, config, request, response) {
      super(message);
      this.name = "AxiosError";
      this.isAxiosError = true;
      Object.assign(this, { code, config });
      if (request) this.request = request;
      if (response) {
        this.response = response;
        this.status = response.status;
      }
    }
    toJSON() {
      const { message, name, stack, config, code, status = null } = this;
      return { message, name, stack, config, code, status };
    }
    static from(error, code, config, request, response) {
      const made = new AxiosError(error.message, code || error.code, config, request, response);
      made.cause = error;
      return made;
    }
  }
  for (const code of ["ERR_BAD_OPTION_VALUE", "ERR_BAD_OPTION", "ECONNABORTED", "ETIMEDOUT",
    "ERR_NETWORK", "ERR_FR_TOO_MANY_REDIRECTS", "ERR_BAD_RESPONSE", "ERR_BAD_REQUEST",
    "ERR_CANCELED", "ERR_INVALID_URL"]) AxiosError[code] = code;

  class CanceledError extends AxiosError {
    constructor(message, config) {
      super(message ?? "canceled", "ERR_CANCELED", config);
      this.name = "CanceledError";
      this.__CANCEL__ = true;
    }
  }

  // A plain object of headers that can also be asked for one in any case.
  class AxiosHeaders {
    constructor(fields) {
      for (const [name, value] of Object.entries(fields || {})) this.set(name, value);
    }
    static from(fields) {
      return fields instanceof AxiosHeaders ? fields : new AxiosHeaders(fields);
    }
    get(name) {
      return this[AxiosHeaders.nameIn(this, name)];
    }
    has(name) {
      return AxiosHeaders.nameIn(this, name) in this;
    }
    set(name, value) {
      if (typeof name === "object") {
        for (const [one, its] of Object.entries(name)) this.set(one, its);
      } else {
        if (value === undefined) return this;
        this[AxiosHeaders.nameIn(this, name)] = value;
      }
      return this;
    }
    delete(name) {
      return delete this[AxiosHeaders.nameIn(this, name)];
    }
    setContentType(value) {
      return this.set("Content-Type", value);
    }
    setAuthorization(value) {
      return this.set("Authorization", value);
    }
    toJSON() {
      return { ...this };
    }
    static nameIn(fields, name) {
      const lower = name.toLowerCase();
      return Object.keys(fields).find((one) => one.toLowerCase() === lower) || name;
    }
  }

  function merged(defaults, given) {
    const config = { ...defaults };
    for (const [name, value] of Object.entries(given || {})) {
      if (value !== undefined && name !== "headers") config[name] = value;
    }
    const headers = {};
    for (const source of [defaults.headers, (given || {}).headers]) {
      for (const [name, value] of Object.entries(source || {})) {
        if (VERBS.includes(name)) headers[name] = { ...headers[name], ...value };
        else if (value !== undefined) headers[AxiosHeaders.nameIn(headers, name)] = value;
      }
    }
    return { ...config, headers };
  }

  const escaped = (text) => encodeURIComponent(text).replace(/%(3A|24|2C|20)/gi, (code) =>
    (code === "%20" ? "+" : decodeURIComponent(code)));
  const known = (value) => Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== null && item !== undefined),
  );

  function urlOf({ baseURL, url = "", params, paramsSerializer }) {
    let address = String(url);
    if (baseURL && !/^([a-z][a-z\d+.-]*:)?\/\//i.test(address)) {
      address = address
        ? `${baseURL.replace(/\/?\/$/, "")}/${address.replace(/^\/+/, "")}` : baseURL;
    }
    if (!params) return address;
    const serialize = paramsSerializer && paramsSerializer.serialize || paramsSerializer;
    if (typeof serialize === "function") return http.appendQuery(address, serialize(params));
    if (isSearch(params)) return http.appendQuery(address, params.toString());
    const arrays = serialize && serialize.indexes === null ? "repeat"
      : serialize && serialize.indexes ? "indices" : "brackets";
    const query = http.encodeForm(known(params), { arrays, escape: escaped });
    return http.appendQuery(address.replace(/#.*$/s, ""), query);
  }
  const isSearch = (value) => {
    const URLSearchParams = host.there("URLSearchParams");
    return URLSearchParams !== undefined && value instanceof URLSearchParams;
  };

  function headersOf(config, method) {
    const headers = new AxiosHeaders();
    const given = config.headers || {};
    for (const source of [given.common, given[method], given]) {
      for (const [name, value] of Object.entries(source || {})) {
        if (source === given && VERBS.includes(name)) continue;
        headers.set(name, value);
      }
    }
    return headers;
  }

  function multipart(data) {
    const boundary = `axios-${Buffer.from(host.random(15)).toString("hex")}`;
    const parts = http.pairs(known(data), "brackets").map(([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name.replace(/"/g, "%22")}"\r\n\r\n`
      + `${value}\r\n`);
    return { body: `${parts.join("")}--${boundary}--\r\n`, boundary };
  }

  function bodyOf(data, headers) {
    if (data === undefined || data === null || http.isBytes(data)) return data;
    const type = String(headers.get("Content-Type") || "");
    if (isSearch(data)) {
      if (!type) headers.set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8");
      return data.toString();
    }
    if (typeof data === "object") {
      if (type.startsWith("application/x-www-form-urlencoded")) {
        return http.encodeForm(known(data), { arrays: "brackets" });
      }
      if (type.startsWith("multipart/form-data")) {
        const { body, boundary } = multipart(data);
        headers.set("Content-Type", `multipart/form-data; boundary=${boundary}`);
        return body;
      }
    }
    if (typeof data === "object" || type.startsWith("application/json")) {
      if (!type) headers.set("Content-Type", "application/json");
      if (typeof data !== "string") return JSON.stringify(data);
      try {
        JSON.parse(data);
        return data.trim();
      } catch {
        return JSON.stringify(data);
      }
    }
    if (typeof data === "string") return data;
    throw new AxiosError("Data must be a text, bytes or an object", "ERR_BAD_REQUEST");
  }

  function applied(functions, value, config, headers, status) {
    for (const one of [].concat(functions || [])) value = one.call(config, value, headers, status);
    return value;
  }

  function dataOf(bytes, config) {
    const { responseType } = config;
    if (responseType === "arraybuffer" || responseType === "blob") return bytes;
    if (responseType === "stream") throw new TypeError("There are no streams here");
    const text = http.text(bytes);
    // Transforms of the caller stand in place of the parser of JSON.
    if (config.transformResponse || responseType === "text" || text === "") return text;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  async function perform(config) {
    const method = (config.method || "get").toLowerCase();
    const { cancelToken, signal } = config;
    const heedCancel = () => {
      if (cancelToken) cancelToken.throwIfRequested();
      if (signal && signal.aborted) throw new CanceledError(undefined, config);
    };
    heedCancel();
    const headers = headersOf(config, method);
    const transformed = applied(config.transformRequest, config.data, config, headers);
    const body = bodyOf(transformed, headers);
    if (SENDING.includes(method) && !headers.has("Content-Type")) {
      headers.set("Content-Type", "application/x-www-form-urlencoded");
    }
    const { auth } = config;
    if (auth) headers.set("Authorization", http.basic(auth.username, auth.password));
    const asked = { ...config, method, headers, data: body };
    const url = urlOf(config);
    const request = { method: method.toUpperCase(), path: (http.splitUrl(url) || {}).path };
    const redirects = config.maxRedirects ?? MOST_REDIRECTS;
    const sendable = Object.entries(headers)
      .filter(([, value]) => value !== null && value !== false);
    let answer;
    try {
      const { timeout } = config;
      const fields = new http.Fields(Object.fromEntries(sendable));
      answer = await http.send({ method, url, headers: fields, body, timeout, redirects });
    } catch (error) {
      if (error.code !== "ETIMEDOUT" || !config.timeout) {
        throw AxiosError.from(error, error.code, asked, request);
      }
      const message = config.timeoutErrorMessage || `timeout of ${config.timeout}ms exceeded`;
      throw new AxiosError(message, "ECONNABORTED", asked, request);
    }
    heedCancel();
    const { status, reason } = answer;
    const fields = new AxiosHeaders(http.headerObject(answer.headers));
    request.res = { responseUrl: answer.url };
    if (redirects > 0 && status > 300 && status < 400 && status !== 304 && fields.has("location")) {
      const message = "Maximum number of redirects exceeded";
      throw new AxiosError(message, "ERR_FR_TOO_MANY_REDIRECTS", asked, request);
    }
    const response = {
      data: dataOf(answer.bytes, config), status, statusText: reason, headers: fields,
      config: asked, request,
    };
    const { transformResponse, validateStatus } = config;
    response.data = applied(transformResponse, response.data, asked, fields, status);
    if (!validateStatus || validateStatus(status)) return response;
    const code = status >= 500 ? "ERR_BAD_RESPONSE" : "ERR_BAD_REQUEST";
    const message = `Request failed with status code ${status}`;
    throw new AxiosError(message, code, asked, request, response);
  }

  Object.assign(exports, { AxiosError, AxiosHeaders, CanceledError, merged, perform, urlOf });
})

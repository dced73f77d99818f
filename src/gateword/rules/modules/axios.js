// needs: axios-request
(function (module, exports, require) {
  "use strict";
  const {
    AxiosError, AxiosHeaders, CanceledError, merged, perform, urlOf,
  } = require("axios-request");

  class Interceptors {
    constructor() {
      this.handlers = [];
    }
    use(fulfilled, rejected, options) {
      this.handlers.push({ fulfilled, rejected, ...options });
      return this.handlers.length - 1;
    }
    eject(id) {
      if (this.handlers[id]) this.handlers[id] = null;
    }
    clear() {
      this.handlers = [];
    }
    known() {
      return this.handlers.filter(Boolean);
    }
  }

  class Axios {
    constructor(defaults) {
      this.defaults = defaults;
      this.interceptors = { request: new Interceptors(), response: new Interceptors() };
    }
    request(urlOrConfig, given) {
      const config = typeof urlOrConfig === "string" || urlOrConfig instanceof Object
        && "href" in urlOrConfig ? { ...given, url: String(urlOrConfig) } : urlOrConfig || {};
      let promise = Promise.resolve(merged(this.defaults, config));
      // The last one that was added sees a request first, and a response last.
      for (const { fulfilled, rejected, runWhen } of this.interceptors.request.known().reverse()) {
        const when = (asked) => (runWhen && !runWhen(asked) ? asked : fulfilled(asked));
        promise = promise.then(fulfilled && when, rejected);
      }
      promise = promise.then(perform);
      for (const { fulfilled, rejected } of this.interceptors.response.known()) {
        promise = promise.then(fulfilled, rejected);
      }
      return promise;
    }
    getUri(config) {
      return urlOf(merged(this.defaults, config));
    }
  }
  for (const method of ["get", "delete", "head", "options"]) {
    Axios.prototype[method] = function (url, config) {
      return this.request({ ...config, method, url, data: (config || {}).data });
    };
  }
  for (const method of ["post", "put", "patch"]) {
    Axios.prototype[method] = function (url, data, config) {
      return this.request({ ...config, method, url, data });
    };
    Axios.prototype[`${method}Form`] = function (url, data, config) {
      const headers = { ...(config || {}).headers, "Content-Type": "multipart/form-data" };
      return this.request({ ...config, method, url, data, headers });
    };
  }

  class CancelToken {
    constructor(executor) {
      this.promise = new Promise((resolve) => {
        executor((message) => {
          this.reason = this.reason || new CanceledError(message);
          resolve(this.reason);
        });
      });
    }
    throwIfRequested() {
      if (this.reason) throw this.reason;
    }
    static source() {
      let cancel;
      const token = new CancelToken((given) => (cancel = given));
      return { token, cancel };
    }
  }

  function instance(defaults) {
    const axios = new Axios(defaults);
    const callable = axios.request.bind(axios);
    for (const name of Object.getOwnPropertyNames(Axios.prototype)) {
      if (name !== "constructor") callable[name] = axios[name].bind(axios);
    }
    callable.interceptors = axios.interceptors;
    Object.defineProperty(callable, "defaults", {
      get: () => axios.defaults,
      set: (value) => void (axios.defaults = value),
      enumerable: true,
    });
    callable.create = (config) => instance(merged(axios.defaults, config));
    return callable;
  }

  const axios = instance({
    headers: { common: { Accept: "application/json, text/plain, */*" } },
    timeout: 0,
    validateStatus: (status) => status >= 200 && status < 300,
  });
  Object.assign(axios, {
    Axios, AxiosError, AxiosHeaders, CanceledError, CancelToken, Cancel: CanceledError,
    all: (promises) => Promise.all(promises),
    spread: (callback) => (values) => callback(...values),
    isAxiosError: (value) =>
      value !== null && typeof value === "object" && value.isAxiosError === true,
    isCancel: (value) => value instanceof CanceledError,
    mergeConfig: merged,
    VERSION: "1",
  });
  module.exports = axios;
  module.exports.default = axios;
  module.exports.axios = axios;
})

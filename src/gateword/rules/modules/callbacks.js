// Node's callbacks over promises.
(function (module, exports) {
  "use strict";

  // What a callback throws must not vanish in a promise: it surfaces as a timer's error does.
  function call(callback, ...values) {
    try {
      callback(...values);
    } catch (error) {
      setTimeout(() => {
        throw error;
      }, 0);
    }
  }

  // Returns the promise, or undefined when a callback takes the answer.
  function answer(promise, callback) {
    if (typeof callback !== "function") return promise;
    promise.then(
      (value) => (value === undefined ? call(callback, null) : call(callback, null, value)),
      (error) => call(callback, error),
    );
    return undefined;
  }

  Object.assign(exports, { call, answer });
})

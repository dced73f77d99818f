// What a rule finds around it. Nothing of the host is reachable from here: whatever a script wants
// of it lies in an outbox of text, and what the host answers comes in as text.
(function (global) {
  "use strict";
  const { parse, stringify } = JSON;
  const MOST_LINES = 100, MOST_LOG_CHARS = 65536, LONGEST_TIMER_MS = 20000, MOST_TIMERS = 1000;

  class UnauthorizedError extends Error {
    constructor(message) {
      super(message);
      this.name = "UnauthorizedError";
      this.code = this.statusCode = 401;
    }
  }
  class ValidationError extends Error {
    constructor(code, message) {
      super(message);
      this.name = "ValidationError";
      this.code = code;
    }
  }

  let run = null; // the login that is under way; one at a time

  function shown(value) {
    if (typeof value === "string") return value;
    if (value instanceof Error) return value.stack ? `${value}\n${value.stack}` : String(value);
    try {
      const text = stringify(value);
      return text === undefined ? String(value) : text;
    } catch {
      return "[cannot be shown]";
    }
  }
  function logs(level) {
    return function (...values) {
      if (run === null || run.log.length >= MOST_LINES || run.logged >= MOST_LOG_CHARS) return;
      const text = values.map(shown).join(" ").slice(0, MOST_LOG_CHARS - run.logged);
      run.logged += text.length + 1;
      run.log.push({ rule: run.rule, level, text });
    };
  }
  const console = {};
  for (const level of ["log", "info", "warn", "error", "debug", "trace"]) console[level] = logs(level);

  // Timers: the host sleeps until the first one is due.
  let timers = new Map(), lastTimer = 0;
  function timer(callback, ms, values, again) {
    if (typeof callback !== "function") throw new TypeError("The callback must be a function");
    if (timers.size >= MOST_TIMERS) throw new RangeError("Too many timers");
    const wait = Math.min(Math.max(Number(ms) || 0, again ? 1 : 0), LONGEST_TIMER_MS);
    timers.set(++lastTimer, { due: Date.now() + wait, callback, values, wait, again });
    return lastTimer;
  }
  const clear = (id) => void timers.delete(Number(id));

  function require(name) {
    const bare = String(name).replace(/(?!^)@[^/]*$/, "");
    const error = new Error(`Cannot find module '${bare}'`);
    error.code = "MODULE_NOT_FOUND";
    throw error;
  }

  const globals = {
    UnauthorizedError, ValidationError, console, require, global,
    process: Object.freeze({ env: Object.freeze({}) }),
    setTimeout: (callback, ms, ...values) => timer(callback, ms, values, false),
    setInterval: (callback, ms, ...values) => timer(callback, ms, values, true),
    setImmediate: (callback, ...values) => timer(callback, 0, values, false),
    clearTimeout: clear, clearInterval: clear, clearImmediate: clear,
  };
  function define(name, value) {
    Object.defineProperty(global, name, { value, writable: true, configurable: true });
  }
  for (const [name, value] of Object.entries(globals)) define(name, value);

  const compiled = [];
  function fault(error) {
    if (error instanceof UnauthorizedError || (error && error.name === "UnauthorizedError"))
      return { kind: "unauthorized", message: told(error) };
    return { kind: error instanceof Error && run.threw ? "threw" : "denied", message: told(error) };
  }
  function told(error) {
    try {
      return String(error instanceof Error || (error && error.message) ? error.message : error);
    } catch {
      return "The error cannot be shown";
    }
  }
  function ended(error) {
    const { user, context } = run;
    run.result = error === undefined ? { user, context } : { error: fault(error), rule: run.rule };
  }
  function next() {
    if (run.result) return;
    if (run.index >= compiled.length) return ended();
    const { id, script } = compiled[run.index++];
    const mine = run;
    mine.rule = id;
    let called = false;
    function callback(error, user, context) {
      if (called || run !== mine) return;
      called = true;
      if (error) {
        try {
          return ended(error);
        } catch {
          run.result = { error: { kind: "denied", message: "The error cannot be shown" }, rule: id };
          return;
        }
      }
      if (user !== undefined && user !== null) run.user = user;
      if (context !== undefined && context !== null) run.context = context;
      next();
    }
    function thrown(error) {
      if (called || run !== mine) return;
      called = run.threw = true;
      ended(error);
    }
    try {
      const promise = script(run.user, run.context, callback);
      if (promise && typeof promise.then === "function") promise.then(undefined, thrown);
    } catch (error) {
      thrown(error);
    }
  }

  return {
    configure(text) {
      define("configuration", Object.freeze(parse(text)));
    },
    compile(id, script) {
      if (typeof script !== "function") throw new SyntaxError("A rule is one function");
      compiled.push({ id, script });
    },
    begin(text) {
      const { user, context } = parse(text);
      timers = new Map();
      run = { user, context, index: 0, log: [], logged: 0, rule: null, threw: false, result: null };
      next();
    },
    at: () => (run ? run.rule : null),
    // Fires what is due, and says what became of the run: text when it ended, else milliseconds.
    turn() {
      const now = Date.now();
      for (const [id, one] of [...timers]) {
        if (one.due > now || !timers.has(id)) continue;
        if (one.again) one.due = now + one.wait;
        else timers.delete(id);
        try {
          one.callback(...one.values);
        } catch (error) {
          console.error(error);
        }
      }
      if (run.result) {
        let result;
        try {
          result = stringify({ ...run.result, log: run.log });
        } catch (error) {
          run.threw = true;
          result = stringify({ error: fault(error), rule: run.rule, log: run.log });
        }
        run = null;
        return result;
      }
      let first = Infinity;
      for (const { due } of timers.values()) first = Math.min(first, due);
      return first === Infinity ? -1 : Math.max(0, first - now);
    },
  };
});

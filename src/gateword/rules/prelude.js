// What a script finds around it. Nothing of the host is reachable from here: whatever a script wants
// of it lies in an outbox of text, and what the host answers comes in as text.
//
// Each login has this made anew, so what few scripts use (timers, modules, the outbox: errands.js) is
// made when the first of it is touched.
(function (global, errandsSource) {
  "use strict";
  const { parse, stringify } = JSON;
  const sourceOf = Function.prototype.call.bind(Function.prototype.toString);
  delete JSON.rawJSON; // numbers that nobody after us could hold
  const MOST_LINES = 100, MOST_LOG_CHARS = 65536, MOST_STACK_CHARS = 2000;

  class UnauthorizedError extends Error {
    constructor(message) {
      super(message);
      this.name = "UnauthorizedError";
      this.code = this.statusCode = 401;
    }
  }
  class ValidationError extends Error {
    constructor(code, message) {
      super(message === undefined ? code : message);
      this.name = "ValidationError";
      this.code = code;
    }
  }
  class WrongUsernameOrPasswordError extends Error {
    constructor(userId, message) {
      super(message);
      this.name = "WrongUsernameOrPasswordError";
      this.code = userId;
    }
  }
  const KINDS = [
    ["unauthorized", UnauthorizedError],
    ["wrong_password", WrongUsernameOrPasswordError],
    ["invalid", ValidationError],
  ];

  const evaluate = eval; // not of here: of the global scope
  let run = null; // the login that is under way; one in each room
  let seed = "";
  let shipped = { modules: [], aliases: {}, globals: {} };

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
      run.log.push({ script: run.script, level, text });
    };
  }
  const console = {};
  for (const level of ["log", "info", "warn", "error", "debug", "trace"]) console[level] = logs(level);

  function define(name, value) {
    Object.defineProperty(global, name, { value, writable: true, configurable: true });
  }

  function told(error) {
    try {
      return String(error instanceof Error || (error && error.message) ? error.message : error);
    } catch {
      return "The error cannot be shown";
    }
  }
  function fault(error, threw) {
    for (const [kind, type] of KINDS) {
      if (error instanceof type || (error && error.name === type.name))
        return { kind, message: told(error), code: shortly(error.code), stack: stack(error) };
    }
    // What the host could not do is no word of the script's either.
    const isNodes = error && typeof error.code === "string" && /^(E[A-Z]+|ERR_\w+)$/.test(error.code);
    const kind = threw || isNodes ? "threw" : "denied";
    return { kind, message: told(error), stack: stack(error) };
  }
  const shortly = (code) => (code === undefined || code === null ? "" : String(code).slice(0, 256));
  const stack = (error) =>
    error instanceof Error && typeof error.stack === "string" ? error.stack.slice(0, MOST_STACK_CHARS) : "";

  // How the scripts of a kind end their run; only the first word counts.
  function finish(value) {
    if (!run.result) run.result = { value };
  }
  function fail(error, threw = false) {
    if (run.result) return;
    try {
      run.result = { error: fault(error, threw), script: run.script };
    } catch {
      run.result = { error: { kind: "denied", message: "The error cannot be shown" }, script: run.script };
    }
  }

  let made = null;
  const errands = () => (made ??= evaluate(errandsSource)({
    global, fail, shipped: () => shipped, run: () => run,
  }));
  function lazily(name, get) {
    Object.defineProperty(global, name, {
      configurable: true,
      get,
      set: (value) => Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: true }),
    });
  }

  // What is listed of the global object is what scripts have put there.
  for (const name of Object.keys(global)) Object.defineProperty(global, name, { enumerable: false });
  const own = { UnauthorizedError, ValidationError, WrongUsernameOrPasswordError, console, global };
  for (const name of Object.keys(own)) define(name, own[name]);
  for (const name of [
    "require", "process", "setTimeout", "setInterval", "setImmediate",
    "clearTimeout", "clearInterval", "clearImmediate",
  ])
    lazily(name, () => errands().globals[name]);

  const compiled = [];
  let begins = null;
  const engine = {
    finish, fail, define,
    load: (name) => errands().load(name),
    isOver: () => run.result !== null,
    at(id) {
      run.script = id;
    },
  };

  // Fires what is due, and says what became of the run: text when it ended, else milliseconds; null
  // when a module is wanted that should have been there before.
  function turn() {
    const next = made ? made.turn() : -1;
    if (next === null) return null;
    if (run.result && !run.isTold) {
      run.isTold = true;
      try {
        return stringify({ ...run.result, log: run.log });
      } catch (error) {
        return stringify({ error: fault(error, true), script: run.script, log: run.log });
      }
    }
    return next;
  }

  return {
    ships(text) {
      shipped = parse(text);
      for (const name of Object.keys(shipped.globals)) lazily(name, () => errands().shippedGlobal(name));
    },
    provide: (name, factory) => errands().provide(name, factory),
    // Modules that a script will want are made before it comes.
    prepare(text, drawn) {
      seed = drawn;
      for (const name of parse(text)) errands().load(name);
    },
    plays(kind) {
      begins = kind(engine);
    },
    configure(text) {
      define("configuration", Object.freeze(parse(text)));
    },
    compile(id, script) {
      if (typeof script !== "function") throw new SyntaxError("It must be one function");
      compiled.push({ id, script });
    },
    source: (script) => sourceOf(script),
    begin(given, kept, own) {
      run = { seed, log: [], logged: 0, script: null, result: null };
      if (kept !== "{}") Object.assign(global, parse(kept));
      begins(compiled, parse(given), parse(own));
    },
    answer: (text) => errands().answer(parse(text)),
    at: () => (run ? run.script : null),
    failure: () => (made ? made.lastFailure() : ""),
    log: () => (run ? stringify(run.log) : "[]"),
    wants: () => (made ? made.wants() : null),
    // What the host is to do now; null when nothing.
    outbox: () => (made ? made.outbox() : null),
    turn,
    // What became of a run that had its say at once and leaves nothing, text; else null.
    plainly: () => (made === null && run.result && Object.keys(global).length === 0 ? turn() : null),
    // Whether something is left once the scripts had their say: to do, to ask, or to keep.
    leaves: () => (made !== null && made.isBusy()) || Object.keys(global).length > 0,
    kept: () => errands().kept(),
  };
});

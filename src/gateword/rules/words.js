// What a script says besides its result: what it prints, and how it failed.
(function (own, under) {
  "use strict";
  const { Error, stringify } = own;
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
      const run = under();
      if (run === null || run.log.length >= MOST_LINES || run.logged >= MOST_LOG_CHARS) return;
      const text = values.map(shown).join(" ").slice(0, MOST_LOG_CHARS - run.logged);
      run.logged += text.length + 1;
      run.log.push({ script: run.script, level, text });
    };
  }
  const console = {};
  for (const level of ["log", "info", "warn", "error", "debug", "trace"]) console[level] = logs(level);

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

  return { fault, globals: { console, UnauthorizedError, ValidationError, WrongUsernameOrPasswordError } };
});

// needs: buffer, callbacks
// bcrypt costs what it costs, so the host does it outside the engine.
(function (module, exports, require, host) {
  "use strict";
  const { Buffer } = require("buffer");
  const { answer } = require("callbacks");
  const ROUNDS = 10, FEWEST = 4, MOST = 31, SALT_BYTES = 16;
  const SALT = /^\$2[abxy]?\$(\d\d)\$[./A-Za-z\d]{22}/;
  const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const OWN = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  function getRounds(hash) {
    const [, rounds] = SALT.exec(hash) || [];
    if (!rounds) throw new Error("invalid hash");
    return Number(rounds);
  }
  const bounded = (rounds) => Math.min(Math.max(Number(rounds) || ROUNDS, FEWEST), MOST);
  const textOf = (value) => {
    if (typeof value === "string") return value;
    if (ArrayBuffer.isView(value)) return Buffer.from(value).toString();
    throw new Error("data must be a string or Buffer");
  };

  async function salt(rounds) {
    const text = Buffer.from(host.random(SALT_BYTES)).toString("base64").slice(0, 22);
    const own = text.replace(/./g, (char) => OWN[STANDARD.indexOf(char)]);
    return `$2b$${String(bounded(rounds)).padStart(2, "0")}$${own}`;
  }
  // A salt stands for its rounds: the host draws one of its own.
  async function hash(data, saltOrRounds) {
    const cost = typeof saltOrRounds === "string" ? getRounds(saltOrRounds) : bounded(saltOrRounds);
    return host.ask("bcrypt_hash", { password: textOf(data), cost });
  }
  async function compare(data, hashed) {
    const password = textOf(data);
    if (typeof hashed !== "string") throw new Error("data and hash arguments required");
    return host.ask("bcrypt_compare", { password, hash: hashed });
  }

  // The last of the arguments may be a callback.
  const taking = (work) => (...given) => {
    const callback = typeof given.at(-1) === "function" ? given.pop() : undefined;
    return answer(work(...given), callback);
  };
  const waits = (name) => () => {
    throw new Error(`bcrypt.${name}Sync is not supported here: use bcrypt.${name}`);
  };

  Object.assign(exports, {
    compare: taking(compare), genSalt: taking(salt), hash: taking(hash), getRounds,
    compareSync: waits("compare"), genSaltSync: waits("genSalt"), hashSync: waits("hash"),
  });
})

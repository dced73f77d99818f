// A custom database: one function, with the arguments of its operation and a callback behind them.
(function (engine) {
  "use strict";
  const ARGUMENTS = {
    login: ["name", "password"],
    get_user: ["email"],
    create: ["user"],
    verify: ["email"],
    change_password: ["email", "password"],
    change_email: ["email", "newEmail", "isVerified"],
    delete: ["id"],
  };
  return function begin(scripts, { operation, context, ...given }) {
    const [{ id, script }] = scripts;
    // A password travels beside what else there is to say of a user who signs up.
    if (operation === "create") given.user.password = given.password;
    const args = ARGUMENTS[operation].map((name) => given[name]);
    if (context) args.push(context);
    engine.at(id);
    let isCalled = false;
    function callback(error, value) {
      if (isCalled) return;
      isCalled = true;
      if (error) engine.fail(error);
      else engine.finish({ value: value === undefined ? null : value });
    }
    function thrown(error) {
      if (isCalled) return;
      isCalled = true;
      engine.fail(error, true);
    }
    try {
      const promise = script(...args, callback);
      if (promise && typeof promise.then === "function") promise.then(undefined, thrown);
    } catch (error) {
      thrown(error);
    }
  };
});

// Rules: functions of user, context and callback; each gets what the one before it left. What nobody
// reads of the end stays here, unless somebody tries a rule out.
(function (engine) {
  "use strict";
  const READ_OF_USER = [
    "name", "nickname", "given_name", "family_name", "middle_name", "picture", "email", "email_verified",
  ];
  const READ_OF_CONTEXT = ["accessToken", "idToken", "redirect", "multifactor", "primaryUser"];
  function read(value, names) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    const found = {};
    for (const name of names) if (name in value) found[name] = value[name];
    return found;
  }

  return function begin(scripts, { user, context, auth0, auth0AccessToken, whole }) {
    let index = 0;
    const by = {}; // which rule wants what ends the login
    if (auth0) engine.define("auth0", engine.load("rule-auth0")({ ...auth0, accessToken: auth0AccessToken }));

    function next() {
      if (engine.isOver()) return;
      if (index >= scripts.length) return engine.finish(whole
        ? { user, context, by }
        : { user: read(user, READ_OF_USER), context: read(context, READ_OF_CONTEXT), by });
      const { id, script } = scripts[index++];
      engine.at(id);
      let isCalled = false;
      function callback(error, changedUser, changedContext) {
        if (isCalled) return;
        isCalled = true;
        if (error) return engine.fail(error);
        if (changedUser !== undefined && changedUser !== null) user = changedUser;
        if (changedContext !== undefined && changedContext !== null) context = changedContext;
        for (const wish of ["redirect", "multifactor", "primaryUser"])
          if (context[wish] && !by[wish]) by[wish] = id;
        next();
      }
      function thrown(error) {
        if (isCalled) return;
        isCalled = true;
        engine.fail(error, true);
      }
      try {
        const promise = script(user, context, callback);
        if (promise && typeof promise.then === "function") promise.then(undefined, thrown);
      } catch (error) {
        thrown(error);
      }
    }
    next();
  };
});

// npm `@auth0/auth0-auth-js`: one call of AuthClient's MFA client, or a login that is to need it:
// what its own type guard takes for "mfa_required" is the value, everything else an error.
import { AuthClient, isMfaRequiredError } from "@auth0/auth0-auth-js";

import { answer } from "./answer.mjs";

async function required(auth, params) {
  try {
    await auth.getTokenByPassword(params);
  } catch (error) {
    if (isMfaRequiredError(error)) return { class: error.constructor.name, ...error.cause };
    throw error;
  }
  throw new Error("no second factor was asked for");
}

await answer(({ call, params, ...client }) => {
  const auth = new AuthClient(client);
  return call === "required" ? required(auth, params) : auth.mfa[call](params);
});

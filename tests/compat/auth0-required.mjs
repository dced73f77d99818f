// npm `auth0`: a login that is to need a second factor; this SDK keeps the body of its error.
import { AuthenticationClient } from "auth0";

import { answer } from "./answer.mjs";

await answer(async ({ params, ...client }) => {
  try {
    await new AuthenticationClient(client).oauth.passwordGrant(params);
  } catch (error) {
    if (error.error !== "mfa_required") throw error;
    return { class: error.constructor.name, status: error.statusCode, ...JSON.parse(error.body) };
  }
  throw new Error("no second factor was asked for");
});

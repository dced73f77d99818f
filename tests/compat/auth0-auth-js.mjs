// npm `@auth0/auth0-auth-js`: AuthClient, one call.
import { AuthClient } from "@auth0/auth0-auth-js";

import { answer } from "./answer.mjs";

await answer(async ({ domain, clientId, clientSecret, call, params }) => {
  const client = new AuthClient({ domain, clientId, clientSecret });
  return client[call](params);
});

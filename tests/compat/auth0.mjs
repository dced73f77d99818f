// npm `auth0`: AuthenticationClient and UserInfoClient, one call.
import { AuthenticationClient, UserInfoClient } from "auth0";

import { answer } from "./answer.mjs";

await answer(async ({ domain, clientId, clientSecret, call, params }) => {
  if (call === "userInfo") {
    return (await new UserInfoClient({ domain }).getUserInfo(params.accessToken)).data;
  }
  const { oauth } = new AuthenticationClient({ domain, clientId, clientSecret });
  return (await oauth[call](params)).data;
});

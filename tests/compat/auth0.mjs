// npm `auth0`: AuthenticationClient and UserInfoClient, one call.
import { AuthenticationClient, UserInfoClient } from "auth0";

import { answer } from "./answer.mjs";

await answer(async ({ call, params, ...client }) => {
  if (call === "userInfo") {
    return (await new UserInfoClient(client).getUserInfo(params.accessToken)).data;
  }
  const { oauth } = new AuthenticationClient(client);
  return (await oauth[call](params)).data;
});

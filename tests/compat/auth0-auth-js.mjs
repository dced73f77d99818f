// npm `@auth0/auth0-auth-js`: AuthClient, one call.
import { AuthClient } from "@auth0/auth0-auth-js";

import { answer } from "./answer.mjs";

await answer(({ call, params, ...client }) => new AuthClient(client)[call](params));

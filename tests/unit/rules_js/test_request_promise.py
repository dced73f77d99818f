"""`require("request-promise")`: promises of `request`."""

import json

from tests.unit.rules_js.sandbox import Sandbox, http, refusing


def test_promise_when_the_status_is_good() -> None:
    """`request-promise` resolves to the body, or the response when it is asked to."""
    sandbox = Sandbox(http('{"a": 1}'))
    body, status = sandbox.run(
        """const rp = require("request-promise");
        const uri = "http://a.example";
        return [await rp({ uri, json: true }),
          (await rp.get(uri, { resolveWithFullResponse: true })).statusCode];"""
    )
    assert ({"a": 1}, 200) == (body, status)


def test_promise_when_the_status_is_bad() -> None:
    """A bad status is a StatusCodeError, unless `simple` is off."""
    sandbox = Sandbox(http('{"e": 1}', 404))
    got = sandbox.run(
        """const rp = require("request-promise");
        const { StatusCodeError } = require("request-promise/errors");
        const options = { uri: "http://a.example", json: true };
        const seen = await rp(options).catch((error) => [
          error instanceof StatusCodeError, error.name, error.message, error.statusCode,
          error.error, error.response.statusCode, rp.errors.StatusCodeError === StatusCodeError]);
        return [seen, await rp({ ...options, simple: false }).promise()];"""
    )
    error = [True, "StatusCodeError", '404 - {"e":1}', 404, {"e": 1}, 404, True]
    assert [error, {"e": 1}] == json.loads(json.dumps(got))


def test_promise_when_it_is_transformed() -> None:
    """A transform makes the value, and what it throws is a TransformError."""
    sandbox = Sandbox(http("text"))
    got = sandbox.run(
        """const rp = require("request-promise").defaults({ uri: "http://a.example" });
        const fails = { transform() { throw new Error("no"); } };
        return [await rp({ transform: (body, response) => body + response.statusCode }),
          await rp(fails).catch((error) => [error.name, error.cause.message])];"""
    )
    assert ["text200", ["TransformError", "no"]] == got


def test_promise_when_the_host_refuses() -> None:
    """What the host refuses is a RequestError with its cause."""
    sandbox = Sandbox(refusing("ECONNREFUSED", "connect"))
    got = sandbox.run(
        """return require("request-promise")("http://a.example")
          .catch((error) => [error.name, error.cause.code, error.message]).finally(() => 0);"""
    )
    assert ["RequestError", "ECONNREFUSED", "Error: connect"] == got

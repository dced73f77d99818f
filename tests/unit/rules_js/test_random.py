"""Random bytes of scripts."""

import quickjs
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from gateword.rules import shelf


def test_random_is_the_key_stream_of_chacha20() -> None:
    """Whoever has seen bytes cannot tell the next ones: the generator is a known cipher's."""
    shelf.fill()
    seed = bytes(range(32))
    context = quickjs.Context()
    load = context.eval(
        """(factory, seed) => {
          const module = { exports: {} };
          factory(module);
          return [1, 31, 100].map((count) => [...module.exports(seed, count)]).flat().join();
        }"""
    )
    told = load(context.eval(shelf.module("random")), seed.hex())

    words = b"".join(seed[at : at + 4][::-1] for at in range(0, 32, 4))
    stream = Cipher(ChaCha20(words, bytes(16)), None).encryptor().update(bytes(132))
    assert list(stream) == [int(number) for number in told.split(",")]

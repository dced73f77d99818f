"""Prints the words that Blowfish begins with, as a header in C, worked out from scratch.

Source: B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)",
1993: the subkeys and the S-boxes are the fractional part of pi, 32 bits at a time.
"""

import sys

WORDS = 18 + 4 * 256
GUARD_BITS = 64
"""Each of the 10,000 terms of the series is cut off, by less than one unit of the last place."""


def arctan_of_inverse(number: int, one: int) -> int:
    """Return arctan(1 / number) in units of 1 / one, by Gregory's series."""
    power = total = one // number
    divisor, sign = 1, 1
    while power:
        power //= number * number
        divisor, sign = divisor + 2, -sign
        total += sign * (power // divisor)
    return total


def words_of_pi(count: int) -> list[int]:
    """Return the first bits behind the point of pi, by Machin's formula of 1706."""
    bits = 32 * count
    one = 1 << (bits + GUARD_BITS)
    pi = 4 * (4 * arctan_of_inverse(5, one) - arctan_of_inverse(239, one))
    fraction = (pi % one) >> GUARD_BITS
    return [fraction >> (bits - 32 * place) & 0xFFFFFFFF for place in range(1, count + 1)]


def header() -> str:
    """Return the text of the header."""
    words = ",\n".join(f"0x{word:08x}u" for word in words_of_pi(WORDS))
    return f"static const uint32_t PI_WORDS[{WORDS}] = {{\n{words}}};\n"


if __name__ == "__main__":
    sys.stdout.write(header())

"""Builds the extension, after working out the words that Blowfish begins with.

Source: B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher (Blowfish)",
1993: the subkeys and the S-boxes are the fractional part of pi, 32 bits at a time.
"""

from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

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


class Build(build_ext):
    """Writes the words beside the objects, and asks for the code that was measured fastest."""

    def build_extensions(self) -> None:
        """Build, with the flags of compilers that know them."""
        folder = Path(self.build_temp)
        folder.mkdir(parents=True, exist_ok=True)
        words = ",\n".join(f"0x{word:08x}u" for word in words_of_pi(WORDS))
        (folder / "pi_words.h").write_text(
            f"static const uint32_t PI_WORDS[{WORDS}] = {{\n{words}}};\n", encoding="ascii"
        )
        for extension in self.extensions:
            extension.include_dirs.append(str(folder))
            if self.compiler.compiler_type == "unix":
                extension.extra_compile_args += [
                    *("-std=c11", "-O3", "-fno-tree-slp-vectorize"),
                    *("-Wall", "-Wextra", "-Wconversion"),
                ]
        super().build_extensions()


setup(
    cmdclass={"build_ext": Build},
    ext_modules=[
        Extension(
            "gateword_lanes._kernel",
            sources=["src/bcrypt.c", "src/module.c"],
            depends=["src/bcrypt.h"],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)

"""Builds the extension: first the header of pi's words, then the objects."""

import runpy
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext


class Build(build_ext):
    """Writes the words beside the objects, and asks for the code that was measured fastest."""

    def build_extensions(self) -> None:
        """Build, with the flags of compilers that know them."""
        folder = Path(self.build_temp)
        folder.mkdir(parents=True, exist_ok=True)
        words = runpy.run_path(str(Path(__file__).with_name("pi_words.py")))["header"]()
        (folder / "pi_words.h").write_text(words, encoding="ascii")
        for extension in self.extensions:
            extension.include_dirs.append(str(folder))
            if self.compiler.compiler_type == "unix":
                extension.extra_compile_args += ["-std=c11", "-O3", "-fno-tree-slp-vectorize"]
        super().build_extensions()


setup(
    cmdclass={"build_ext": Build},
    ext_modules=[
        Extension(
            "gateword_lanes._kernel",
            sources=["src/bcrypt.c", "src/module.c"],
            depends=["src/bcrypt.h", "pi_words.py"],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)

"""Run the application as a process of its own: `python -m demo.app`."""

import uvicorn

from .assembly import create
from .settings import from_environment

if __name__ == "__main__":
    settings = from_environment()
    uvicorn.run(
        create(settings),
        host=settings.host,
        port=settings.port,
        server_header=False,
        proxy_headers=False,
    )

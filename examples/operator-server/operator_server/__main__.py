"""`python -m operator_server operator.toml --port 9100`: run the server."""

import argparse
from pathlib import Path

import uvicorn

from operator_server.configuration import Configuration
from operator_server.routes import make_app

options = argparse.ArgumentParser(prog="operator_server", description="An operator's own server beside liveroom.")
options.add_argument("file", type=Path, help="what it has to know, as operator.example.toml")
options.add_argument("--host", default="127.0.0.1")
options.add_argument("--port", type=int, default=9100)
given = options.parse_args()
uvicorn.run(make_app(Configuration(given.file)), host=given.host, port=given.port, log_level="warning")

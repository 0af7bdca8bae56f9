"""How addresses are written, and what is said of a key that is missing or weak."""

HOST_PORT = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?"
WEB_PATH = r"(?:/[\w./~-]*)?"
WEB_ADDRESS = rf"https?://{HOST_PORT}{WEB_PATH}"
HERE = r"(?:127\.0\.0\.1|localhost|\[::1\])"
MAKE_ONE = "Generate one with `liveroom config secret` (or `openssl rand -base64 48`)"

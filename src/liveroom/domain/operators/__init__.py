"""Who operates the installation: on the console, with a server key or by commands."""

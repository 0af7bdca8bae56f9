"""LiveKit, a media server that operators can run themselves."""

"""HTTP: it reads any encoding, finds the declared method, and writes the envelope. It decides nothing."""

"""Songs: what a catalogue says of them, and their lyrics."""

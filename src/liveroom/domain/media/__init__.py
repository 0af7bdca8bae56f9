"""Media: letting members into audio and video. Values and rules."""

"""Media: letting members into audio and video. Use cases."""

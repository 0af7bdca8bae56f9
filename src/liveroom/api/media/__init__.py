"""Media: letting members into audio and video. Methods and shapes."""

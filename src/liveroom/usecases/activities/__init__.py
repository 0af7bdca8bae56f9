"""Beginning, steering, voting in and ending activities of rooms."""

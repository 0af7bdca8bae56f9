"""Activities of rooms: ``activities/*``, and the methods of each type."""

"""What people do with a live-room service: one class a file, one method a use case; check, write, then publish."""

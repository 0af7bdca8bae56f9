"""Values and rules of a live-room service: no await, no I/O, no clock."""

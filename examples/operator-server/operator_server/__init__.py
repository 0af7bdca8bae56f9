"""An operator's own server beside liveroom: an example to copy from."""

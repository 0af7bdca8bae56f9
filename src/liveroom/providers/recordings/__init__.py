"""Who records: TRTC's cloud recording, LiveKit's egress, and servers of streams that record by themselves."""

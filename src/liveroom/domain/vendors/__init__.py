"""Vendors: work at Tencent IM, TRTC and LiveKit. Values and rules."""

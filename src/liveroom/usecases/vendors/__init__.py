"""Vendors: work at Tencent IM, TRTC and LiveKit. Use cases."""

"""Tencent: the formats of its signatures, and later its IM and TRTC."""

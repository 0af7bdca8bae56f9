"""Tencent on a developer's machine: IM, TRTC, text messages, captcha and CSS, on one port, with a page."""

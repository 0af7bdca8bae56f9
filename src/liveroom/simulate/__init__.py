"""A stand-in for Tencent on a developer's machine: IM, TRTC, text messages and captcha on one port, with a page."""

"""Tencent's own server calls, answered here in its form. Methods."""

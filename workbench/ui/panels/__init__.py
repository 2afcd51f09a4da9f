"""Panels edit one part of the experiment and emit a new one."""

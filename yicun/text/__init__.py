"""Chinese text engine: a pure library, without Django."""

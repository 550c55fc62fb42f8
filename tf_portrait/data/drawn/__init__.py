"""Portraits drawn at random, with exact masks."""

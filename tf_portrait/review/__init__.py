"""A local page on which masks are accepted, rejected and mended, one key each."""

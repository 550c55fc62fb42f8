"""How still masks hold in videos: sequences with known masks, and what each way of running a network makes of them."""

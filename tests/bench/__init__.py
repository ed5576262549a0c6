"""`make bench`: how fast the product is beside the bare server and a peer, as ratios within one run."""

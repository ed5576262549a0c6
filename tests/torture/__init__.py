"""`make torture`: the server is killed in the middle of everything, and every message is accounted for."""

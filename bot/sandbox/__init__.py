"""The sandbox: both platforms at the wire, people who act on them, and a page to play all of them."""

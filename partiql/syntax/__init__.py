"""A statement's text: its tokens, and the tree that the grammar makes of them."""

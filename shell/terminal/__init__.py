"""The terminal: the prompt, its keys, colours and completion, and what pages and shows progress."""

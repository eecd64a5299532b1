"""A plan carried out: as requests to the engine, page by page."""

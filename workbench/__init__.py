"""What any person's front needs, without a terminal: files in and out, advice, dry runs, texts."""

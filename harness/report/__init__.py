"""A subject becomes a document; a writer for each format draws any document."""

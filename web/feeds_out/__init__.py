"""Lists as feeds for other readers: one document of plain values, and a writer for each format."""

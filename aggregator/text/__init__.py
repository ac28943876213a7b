"""Pure text work: tags off, language, words, addresses."""

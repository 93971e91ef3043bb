"""Papers: a Typst template of ours and data become a PDF. The data is read as JSON and never becomes markup."""

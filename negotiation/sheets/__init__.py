"""A draft as a workbook (XLSX): written, guarded against hostile files, read cell by cell, compared, applied whole."""

"""Form sheets: questionnaires as data. A pure library, without Django."""

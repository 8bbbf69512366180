"""Show figures as the notebooks print them: in sentences, tables and charts."""

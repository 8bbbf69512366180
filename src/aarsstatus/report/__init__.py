"""Show figures as the notebooks print them: the notat's sentences, tables and charts."""

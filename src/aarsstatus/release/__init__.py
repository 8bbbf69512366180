"""Write what an output folder holds besides the documents, and read it back."""

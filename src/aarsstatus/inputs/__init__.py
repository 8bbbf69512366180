"""Read and validate what people keep in ``params/`` and ``data/``, and scaffold a new year there."""

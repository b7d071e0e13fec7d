"""The API under `/api/v1`: thin routes over `service.Studio`, one module per noun.

    routes ─► Studio ─► answers of `models`            every failure ─► problems.py ─► one shape of error (RFC 9457)

Routes are plain functions that FastAPI runs in threads; only the stream of events and uploads are asynchronous.
"""

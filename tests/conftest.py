"""What all Python tests share."""
import signal

# A shell starts what runs in its background with SIGINT ignored, and programs inherit that: the tests that interrupt one
# would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

"""What all Python tests share."""
import importlib.util
import signal

# A shell starts what runs in its background with SIGINT ignored, and programs inherit that: the tests that interrupt one
# would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The tests over Spark run in an environment of their own (./check spark).
collect_ignore = [] if importlib.util.find_spec("pyspark") else ["spark"]
